"""The access database, step by step."""
