"""A mail server for tests: it speaks SMTP on a port of its own, keeps what it took, and misbehaves on request."""

import asyncio
import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 OK"


class Mailbox:
    """What the mail server took, and what it answers: a test may set `to_recipient` and `to_content`."""

    def __init__(self) -> None:
        self.emails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.to_recipient = TAKEN
        self.to_content = TAKEN
        self.cuts_off = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if self.to_recipient == TAKEN:
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the content and say so; or keep it and hang up without a word."""
        if self.to_content != TAKEN:
            return self.to_content
        assert isinstance(envelope.content, bytes)
        email = message_from_bytes(envelope.content, policy=default)
        assert isinstance(email, EmailMessage)
        self.emails.append(email)
        self.recipients.extend(envelope.rcpt_tos)
        if self.cuts_off:
            transport: Any = server.transport
            transport.abort()
        return TAKEN


async def open_mail_server(mailbox: Mailbox, international: bool = True) -> asyncio.Server:
    """An SMTP server on a free port, which serves until it is closed."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(mailbox, hostname="mail.test", enable_SMTPUTF8=international), "127.0.0.1", 0
    )


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def body(email: EmailMessage, kind: str) -> str:
    """The e-mail's text (`plain`) or page (`html`)."""
    part = email.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")
