"""`wafa logs [NAME] [--follow]`: what the processes said."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cli.home import CommandFailed, Home
from cli.log_files import last_lines, without_noise

ASK_EVERY_SECONDS = 0.3


def logs(home: Home, console: Console, *, name: str | None, follow: bool, lines: int) -> None:
    """Print the newest lines of one log, or of each; then what comes, until Ctrl-C. Raises CommandFailed."""
    files = log_files(home, name)
    reached = {file: file.stat().st_size for file in files}
    for file in files:
        show(console, file, last_lines(file, lines), named=name is None)
    while follow:
        for file in files:
            fresh, reached[file] = lines_after(file, reached[file])
            show(console, file, fresh, named=name is None)
        time.sleep(ASK_EVERY_SECONDS)


def log_files(home: Home, name: str | None) -> list[Path]:
    """The log of that process, or all."""
    files = sorted(home.logs.glob("*.log"))
    if name is None:
        return files
    wanted = [file for file in files if file.stem == name]
    if not wanted:
        raise CommandFailed(
            f"There is no log of {name}. There are: {', '.join(file.stem for file in files) or 'none yet'}."
        )
    return wanted


def lines_after(file: Path, reached: int) -> tuple[Iterator[str], int]:
    """The whole lines written since, and how far they reach. A log that shrank is read from its start."""
    start = reached if file.stat().st_size >= reached else 0
    with file.open("rb") as log:
        log.seek(start)
        whole, newline, _ = log.read().rpartition(b"\n")
        return without_noise(whole.decode(errors="replace").splitlines()), start + len(whole) + len(newline)


def show(console: Console, file: Path, lines: Iterator[str] | list[str], *, named: bool) -> None:
    """Print lines as they are, with the process's name before each when several are shown."""
    for line in lines:
        console.print(Text(f"{file.stem:>20} │ {line}" if named else line), soft_wrap=True)
