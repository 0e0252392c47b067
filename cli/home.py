"""The one folder an embedded run keeps everything in: `.wafa/`, or where WAFA_HOME says."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

ACCESS_FILE = "access.json"


class CommandFailed(Exception):
    """Why a command could not do its work, in one line that says what to do about it."""


@dataclass(frozen=True)
class Home:
    """An embedded run's folder. Whoever holds its lock is the one supervisor it may have."""

    path: Path

    @classmethod
    def here(cls) -> "Home":
        """The folder that WAFA_HOME names, else `.wafa` in the current directory."""
        return cls(Path(os.environ.get("WAFA_HOME") or ".wafa").absolute())

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def broker(self) -> Path:
        return self.path / "broker"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def lock_file(self) -> Path:
        return self.path / "supervisor.lock"

    @property
    def access(self) -> dict[str, Any] | None:
        """Where the run is reached and with which key; None before the first start has finished."""
        access: dict[str, Any] | None = self.read(ACCESS_FILE)
        return access

    def create(self) -> None:
        """Make the folders that are missing. Raises CommandFailed when they cannot be written to."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # PostgreSQL never runs as root: its own account must be able to walk through.
            self.path.chmod(0o711)
            for folder in (self.broker, self.mail, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            self.write("writable.json", {})
            (self.path / "writable.json").unlink()
        except OSError as error:
            raise CommandFailed(
                f"Cannot write to {self.path}: {error.strerror}. WAFA_HOME names another folder."
            ) from error

    def read(self, name: str) -> Any:
        """A JSON file of this folder, or None when there is none."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def write(self, name: str, content: object) -> None:
        """Replace a JSON file of this folder in one step, readable by its owner only."""
        draft = self.path / f"{name}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2, ensure_ascii=False)
        draft.replace(self.path / name)

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Hold the lock for the block; False when another supervisor holds it. Any kind of death lets go of it."""
        with self.lock_file.open("a+") as file:
            if not take(file, fcntl.LOCK_EX):
                yield False
                return
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield True

    def supervisor_pid(self) -> int | None:
        """The process id of the supervisor that is running here; None when none is."""
        if not self.lock_file.exists():
            return None
        with self.lock_file.open("r") as file:
            return None if take(file, fcntl.LOCK_SH) else int(file.read() or 0) or None


def take(file: TextIO, kind: int) -> bool:
    """Lock a file; False when another holds it. Whoever only looks holds it for an instant, so look twice."""
    for _ in range(3):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False
