"""`wafa up`: in this terminal until Ctrl-C, or detached."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape

from cli.child import State
from cli.first_steps import show_first_steps
from cli.home import CommandFailed, Home
from cli.log_files import last_line
from cli.run import run
from cli.status_file import Phase, Status, read_status

ASK_EVERY_SECONDS = 0.1


def up(home: Home, console: Console, *, port: int | None, detach: bool, together: bool) -> None:
    """Start the run on this home, or find the one that is there. Raises CommandFailed."""
    home.create()
    pid = home.supervisor_pid()
    if pid is not None:
        follow(home, pid, lambda: home.supervisor_pid() == pid, show_progress(console))
        console.print(f"Wafa is already running on {escape(str(home.path))}.")
    elif detach:
        up_detached(home, port, show_progress(console), together=together)
    else:
        up_here(home, console, port, together=together)
        return
    show_first_steps(home, console)


def up_here(home: Home, console: Console, port: int | None, *, together: bool) -> None:
    """Run until Ctrl-C."""
    progress = show_progress(console)

    def watch(status: Status) -> None:
        shown = progress(status)
        if status.phase is Phase.READY and shown:
            show_first_steps(home, console)
            console.print("Ctrl-C stops it.")
        if status.phase is Phase.STOPPING and shown:
            console.print("Stopping…")

    run(home, port, watch, together=together)
    console.print(f"Stopped. The data stays in {escape(str(home.path))}.")


def up_detached(home: Home, port: int | None, progress: Callable[[Status], bool], *, together: bool) -> None:
    """Start the run in a session of its own and return when it is ready."""
    log = home.logs / "supervisor.log"
    options = [*(["--port", str(port)] if port else []), *(["--together"] if together else [])]
    with log.open("ab") as output:
        supervisor = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "cli.run", *options],
            env={**os.environ, "WAFA_HOME": str(home.path)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        follow(home, supervisor.pid, lambda: supervisor.poll() is None, progress)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait()
        raise


def follow(home: Home, pid: int, is_alive: Callable[[], bool], progress: Callable[[Status], bool]) -> None:
    """Watch a supervisor until it is ready. Raises CommandFailed when it fails or dies."""
    while True:
        alive = is_alive()
        status = read_status(home)
        if status is not None and status.pid == pid:
            progress(status)
            if status.phase is Phase.READY:
                return
            if status.phase is Phase.FAILED:
                raise CommandFailed(status.problem or "It failed.")
            if status.phase is Phase.STOPPED:
                raise CommandFailed("It was stopped before it was ready.")
        if not alive:
            raise CommandFailed(last_line(home.logs / "supervisor.log") or "The supervisor died while starting.")
        time.sleep(ASK_EVERY_SECONDS)


def show_progress(console: Console) -> Callable[[Status], bool]:
    """A function that prints what is new in a status; it answers whether the phase is new."""
    seen: set[str] = set()
    began = time.monotonic()

    def show(status: Status) -> bool:
        for process in status.processes:
            if (
                process.state in (State.READY, State.DONE)
                and process.name not in seen
                and status.phase is Phase.STARTING
            ):
                seen.add(process.name)
                console.print(f"  [green]✓[/] {process.name} [dim]{time.monotonic() - began:.1f} s[/]")
        is_new = status.phase not in seen
        seen.add(status.phase)
        return is_new

    return show
