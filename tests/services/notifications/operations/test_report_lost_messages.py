"""A sender died between its claim and the mail server's answer."""

from datetime import datetime, timedelta

import pytest

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.notifications.operations import report_lost_messages as report_lost_messages_file
from services.notifications.operations.deliver_message import claim
from services.notifications.operations.report_lost_messages import report_lost_messages
from services.notifications.tables.messages import lock_message
from tests.services.notifications.conftest import NOW
from tests.services.notifications.telling import created, messages, published, tell

LATER = NOW + timedelta(minutes=3, seconds=1)


def claimed(database: Database, tenant_id: TenantId) -> str:
    """A message that somebody took and did not bring back."""
    message_id = tell(database, created(tenant_id, CustomerId("cus_sara"))).replace("evt_", "msg_")
    with database.transaction(tenant_id) as db:
        claim(lock_message(db, tenant_id, message_id), NOW)
    return message_id


def report(database: Database, tenant_id: TenantId, at: datetime = LATER) -> int:
    with database.transaction(tenant_id) as db:
        return report_lost_messages(db, tenant_id, at=at)


def states(database: Database, tenant_id: TenantId) -> list[tuple[str, str | None]]:
    return [(message.state, message.reason) for message in messages(database, tenant_id)]


def test_a_message_is_lost_after_three_minutes_and_only_once(database: Database, tenant_id: TenantId) -> None:
    claimed(database, tenant_id)
    assert report(database, tenant_id, NOW + timedelta(minutes=3)) == 0
    assert states(database, tenant_id) == [("sending", None)]
    assert report(database, tenant_id) == 1
    assert states(database, tenant_id) == [("unknown", "sender_died")]
    assert report(database, tenant_id, NOW + timedelta(days=1)) == 0
    assert [event_type for event_type, _ in published(database, tenant_id)] == ["notifications.message_failed.v1"]


def test_what_waits_in_the_queue_is_not_lost(database: Database, tenant_id: TenantId) -> None:
    tell(database, created(tenant_id, CustomerId("cus_sara")))
    assert report(database, tenant_id, NOW + timedelta(hours=1)) == 0
    assert states(database, tenant_id) == [("queued", None)]


def test_a_message_somebody_holds_is_left_to_them(database: Database, tenant_id: TenantId) -> None:
    held = claimed(database, tenant_id)
    claimed(database, tenant_id)
    with database.transaction(tenant_id) as db:
        lock_message(db, tenant_id, held)
        assert report(database, tenant_id) == 1
    assert states(database, tenant_id) == [("sending", None), ("unknown", "sender_died")]


def test_a_great_many_are_reported_in_turns(
    database: Database, tenant_id: TenantId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_lost_messages_file, "REPORTED_MAX", 2)
    for _ in range(3):
        claimed(database, tenant_id)
    assert [report(database, tenant_id) for _ in range(3)] == [2, 1, 0]


def test_another_tenants_messages_are_not_reported(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    claimed(database, tenant_id)
    assert report(database, other_tenant_id) == 0
    assert states(database, tenant_id) == [("sending", None)]
