"""What is due goes out tenant by tenant."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from chassis.data.database import Database
from kernel.ids import TenantId
from services.notifications.operations.deliver_message import Post
from services.notifications.operations.deliver_messages import TURN_MESSAGES, deliver_messages
from services.notifications.operations.send_email import MailServer
from tests.services.notifications.conftest import NOW
from tests.services.notifications.mailbox import Mailbox, closed_port
from tests.services.notifications.people import People
from tests.services.notifications.telling import bought, created, messages, points, tell, tenant_created


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
