"""Deliver the next message of a tenant by e-mail, at most once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

import httpx
from pydantic import ValidationError
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.logging import log
from chassis.web.internal_client import InternalClient
from kernel.ids import CustomerId, TenantId
from services.notifications.domain.content import content_of
from services.notifications.domain.message import State
from services.notifications.domain.outcome import Outcome
from services.notifications.domain.parts import PARTS
from services.notifications.domain.words import Words
from services.notifications.operations.record_outcome import record_outcome
from services.notifications.operations.render_email import render_email
from services.notifications.operations.send_email import MailServer, send_email
from services.notifications.queries.business import business_of
from services.notifications.queries.contacts import Contact, ask_contacts
from services.notifications.tables import MessageRow
from services.notifications.tables.messages import lock_due, lock_message

CUSTOMERS_UNREACHABLE = Outcome(State.QUEUED, "customers_unreachable", reachable=False)


@dataclass(frozen=True, slots=True)
class Post:
    """What sending needs: someone to ask where customers are, and a mail server."""

    customers: InternalClient
    mail_server: MailServer


def deliver_message(database: Database, post: Post, tenant_id: TenantId, *, at: datetime) -> Outcome | None:
    """Send the message that has been due for longest; None when none is due. Senders beside us take other ones.

    The claim is committed before the mail server hears of the message: whatever dies after that, nobody sends it again.
    Consent and address are asked for right before, and forgotten right after.
    """
    with database.transaction(tenant_id) as db:
        message = next(iter(lock_due(db, tenant_id, at, 1)), None)
        if message is None:
            return None
        email = prepare(db, post, message, at)
        if isinstance(email, Outcome):
            record_outcome(db, message, email, at=at)
            return email
        claim(message, at)
    outcome = send_email(post.mail_server, email)
    with database.transaction(tenant_id) as db:
        record_outcome(db, lock_message(db, tenant_id, message.id), outcome, at=at)
    return outcome


def claim(message: MessageRow, at: datetime) -> None:
    """Take the message out of the queue."""
    message.state = State.SENDING
    message.due_at = None
    message.claimed_at = at


def prepare(db: Session, post: Post, message: MessageRow, at: datetime) -> EmailMessage | Outcome:
    """The e-mail, if the customer may be written to; else what that means for the message."""
    contacts = contacts_now(post, message.tenant_id, [message.customer_id])
    if contacts is None:
        return CUSTOMERS_UNREACHABLE
    contact = contacts.get(message.customer_id)
    if contact is None or contact.address is None:
        return unwritten(contact)
    return rendered(db, post, message, contact, contact.address, at)


def contacts_now(post: Post, tenant_id: TenantId, customers: Iterable[CustomerId]) -> dict[CustomerId, Contact] | None:
    """Where these customers may be written to; None when the customers service does not answer as it should."""
    try:
        return ask_contacts(post.customers, tenant_id, customers)
    except (httpx.HTTPError, ValidationError) as error:
        log.warning("customers service does not answer as it should", reason=type(error).__name__)
        return None


def unwritten(contact: Contact | None) -> Outcome:
    """What it means for a message that its customer may not be written to, or is gone."""
    if contact is None:
        return Outcome(State.NO_ADDRESS, "customer_gone")
    if contact.reason == "no_address":
        return Outcome(State.NO_ADDRESS)
    return Outcome(State.REFUSED_NO_CONSENT, contact.reason)


def rendered(
    db: Session, post: Post, message: MessageRow, contact: Contact, address: str, at: datetime
) -> EmailMessage | Outcome:
    """The message in words. One that cannot be put into words has failed; those behind it must not wait for it."""
    business = business_of(db, message.tenant_id)
    words = Words(contact.language, business.zone)
    try:
        return render_email(
            content_of(PARTS.validate_python(message.parts), words),
            words,
            message_id=message.id,
            sender=post.mail_server.sender,
            business=business.name,
            recipient=address,
            recipient_name=contact.name,
            at=at,
        )
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it will be wrong again
        log.error("message cannot be rendered", message_id=message.id, reason=type(error).__name__)
        return Outcome(State.FAILED, "cannot_be_rendered")
