"""Queue a message about an event."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events.letters import Hearing
from contracts.event import Event
from services.notifications.domain.message import Kind, State
from services.notifications.domain.parts import Part
from services.notifications.tables import MessageRow


def queue_message(db: Session, event: Event, kind: Kind, parts: Sequence[Part], hearing: Hearing) -> None:
    """Put a message into the customer's inbox and, unless it is only being rebuilt, queue its e-mail.

    Once per event, however often it is heard. Nothing to tell, or nobody to tell it to, is no message.
    """
    if not parts or event.customer_id is None:
        return
    message = insert(MessageRow).values(
        tenant_id=event.tenant_id,
        id=f"msg_{hearing.event_id.removeprefix('evt_')}",
        event_id=hearing.event_id,
        customer_id=event.customer_id,
        kind=kind,
        parts=[part.model_dump(mode="json") for part in parts],
        occurred_at=event.occurred_at,
        created_at=hearing.heard_at,
        state=State.SUPPRESSED if hearing.replaying else State.QUEUED,
        due_at=None if hearing.replaying else hearing.heard_at,
    )
    db.execute(message.on_conflict_do_nothing())
