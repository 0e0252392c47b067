"""How many messages there are, read through the API."""

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId, new_id
from services.notifications.operations.deliver_message import Post, deliver_message
from tests.services.notifications.conftest import NOW, Client
from tests.services.notifications.people import People
from tests.services.notifications.telling import bought, created, points, tell


def test_messages_are_counted_by_kind_and_state(
    database: Database, bakery: TenantId, client: Client, post: Post, people: People
) -> None:
    sara = people.create(bakery, email="sara@example.com")
    tell(database, created(bakery, sara))
    deliver_message(database, post, bakery, at=NOW)
    tell(database, bought(bakery, sara, points(1)))
    tell(database, bought(bakery, sara, points(2)))
    tell(database, created(bakery, CustomerId(new_id("cus"))), replaying=True)
    assert client(bakery).get("/v1/messages/figures").json() == {
        "object": "message_figures",
        "total": 4,
        "counts": [
            {"kind": "purchase", "state": "queued", "messages": 2},
            {"kind": "welcome", "state": "sent", "messages": 1},
            {"kind": "welcome", "state": "suppressed", "messages": 1},
        ],
    }
