"""What can be done: one verb per file. None of them commits, but those that send: they must between claim and send."""
