"""Record how an attempt to send went."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.hearing import is_transient, reason_of
from chassis.events.outbox import publish
from chassis.logging import log
from contracts.events.notifications import MessageFailed, MessageSent
from services.notifications.domain.message import State
from services.notifications.domain.outcome import Outcome
from services.notifications.domain.retry import next_try
from services.notifications.tables import MessageRow

# The reason of a message whose end could not be told. `wafa verify` names it.
UNTOLD = "cannot_be_told"


def record_outcome(db: Session, message: MessageRow, outcome: Outcome, *, at: datetime) -> None:
    """Bring a locked message into the state its attempt leads to, and tell the others if that is the end of it.

    One whose end cannot be told keeps its state, with the reason `cannot_be_told`: it would fail again each time, and
    the messages behind it must not wait for it.
    """
    message.tries += 1
    again = next_try(message.tries, message.created_at, at) if outcome.state is State.QUEUED else None
    if outcome.state is State.QUEUED and again is None:
        outcome = Outcome(State.FAILED, "gave_up")
    message.state = outcome.state
    message.reason = outcome.reason
    message.due_at = again
    message.finished_at = None if again else at
    if message.state in (State.SENT, State.FAILED, State.UNKNOWN):
        try:
            with db.begin_nested():
                tell_outcome(db, message, at)
        except Exception as error:
            if is_transient(error):
                raise
            log.error("outcome cannot be told", message_id=message.id, kind=message.kind, reason=reason_of(error))
            message.reason = UNTOLD


def tell_outcome(db: Session, message: MessageRow, at: datetime) -> None:
    """Publish what became of a message. Those that are not sent for want of consent or address are no news."""
    facts = {
        "tenant_id": message.tenant_id,
        "customer_id": message.customer_id,
        "occurred_at": at,
        "message_id": message.id,
        "kind": message.kind,
        "channel": "email",
    }
    if message.state == State.SENT:
        publish(db, MessageSent.model_validate(facts))
    else:
        lost = message.state == State.UNKNOWN
        publish(db, MessageFailed.model_validate({**facts, "reason": message.reason or "", "lost": lost}))
