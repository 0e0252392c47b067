"""How many messages there are, and how they fared."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.notifications.domain.message import Kind, State
from services.notifications.tables import MessageRow


@dataclass(frozen=True, slots=True)
class Figure:
    """The number of messages of one kind in one state."""

    kind: Kind
    state: State
    messages: int


def message_figures(db: Session, tenant_id: TenantId) -> Sequence[Figure]:
    """All there are, by kind and state."""
    counted = (
        select(MessageRow.kind, MessageRow.state, func.count())
        .where(MessageRow.tenant_id == tenant_id)
        .group_by(MessageRow.kind, MessageRow.state)
        .order_by(MessageRow.kind, MessageRow.state)
    )
    return [Figure(Kind(kind), State(state), messages) for kind, state, messages in db.execute(counted)]
