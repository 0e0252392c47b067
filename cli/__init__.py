"""The `wafa` command: runs, fills, proves and mends the whole system."""
