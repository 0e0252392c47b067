"""A message about an event: one in the inbox, one e-mail in the queue."""

from collections.abc import Sequence

import pytest

from chassis.data.database import Database
from chassis.events.letters import Hearing
from kernel.ids import CustomerId, TenantId, new_id
from services.notifications.domain import parts
from services.notifications.domain.message import Kind
from services.notifications.domain.parts import PARTS, Part
from services.notifications.operations.queue_messages import Draft, queue_messages
from tests.services.notifications.conftest import NOW
from tests.services.notifications.telling import MORNING, bought, messages

SARA = CustomerId("cus_sara")
WELCOME = (parts.Welcome(), parts.Balance(unit="points", amount=320))


def queue(
    database: Database,
    tenant_id: TenantId,
    event_id: str,
    told: Sequence[Part] = WELCOME,
    *,
    customer_id: CustomerId | None = SARA,
    replaying: bool = False,
) -> None:
    with database.transaction(tenant_id) as db:
        hearing = Hearing(event_id, NOW, replaying)
        queue_messages(db, [Draft(bought(tenant_id, customer_id), hearing, Kind.PURCHASE, told)])


def test_a_message_is_in_the_inbox_and_in_the_queue(database: Database, tenant_id: TenantId) -> None:
    event_id = new_id("evt")
    queue(database, tenant_id, event_id)
    [message] = messages(database, tenant_id)
    assert (message.id, message.event_id) == (event_id.replace("evt_", "msg_"), event_id)
    assert (message.customer_id, message.kind, message.state, message.tries) == (SARA, "purchase", "queued", 0)
    assert (message.occurred_at, message.created_at, message.due_at) == (MORNING, NOW, NOW)
    assert PARTS.validate_python(message.parts) == WELCOME


def test_a_replay_rebuilds_the_message_and_sends_nothing(database: Database, tenant_id: TenantId) -> None:
    queue(database, tenant_id, new_id("evt"), replaying=True)
    [message] = messages(database, tenant_id)
    assert (message.state, message.due_at, PARTS.validate_python(message.parts)) == ("suppressed", None, WELCOME)


@pytest.mark.parametrize(("first", "state"), [(False, "queued"), (True, "suppressed")])
def test_an_event_is_one_message_however_often_it_is_heard(
    database: Database, tenant_id: TenantId, first: bool, state: str
) -> None:
    event_id = new_id("evt")
    queue(database, tenant_id, event_id, replaying=first)
    for replaying in (False, True):
        queue(database, tenant_id, event_id, [parts.Welcome()], replaying=replaying)
    [message] = messages(database, tenant_id)
    assert (message.state, PARTS.validate_python(message.parts)) == (state, WELCOME)


@pytest.mark.parametrize(
    ("customer_id", "told"),
    [pytest.param(SARA, (), id="nothing to tell"), pytest.param(None, WELCOME, id="a walk-in")],
)
def test_no_message(
    database: Database, tenant_id: TenantId, customer_id: CustomerId | None, told: Sequence[Part]
) -> None:
    queue(database, tenant_id, new_id("evt"), told, customer_id=customer_id)
    assert messages(database, tenant_id) == []


def test_the_same_event_id_at_another_tenant_is_another_message(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    event_id = new_id("evt")
    queue(database, tenant_id, event_id)
    queue(database, other_tenant_id, event_id, replaying=True)
    assert [message.state for message in messages(database, tenant_id)] == ["queued"]
    assert [message.state for message in messages(database, other_tenant_id)] == ["suppressed"]
