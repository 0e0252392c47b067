"""The embedded run's mail server: takes every message and delivers it to a folder, never to anyone.

`python -m cli.mailbox FOLDER PORT`. `wafa mail` reads the folder, a Maildir.
"""

import asyncio
import signal
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from cli.ports import LOOPBACK

MESSAGES_MAX = 10_000
PRUNE_EVERY = 500
RECIPIENTS_HEADER = "X-Delivered-To"


class Mailbox:
    """Receives messages and keeps the newest of them."""

    def __init__(self, folder: Path) -> None:
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self.messages = Maildir(folder, create=False)
        self.arrived = folder / "new"
        self.received = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one message, with those it was sent to."""
        recipients = f"{RECIPIENTS_HEADER}: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        assert isinstance(envelope.content, bytes)
        self.messages.add(recipients + envelope.content)
        self.received += 1
        if self.received % PRUNE_EVERY == 0:
            self.prune()
        return "250 Kept"

    def prune(self) -> None:
        """Delete the oldest messages beyond the number kept."""
        for file in arrivals(self.arrived)[:-MESSAGES_MAX]:
            file.unlink(missing_ok=True)


def arrivals(folder: Path) -> list[Path]:
    """The messages' files, the oldest first."""
    return sorted(folder.iterdir(), key=lambda file: (file.stat().st_mtime_ns, file.name)) if folder.exists() else []


def read_mail(folder: Path, *, to: str | None, last: int) -> list[EmailMessage]:
    """The newest messages, to that address when one is given, the oldest of them first."""
    found: list[EmailMessage] = []
    for file in reversed(arrivals(folder / "new")):
        message: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
        if to is None or to.casefold() in message[RECIPIENTS_HEADER].casefold():
            found.append(message)
        if len(found) == last:
            break
    return found[::-1]


async def serve(folder: Path, port: int) -> None:
    """Receive until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    mailbox = Mailbox(folder)
    server = await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=loop), LOOPBACK, port)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
