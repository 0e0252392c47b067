"""Settle the messages that nobody will be sent, many at a time: most customers of a shop have no address."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.notifications.operations.deliver_message import Post, contacts_now, unwritten
from services.notifications.operations.record_outcome import record_outcome
from services.notifications.tables.messages import lock_due

# As many as the customers service answers for at once.
MESSAGES_MAX = 100


class Settled(NamedTuple):
    """How many messages were settled, and how many of those looked at are still to be sent."""

    settled: int
    to_send: int


def settle_unwritable(db: Session, post: Post, tenant_id: TenantId, *, at: datetime) -> Settled:
    """Of the messages that have been due for longest, settle those whose customers may not be written to.

    The others stay in the queue, to be asked about again right before they are sent. A customers service that does not
    answer changes nothing here: whoever sends next meets it too.
    """
    due = lock_due(db, tenant_id, at, MESSAGES_MAX)
    contacts = contacts_now(post, tenant_id, [message.customer_id for message in due]) if due else None
    if contacts is None:
        return Settled(0, len(due))
    settled = 0
    for message in due:
        contact = contacts.get(message.customer_id)
        if contact is None or contact.address is None:
            record_outcome(db, message, unwritten(contact), at=at)
            settled += 1
    return Settled(settled, len(due) - settled)
