"""What is due goes out tenant by tenant."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.events.letters import Hearing
from chassis.events.outbox import publish
from contracts.events.notifications import MessageSent
from kernel.ids import TenantId, new_id
from services.notifications.domain import parts
from services.notifications.domain.message import Kind
from services.notifications.operations import deliver_messages as deliver_messages_file
from services.notifications.operations import record_outcome as record_outcome_file
from services.notifications.operations.deliver_message import Post
from services.notifications.operations.deliver_messages import TURN_MESSAGES, deliver_messages
from services.notifications.operations.queue_messages import Draft, queue_messages
from services.notifications.operations.report_lost_messages import report_lost_messages
from services.notifications.operations.send_email import MailServer
from tests.services.notifications.conftest import NOW
from tests.services.notifications.mailbox import Mailbox, closed_port
from tests.services.notifications.people import People
from tests.services.notifications.telling import bought, created, messages, points, published, tell, tenant_created


def test_a_tenant_with_much_to_tell_does_not_keep_another_waiting(
    database: Database, bakery: TenantId, other_tenant_id: TenantId, post: Post, mailbox: Mailbox, people: People
) -> None:
    tell(database, tenant_created(other_tenant_id, "Barber"))
    sara = people.create(bakery, email="sara@example.com")
    adam = people.create(other_tenant_id, email="adam@example.com")
    for _ in range(TURN_MESSAGES + 1):
        tell(database, bought(bakery, sara, points(35)))
    tell(database, bought(other_tenant_id, adam, points(35)))
    assert deliver_messages(database, post, lambda: NOW, lambda: False) == TURN_MESSAGES + 1
    assert "adam@example.com" in mailbox.recipients
    assert deliver_messages(database, post, lambda: NOW, lambda: False) == 1
    assert deliver_messages(database, post, lambda: NOW, lambda: False) == 0


def test_a_closed_door_ends_the_round(database: Database, bakery: TenantId, post: Post, people: People) -> None:
    sara = people.create(bakery, email="sara@example.com")
    for _ in range(3):
        tell(database, bought(bakery, sara, points(35)))
    away = replace(post, mail_server=MailServer("127.0.0.1", closed_port(), "shop@example.com"))
    assert deliver_messages(database, away, lambda: NOW, lambda: False) == 0
    assert sorted(message.tries for message in messages(database, bakery)) == [0, 0, 1]


def test_a_sender_told_to_stop_takes_nothing_more(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, people: People
) -> None:
    tell(database, created(bakery, people.create(bakery, email="sara@example.com")))
    assert deliver_messages(database, post, lambda: NOW, lambda: True) == 0
    assert mailbox.emails == []


def test_what_a_dead_sender_left_is_reported(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, people: People
) -> None:
    tell(database, created(bakery, people.create(bakery, email="sara@example.com")))
    with database.transaction(bakery) as db:
        db.execute(text("UPDATE messages SET state = 'sending', due_at = NULL, claimed_at = :at"), {"at": NOW})
    later = NOW + timedelta(minutes=4)
    assert deliver_messages(database, post, lambda: later, lambda: False) == 0
    assert [message.state for message in messages(database, bakery)] == ["unknown"]
    assert mailbox.emails == []


def test_a_message_of_every_kind_is_sent_and_told(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, people: People
) -> None:
    sara = people.create(bakery, email="sara@example.com")
    for kind in Kind:
        with database.transaction(bakery) as db:
            hearing = Hearing(new_id("evt"), NOW, replaying=False)
            queue_messages(db, [Draft(created(bakery, sara), hearing, kind, [parts.Welcome()])])
    assert deliver_messages(database, post, lambda: NOW, lambda: False) == len(Kind)
    assert {(message.kind, message.state, message.reason) for message in messages(database, bakery)} == {
        (kind, "sent", None) for kind in Kind
    }
    told = [MessageSent.model_validate_json(data) for _, data in published(database, bakery)]
    assert sorted(event.kind for event in told) == sorted(Kind)
    assert len(mailbox.emails) == len(Kind)


def test_a_message_whose_end_cannot_be_told_does_not_hold_up_the_others(
    database: Database,
    bakery: TenantId,
    post: Post,
    mailbox: Mailbox,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sara = people.create(bakery, email="sara@example.com")
    tell(database, created(bakery, sara))
    tell(database, bought(bakery, sara, points(35)))
    # One more that a dead sender left: it is reported in one transaction with others.
    lost = tell(database, created(bakery, sara)).replace("evt_", "msg_")
    claimed = "UPDATE messages SET state = 'sending', due_at = NULL, claimed_at = :at WHERE id = :id"
    with database.transaction(bakery) as db:
        db.execute(text(claimed), {"at": NOW - timedelta(minutes=4), "id": lost})

    def publish_no_welcome(db: Session, event: MessageSent) -> None:
        if event.kind == "welcome":
            raise ValueError
        publish(db, event)

    monkeypatch.setattr(record_outcome_file, "publish", publish_no_welcome)
    assert deliver_messages(database, post, lambda: NOW, lambda: False) == 2
    assert deliver_messages(database, post, lambda: NOW + timedelta(hours=1), lambda: False) == 0
    assert sorted((message.kind, message.state, message.reason) for message in messages(database, bakery)) == [
        ("purchase", "sent", None),
        ("welcome", "sent", "cannot_be_told"),
        ("welcome", "unknown", "cannot_be_told"),
    ]
    assert len(mailbox.emails) == 2


def test_a_tenant_whose_turn_fails_does_not_hold_up_another(
    database: Database,
    bakery: TenantId,
    other_tenant_id: TenantId,
    post: Post,
    mailbox: Mailbox,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell(database, tenant_created(other_tenant_id, "Barber"))
    for tenant_id in (bakery, other_tenant_id):
        tell(database, created(tenant_id, people.create(tenant_id, email=f"{tenant_id}@example.com")))

    def fail_for_the_bakery(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
        if tenant_id == bakery:
            raise ValueError
        return report_lost_messages(db, tenant_id, at=at)

    monkeypatch.setattr(deliver_messages_file, "report_lost_messages", fail_for_the_bakery)
    assert deliver_messages(database, post, lambda: NOW, lambda: False) == 1
    assert mailbox.recipients == [f"{other_tenant_id}@example.com"]
