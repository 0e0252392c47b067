"""The notifications database's history."""
