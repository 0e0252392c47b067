"""The processes' logs: each writes to its own file, and the supervisor keeps the files small.

A process writes to its file directly, so that a supervisor that stands still never makes it wait.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

LOG_BYTES_MAX = 8_000_000
TAIL_BYTES = 64_000
# The C library's remark on the broker's program, at each start; it means nothing.
NOISE = "weak version `GLIBC_"


def bound(log: Path) -> None:
    """Move what a log has grown to into `<name>.log.1`, over the one before. A line written meanwhile may be lost."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        with log.open("r+b") as file:
            file.truncate(0)


def last_lines(log: Path, count: int) -> list[str]:
    """The newest lines of a log, the oldest of them first."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        return list(without_noise(file.read().decode(errors="replace").splitlines()))[-count:]


def last_line(log: Path) -> str:
    """The last thing a process said; empty when it said nothing."""
    return next(iter(last_lines(log, 1)), "")


def without_noise(lines: list[str]) -> Iterator[str]:
    """The lines that say something."""
    return (line for line in lines if line.strip() and NOISE not in line)
