"""Hand an e-mail to the mail server, and say truthfully what became of it. Source: RFC 5321."""

import smtplib
from email.message import EmailMessage

from services.notifications.domain.message import State
from services.notifications.domain.outcome import Outcome

# For each step of the conversation; there are eight of them at the most.
STEP_SECONDS = 15.0
CLOSING = 421
UNREACHABLE = Outcome(State.QUEUED, "mail_server_unreachable", reachable=False)
CUT_OFF = Outcome(State.UNKNOWN, "cut_off")


class MailServer:
    """The way to the mail server: one connection, opened when first needed and kept from e-mail to e-mail."""

    def __init__(self, host: str, port: int, sender: str) -> None:
        self.host = host
        self.port = port
        self.sender = sender
        self._connection: smtplib.SMTP | None = None

    def connected(self) -> smtplib.SMTP:
        """The connection. Raises OSError or SMTPException when the server cannot be reached or does not want us."""
        if self._connection is None:
            name = self.sender.rpartition("@")[2]
            connection = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=STEP_SECONDS)
            connection.ehlo_or_helo_if_needed()
            self._connection = connection
        return self._connection

    def disconnect(self) -> None:
        """Hang up. A server that is gone is not waited for."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def send_email(server: MailServer, email: EmailMessage) -> Outcome:
    """Try once. `queued` only when the server surely did not take the e-mail; `unknown` when it may have."""
    try:
        refusal = announce(server.connected(), server.sender, email)
    except (OSError, smtplib.SMTPException):
        server.disconnect()
        return UNREACHABLE
    outcome = refusal or hand_over(server, email)
    if outcome.state is not State.SENT:
        # What a conversation that went wrong left open must not reach into the next.
        server.disconnect()
    return outcome


def announce(connection: smtplib.SMTP, sender: str, email: EmailMessage) -> Outcome | None:
    """Name sender and recipient; the server's refusal, if it refuses one."""
    recipient = email["To"].addresses[0].addr_spec
    international = not recipient.isascii()
    if international and not connection.has_extn("smtputf8"):
        return Outcome(State.FAILED, "address_not_supported")
    code, _ = connection.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if international else [])
    if code != 250:
        return refused(code)
    code, _ = connection.rcpt(recipient)
    return None if code in (250, 251) else refused(code)


def hand_over(server: MailServer, email: EmailMessage) -> Outcome:
    """Give the server the content. A connection that breaks from here on leaves the outcome unknown."""
    try:
        code, _ = server.connected().data(email.as_bytes())
    except smtplib.SMTPDataError as refusal:
        return refused(refusal.smtp_code)
    except (OSError, smtplib.SMTPException):
        return CUT_OFF
    return Outcome(State.SENT) if code == 250 else refused(code)


def refused(code: int) -> Outcome:
    """Five hundreds are final; anything else may pass. Source: RFC 5321, 4.2.1."""
    if 500 <= code <= 599:
        return Outcome(State.FAILED, f"smtp_{code}")
    return Outcome(State.QUEUED, f"smtp_{code}", reachable=code != CLOSING)
