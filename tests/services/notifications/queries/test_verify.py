"""`wafa verify` finds what is not as it should be."""

from datetime import timedelta

from sqlalchemy import text

from chassis.data.database import Database
from chassis.events.inbox import remember_heard
from kernel.ids import CustomerId, TenantId, new_id
from services.notifications.queries.verify import breaches
from tests.services.notifications.telling import MORNING, created, messages, tell

SOON = MORNING + timedelta(minutes=10)


def hear_welcome(database: Database, tenant_id: TenantId) -> str:
    """Hear of a customer, as the listening worker notes it; returns the message's id."""
    event_id = tell(database, created(tenant_id, CustomerId(new_id("cus"))))
    with database.transaction(tenant_id) as db:
        remember_heard(db, [(tenant_id, event_id)])
    return event_id.replace("evt_", "msg_")


def test_a_sound_database_has_no_breach(database: Database, bakery: TenantId) -> None:
    hear_welcome(database, bakery)
    assert len(messages(database, bakery)) == 1
    assert list(breaches(database, SOON)) == []


def test_a_message_of_an_event_that_was_not_heard(database: Database, bakery: TenantId) -> None:
    hear_welcome(database, bakery)
    invented = tell(database, created(bakery, CustomerId(new_id("cus")))).replace("evt_", "msg_")
    [breach] = breaches(database, SOON)
    assert (breach.invariant, breach.tenant_id, breach.subject) == ("notifications.heard", bakery, invented)


def test_a_message_that_is_being_sent_for_too_long(database: Database, bakery: TenantId) -> None:
    message_id = hear_welcome(database, bakery)
    with database.transaction(bakery) as db:
        db.execute(text("UPDATE messages SET state = 'sending', due_at = NULL, claimed_at = :at"), {"at": MORNING})
    assert list(breaches(database, MORNING + timedelta(minutes=5))) == []
    [breach] = breaches(database, MORNING + timedelta(minutes=5, seconds=1))
    assert (breach.invariant, breach.subject) == ("notifications.sending", message_id)


def test_a_message_whose_end_could_not_be_told_is_named_for_a_day(database: Database, bakery: TenantId) -> None:
    message_id = hear_welcome(database, bakery)
    with database.transaction(bakery) as db:
        ended = "state = 'sent', due_at = NULL, reason = 'cannot_be_told', finished_at = :at"
        db.execute(text(f"UPDATE messages SET {ended}"), {"at": MORNING})
    [breach] = breaches(database, SOON)
    assert (breach.invariant, breach.subject) == ("notifications.told", message_id)
    assert list(breaches(database, MORNING + timedelta(days=1))) == []
