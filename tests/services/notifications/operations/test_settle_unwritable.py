"""Messages that nobody will be sent are settled together, and only those."""

from collections import Counter
from dataclasses import replace

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.internal_client import InternalClient
from kernel.ids import TenantId
from services.notifications.operations.deliver_message import Post
from services.notifications.operations.deliver_messages import TURN_MESSAGES, deliver_messages
from services.notifications.operations.settle_unwritable import settle_unwritable
from tests.services.notifications.conftest import NOW
from tests.services.notifications.mailbox import Mailbox, closed_port
from tests.services.notifications.people import People
from tests.services.notifications.telling import bought, messages, points, tell


def test_who_can_be_written_to_stays_in_the_queue(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, people: People
) -> None:
    sara, adam = people.create(bakery, email="sara@example.com"), people.create(bakery, phone="0501234567")
    silent = people.create(bakery, email="silent@example.com")
    people.withdraw_consent(bakery, silent)
    for customer in (sara, adam, silent, adam):
        tell(database, bought(bakery, customer, points(35)))
    with database.transaction(bakery) as db:
        assert settle_unwritable(db, post, bakery, at=NOW) == (3, 1)
    with database.transaction(bakery) as db:
        assert settle_unwritable(db, post, bakery, at=NOW) == (0, 1)
    states = Counter(message.state for message in messages(database, bakery))
    assert states == {"queued": 1, "refused_no_consent": 1, "no_address": 2}
    assert mailbox.emails == []


def test_those_without_an_address_are_settled_together(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, people: People
) -> None:
    sara, adam = people.create(bakery, email="sara@example.com"), people.create(bakery, phone="0501234567")
    silent = people.create(bakery, email="silent@example.com")
    people.withdraw_consent(bakery, silent)
    for customer in [sara, silent, *[adam] * (TURN_MESSAGES + 1)]:
        tell(database, bought(bakery, customer, points(35)))
    assert deliver_messages(database, post, lambda: NOW, lambda: False) == TURN_MESSAGES + 3
    states = Counter(message.state for message in messages(database, bakery))
    assert states == {"sent": 1, "refused_no_consent": 1, "no_address": TURN_MESSAGES + 1}
    assert mailbox.recipients == ["sara@example.com"]


def test_while_the_customers_service_is_away_nothing_is_settled(
    database: Database, bakery: TenantId, post: Post, people: People, settings: Settings
) -> None:
    for _ in range(2):
        tell(database, bought(bakery, people.create(bakery), points(35)))
    away = replace(post, customers=InternalClient(settings, f"http://127.0.0.1:{closed_port()}"))
    assert deliver_messages(database, away, lambda: NOW, lambda: False) == 0
    assert sorted(message.tries for message in messages(database, bakery)) == [0, 1]
