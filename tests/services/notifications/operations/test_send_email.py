"""The truth about what became of an e-mail, told by a real mail server."""

import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from services.notifications.domain.message import State
from services.notifications.domain.outcome import Outcome
from services.notifications.operations.send_email import MailServer, send_email
from tests.services.notifications.mailbox import TAKEN, Mailbox, closed_port, open_mail_server
from tests.support.calling import event_loop

SENT = Outcome(State.SENT)
UNREACHABLE = Outcome(State.QUEUED, "mail_server_unreachable", reachable=False)


@pytest.fixture
def mail_server(smtp_port: int) -> Iterator[MailServer]:
    """The way to it."""
    server = MailServer("127.0.0.1", smtp_port, "shop@example.com")
    yield server
    server.disconnect()


def email_to(recipient: str) -> EmailMessage:
    email = EmailMessage(policy=SMTP.clone(utf8=not recipient.isascii()))
    email["From"], email["To"], email["Subject"] = "shop@example.com", recipient, "Welcome"
    email.set_content("We are glad you are here.")
    return email


def test_what_the_server_took_is_sent(mail_server: MailServer, mailbox: Mailbox) -> None:
    assert send_email(mail_server, email_to("sara@example.com")) == SENT
    assert mailbox.recipients == ["sara@example.com"]
    assert [email["Subject"] for email in mailbox.emails] == ["Welcome"]


def test_one_connection_serves_for_many(mail_server: MailServer, mailbox: Mailbox) -> None:
    connection = mail_server.connected()
    for recipient in ("sara@example.com", "adam@example.com"):
        assert send_email(mail_server, email_to(recipient)) == SENT
    assert mail_server.connected() is connection
    assert mailbox.recipients == ["sara@example.com", "adam@example.com"]


@pytest.mark.parametrize(
    ("to_recipient", "to_content", "outcome"),
    [
        pytest.param("550 unknown", TAKEN, Outcome(State.FAILED, "smtp_550"), id="recipient refused for good"),
        pytest.param("451 greylisted", TAKEN, Outcome(State.QUEUED, "smtp_451"), id="recipient refused for now"),
        pytest.param("421 bye", TAKEN, Outcome(State.QUEUED, "smtp_421", reachable=False), id="the server closes"),
        pytest.param(TAKEN, "554 spam", Outcome(State.FAILED, "smtp_554"), id="content refused for good"),
        pytest.param(TAKEN, "452 no room", Outcome(State.QUEUED, "smtp_452"), id="content refused for now"),
    ],
)
def test_what_the_server_refuses(
    mail_server: MailServer, mailbox: Mailbox, to_recipient: str, to_content: str, outcome: Outcome
) -> None:
    mailbox.to_recipient, mailbox.to_content = to_recipient, to_content
    assert send_email(mail_server, email_to("sara@example.com")) == outcome
    assert mailbox.emails == []
    mailbox.to_recipient = mailbox.to_content = TAKEN
    assert send_email(mail_server, email_to("adam@example.com")) == SENT
    assert mailbox.recipients == ["adam@example.com"]


def test_a_server_that_is_away_took_nothing() -> None:
    away = MailServer("127.0.0.1", closed_port(), "shop@example.com")
    assert send_email(away, email_to("sara@example.com")) == UNREACHABLE


def test_a_connection_that_broke_before_the_content_is_opened_anew(mail_server: MailServer, mailbox: Mailbox) -> None:
    opened = mail_server.connected().sock
    assert opened is not None
    opened.shutdown(socket.SHUT_RDWR)
    assert send_email(mail_server, email_to("sara@example.com")) == UNREACHABLE
    assert mailbox.emails == []
    assert send_email(mail_server, email_to("sara@example.com")) == SENT


def test_nobody_can_say_when_it_breaks_after_the_content(mail_server: MailServer, mailbox: Mailbox) -> None:
    mailbox.cuts_off = True
    assert send_email(mail_server, email_to("sara@example.com")) == Outcome(State.UNKNOWN, "cut_off")
    assert len(mailbox.emails) == 1


def test_an_arabic_address_is_written_to(mail_server: MailServer, mailbox: Mailbox) -> None:
    assert send_email(mail_server, email_to("سارة@example.com")) == SENT
    assert mailbox.recipients == ["سارة@example.com"]


def test_an_arabic_address_where_the_server_knows_no_arabic(mailbox: Mailbox) -> None:
    listening = event_loop().call(open_mail_server, mailbox, False)
    server = MailServer("127.0.0.1", listening.sockets[0].getsockname()[1], "shop@example.com")
    refused = send_email(server, email_to("سارة@example.com"))
    assert send_email(server, email_to("sara@example.com")) == SENT
    server.disconnect()
    event_loop().call(listening.close)
    assert refused == Outcome(State.FAILED, "address_not_supported")
    assert mailbox.recipients == ["sara@example.com"]
