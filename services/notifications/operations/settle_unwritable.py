"""Settle the messages that nobody will be sent, many at a time: most customers of a shop have no address."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.notifications.operations.deliver_message import Post, contacts_now, unwritten
from services.notifications.operations.record_outcome import record_outcome
from services.notifications.tables.messages import lock_due

# As many as the customers service answers for at once.
MESSAGES_MAX = 100


def settle_unwritable(db: Session, post: Post, tenant_id: TenantId, *, at: datetime) -> int:
    """Of the messages that have been due for longest, settle those whose customers may not be written to.

    Returns how many. The others stay in the queue, to be asked about again right before they are sent. A customers
    service that does not answer changes nothing here: whoever sends next meets it too.
    """
    due = lock_due(db, tenant_id, at, MESSAGES_MAX)
    contacts = contacts_now(post, tenant_id, [message.customer_id for message in due]) if due else None
    if contacts is None:
        return 0
    settled = 0
    for message in due:
        contact = contacts.get(message.customer_id)
        if contact is None or contact.address is None:
            record_outcome(db, message, unwritten(contact), at=at)
            settled += 1
    return settled
