"""`python -m cli` is the `wafa` command, where it is not installed as one."""

from cli.main import app

app()
