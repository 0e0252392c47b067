"""The verbs of retention."""
