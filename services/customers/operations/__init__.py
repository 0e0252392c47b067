"""The verbs: one use case per file."""
