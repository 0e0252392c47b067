"""Report messages whose sender died between claiming and hearing the mail server's answer."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.notifications.domain.message import State
from services.notifications.domain.outcome import Outcome
from services.notifications.operations.record_outcome import record_outcome
from services.notifications.tables import MessageRow

# Longer than a living sender can take: every step of the mail server's protocol is limited (send_email.py).
SENDING_LONGEST = timedelta(minutes=3)
REPORTED_MAX = 100


def report_lost_messages(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Call messages that have been `sending` for too long `unknown`; returns how many. None of them is sent again."""
    lost = db.scalars(
        select(MessageRow)
        .where(
            MessageRow.tenant_id == tenant_id,
            MessageRow.state == State.SENDING,
            MessageRow.claimed_at < at - SENDING_LONGEST,
        )
        .limit(REPORTED_MAX)
        .with_for_update(skip_locked=True)
    ).all()
    for message in lost:
        record_outcome(db, message, Outcome(State.UNKNOWN, "sender_died"), at=at)
    return len(lost)
