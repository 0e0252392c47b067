"""`wafa down`: stop the run on this home, from any terminal."""

import os
import signal
import time

from rich.console import Console
from rich.markup import escape

from cli.home import CommandFailed, Home

GONE_SECONDS_MAX = 90


def down(home: Home, console: Console) -> None:
    """Tell the supervisor to stop and wait until it is gone. Raises CommandFailed when it does not go."""
    pid = home.supervisor_pid()
    if pid is None:
        console.print(f"Nothing is running on {escape(str(home.path))}.")
        return
    os.kill(pid, signal.SIGTERM)
    began = time.monotonic()
    while home.supervisor_pid() == pid:
        if time.monotonic() - began > GONE_SECONDS_MAX:
            raise CommandFailed(f"The supervisor (pid {pid}) does not stop; its log is {home.logs / 'supervisor.log'}.")
        time.sleep(0.1)
    console.print(f"Stopped. The data stays in {escape(str(home.path))}.")
