"""The mail server: a real one, spoken to over SMTP, read back from its folder."""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from cli import mailbox
from cli.mailbox import Mailbox, arrivals, read_mail
from cli.ports import any_free_port, is_free
from tests.cli.conftest import wait_until


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where the mail server of this test listens."""
    port = any_free_port()
    with subprocess.Popen([sys.executable, "-m", "cli.mailbox", str(tmp_path / "mail"), str(port)]) as server:
        wait_until(lambda: not is_free(port))
        yield port
        server.terminate()
        assert server.wait(5) == 0


def send(port: int, to: str, subject: str, text: str) -> None:
    """Send one message as the notifications service does."""
    message = EmailMessage()
    message["from"], message["to"], message["subject"] = "wafa@example.com", to, subject
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message)


def test_keeps_what_it_is_sent(port: int, tmp_path: Path) -> None:
    send(port, "aisha@example.com", "Welcome", "Hello Aisha")
    send(port, "noor@example.com", "أهلاً", "مرحباً نور، لديك 11 نقطة")
    send(port, "aisha@example.com", "Points", "You have 37 points")

    folder = tmp_path / "mail"
    assert [message["subject"] for message in read_mail(folder, to=None, last=2)] == ["أهلاً", "Points"]
    assert [message["subject"] for message in read_mail(folder, to="AISHA@", last=9)] == ["Welcome", "Points"]
    [arabic] = read_mail(folder, to="noor@example.com", last=9)
    body = arabic.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "مرحباً نور، لديك 11 نقطة"


def test_keeps_only_the_newest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mailbox, "MESSAGES_MAX", 2)
    kept = Mailbox(tmp_path)
    for number in range(3):
        kept.messages.add(f"Subject: {number}\r\n\r\n".encode())

    kept.prune()

    assert [file.read_text().strip() for file in arrivals(tmp_path / "new")] == ["Subject: 1", "Subject: 2"]


def test_no_mail_yet(tmp_path: Path) -> None:
    assert read_mail(tmp_path, to=None, last=5) == []
