"""Mark a message as read."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.notifications.tables import MessageRow
from services.notifications.tables.messages import lock_customers_message


def read_message(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, message_id: str, *, at: datetime
) -> MessageRow:
    """Note when the customer first read the message; reading it again changes nothing. Raises MessageMissing."""
    message = lock_customers_message(db, tenant_id, customer_id, message_id)
    message.read_at = message.read_at or at
    return message
