"""The system account PostgreSQL runs as when we are root, because it refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.home import CommandFailed

NAME = "wafa-postgres"


@dataclass(frozen=True)
class Account:
    """A system account without rights of its own."""

    uid: int
    gid: int

    def can_reach(self, path: Path) -> bool:
        """Whether the account can walk to `path`, and enter it (a folder) or run it (a program)."""
        asked = subprocess.run(  # noqa: S603
            ["/usr/bin/test", "-x", str(path)], user=self.uid, group=self.gid, extra_groups=[], cwd="/", check=False
        )
        return asked.returncode == 0

    def own(self, path: Path) -> None:
        """Hand a file or an empty folder over to the account."""
        os.chown(path, self.uid, self.gid)


def postgres_account() -> Account | None:
    """The account to run PostgreSQL as, made when missing; None when we are not root and it can run as we do."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = create_account()
    return Account(entry.pw_uid, entry.pw_gid)


def create_account() -> pwd.struct_passwd:
    """A system account without home and without sign-in."""
    try:
        subprocess.run(  # noqa: S603
            ["/usr/sbin/useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise CommandFailed(
            f"PostgreSQL cannot run as root, and the account {NAME} could not be made: run wafa as another user."
        ) from error
    return pwd.getpwnam(NAME)
