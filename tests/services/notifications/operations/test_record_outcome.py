"""How an attempt went, kept and told."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.notifications.domain.message import Kind, State
from services.notifications.domain.outcome import Outcome
from services.notifications.operations import record_outcome as record_outcome_file
from services.notifications.operations.record_outcome import record_outcome
from services.notifications.tables import MessageRow
from services.notifications.tables.messages import lock_message
from tests.services.notifications.conftest import NOW
from tests.services.notifications.telling import MORNING, created, messages, published, tell

SARA = CustomerId("cus_sara")
SENT = "notifications.message_sent.v1"
FAILED = "notifications.message_failed.v1"


@pytest.fixture
def message_id(database: Database, tenant_id: TenantId) -> str:
    """A message queued since the morning."""
    return tell(database, created(tenant_id, SARA)).replace("evt_", "msg_")


def record(
    database: Database, tenant_id: TenantId, message_id: str, outcome: Outcome, at: datetime = NOW
) -> MessageRow:
    with database.transaction(tenant_id) as db:
        record_outcome(db, lock_message(db, tenant_id, message_id), outcome, at=at)
    [message] = [message for message in messages(database, tenant_id) if message.id == message_id]
    return message


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("outcome", [Outcome(State.SENT), Outcome(State.FAILED, "smtp_550")], ids=["sent", "failed"])
def test_the_end_of_a_message_of_any_kind_is_told(
    database: Database, tenant_id: TenantId, message_id: str, kind: Kind, outcome: Outcome
) -> None:
    with database.transaction(tenant_id) as db:
        lock_message(db, tenant_id, message_id).kind = kind
    record(database, tenant_id, message_id, outcome)
    told = [json.loads(data) for _event_type, data in published(database, tenant_id)]
    assert [news["kind"] for news in told] == [kind]


@pytest.mark.parametrize(
    ("outcome", "news"),
    [
        pytest.param(Outcome(State.SENT), {SENT: {}}, id="sent"),
        pytest.param(
            Outcome(State.FAILED, "smtp_550"), {FAILED: {"reason": "smtp_550", "lost": False}}, id="refused for good"
        ),
        pytest.param(
            Outcome(State.UNKNOWN, "cut_off"), {FAILED: {"reason": "cut_off", "lost": True}}, id="nobody can say"
        ),
        pytest.param(Outcome(State.REFUSED_NO_CONSENT, "forbidden"), {}, id="no consent is no news"),
        pytest.param(Outcome(State.NO_ADDRESS), {}, id="no address is no news"),
    ],
)
def test_the_end_of_a_message(
    database: Database, tenant_id: TenantId, message_id: str, outcome: Outcome, news: dict[str, dict[str, object]]
) -> None:
    message = record(database, tenant_id, message_id, outcome)
    assert (message.state, message.reason, message.tries) == (outcome.state, outcome.reason, 1)
    assert (message.due_at, message.finished_at) == (None, NOW)
    about = {
        "tenant_id": tenant_id,
        "customer_id": SARA,
        "occurred_at": "2026-11-22T10:00:00Z",
        "message_id": message_id,
        "kind": "welcome",
        "channel": "email",
    }
    told = {event_type: json.loads(data) for event_type, data in published(database, tenant_id)}
    assert told == {event_type: {**about, **facts} for event_type, facts in news.items()}


def test_a_vain_try_waits_longer_each_time_and_is_no_news(
    database: Database, tenant_id: TenantId, message_id: str
) -> None:
    for tries, seconds in ((1, 5), (2, 10), (3, 20)):
        message = record(database, tenant_id, message_id, Outcome(State.QUEUED, "smtp_451"))
        assert (message.state, message.reason, message.tries) == ("queued", "smtp_451", tries)
        assert (message.due_at, message.finished_at) == (NOW + timedelta(seconds=seconds), None)
    assert published(database, tenant_id) == []


@pytest.mark.parametrize(
    ("left", "state", "reason"),
    [
        pytest.param(timedelta(seconds=6), "queued", "smtp_451", id="one more try before a day is over"),
        pytest.param(timedelta(seconds=5), "failed", "gave_up", id="a day is over"),
    ],
)
def test_a_message_is_given_up_after_a_day(
    database: Database, tenant_id: TenantId, message_id: str, left: timedelta, state: str, reason: str
) -> None:
    at = MORNING + timedelta(days=1) - left
    message = record(database, tenant_id, message_id, Outcome(State.QUEUED, "smtp_451"), at)
    assert (message.state, message.reason) == (state, reason)
    assert [event_type for event_type, _ in published(database, tenant_id)] == ([FAILED] if state == "failed" else [])


def test_other_messages_are_left_alone(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId, message_id: str
) -> None:
    beside = tell(database, created(tenant_id, SARA)).replace("evt_", "msg_")
    tell(database, created(other_tenant_id, SARA), message_id.replace("msg_", "evt_"))
    record(database, tenant_id, message_id, Outcome(State.SENT))
    assert {message.id: message.state for message in messages(database, tenant_id)} == {
        message_id: "sent",
        beside: "queued",
    }
    assert [message.state for message in messages(database, other_tenant_id)] == ["queued"]
    assert published(database, other_tenant_id) == []


def wrong_value(*_: object) -> None:
    raise ValueError


def wrong_statement(db: Session, *_: object) -> None:
    db.execute(text("INSERT INTO outbox (tenant_id) VALUES ('somebody_else')"))


@pytest.mark.parametrize("publish", [wrong_value, wrong_statement])
def test_a_message_whose_end_cannot_be_told_keeps_its_state_and_says_so(
    database: Database, tenant_id: TenantId, message_id: str, monkeypatch: pytest.MonkeyPatch, publish: object
) -> None:
    monkeypatch.setattr(record_outcome_file, "publish", publish)
    message = record(database, tenant_id, message_id, Outcome(State.SENT))
    assert (message.state, message.reason, message.finished_at) == ("sent", "cannot_be_told", NOW)
    assert published(database, tenant_id) == []


def test_a_database_that_fails_is_not_the_messages_fault(
    database: Database, tenant_id: TenantId, message_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(db: Session, *_: object) -> None:
        db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    monkeypatch.setattr(record_outcome_file, "publish", hang_up)
    with pytest.raises(DBAPIError):
        record(database, tenant_id, message_id, Outcome(State.SENT))
    [message] = messages(database, tenant_id)
    assert (message.state, message.reason) == ("queued", None)
