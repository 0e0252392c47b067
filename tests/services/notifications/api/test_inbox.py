"""What a customer was told, read through the API."""

import httpx
import pytest

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId, new_id
from services.notifications.domain.isolation import isolated
from tests.services.notifications.conftest import Client
from tests.services.notifications.people import People
from tests.services.notifications.telling import bought, created, points, stamps, tell, tenant_created

SARA = CustomerId(new_id("cus"))


def without_language(client: httpx.Client) -> httpx.Client:
    """The same caller, who names no language."""
    del client.headers["accept-language"]
    return client


def test_the_inbox_is_in_the_customers_language(database: Database, bakery: TenantId, client: Client) -> None:
    tell(database, created(bakery, SARA, language="ar"))
    event_id = tell(database, bought(bakery, SARA, points(3), stamps(on_card=4)))
    page = without_language(client(bakery)).get(f"/v1/customers/{SARA}/inbox").json()
    assert (page["object"], page["has_more"], page["next_cursor"]) == ("list", False, None)
    assert [message["kind"] for message in page["data"]] == ["purchase", "welcome"]
    assert page["data"][0] == {
        "object": "message",
        "id": event_id.replace("evt_", "msg_"),
        "customer_id": SARA,
        "kind": "purchase",
        "title": "أُضيف إلى رصيدك: 3 نقاط",
        "text": f"أُضيف إلى رصيدك: 3 نقاط.\nبقي ختمان لتكتمل بطاقتك {isolated('بطاقة القهوة')}.\nرصيدك الآن: 320 نقطة.",
        "language": "ar",
        "occurred_at": "2026-11-22T09:00:00Z",
        "created_at": "2026-11-22T09:00:00Z",
        "read_at": None,
    }


def test_a_reader_may_ask_for_another_language(database: Database, bakery: TenantId, client: Client) -> None:
    tell(database, created(bakery, SARA, language="ar"))
    [message] = client(bakery, language="en").get(f"/v1/customers/{SARA}/inbox").json()["data"]
    assert (message["title"], message["language"]) == ("Welcome", "en")


def test_the_inbox_comes_in_pages(database: Database, bakery: TenantId, client: Client) -> None:
    tell(database, created(bakery, SARA))
    told = [tell(database, bought(bakery, SARA, points(n))).replace("evt_", "msg_") for n in range(1, 5)]
    caller = client(bakery)
    first = caller.get(f"/v1/customers/{SARA}/inbox", params={"limit": 2}).json()
    second = caller.get(f"/v1/customers/{SARA}/inbox", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    last = caller.get(f"/v1/customers/{SARA}/inbox", params={"limit": 2, "cursor": second["next_cursor"]}).json()
    assert [[message["id"] for message in page["data"]] for page in (first, second)] == [
        [told[3], told[2]],
        [told[1], told[0]],
    ]
    assert [message["kind"] for message in last["data"]] == ["welcome"]
    assert not last["has_more"]


def test_a_cursor_made_by_hand_is_refused(database: Database, bakery: TenantId, client: Client) -> None:
    tell(database, created(bakery, SARA))
    answer = client(bakery).get(f"/v1/customers/{SARA}/inbox", params={"cursor": "bXNnXzE="})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_a_message_is_read_once(database: Database, bakery: TenantId, client: Client) -> None:
    tell(database, created(bakery, SARA))
    [message] = client(bakery).get(f"/v1/customers/{SARA}/inbox").json()["data"]
    first = client(bakery).post(f"/v1/customers/{SARA}/inbox/{message['id']}/read")
    assert first.status_code == 200
    assert first.json()["read_at"] is not None
    assert client(bakery).post(f"/v1/customers/{SARA}/inbox/{message['id']}/read").json() == first.json()
    assert client(bakery).get(f"/v1/customers/{SARA}/inbox").json()["data"] == [first.json()]


def test_a_customer_too_new_for_our_copy_has_an_empty_inbox(bakery: TenantId, people: People, client: Client) -> None:
    newcomer = people.create(bakery, name="Adam")
    answer = client(bakery).get(f"/v1/customers/{newcomer}/inbox")
    assert (answer.status_code, answer.json()["data"]) == (200, [])


@pytest.mark.parametrize("customer_id", ["cus_01h455vb4pex5vsknk084sn02q", "cus_1", "x?y", "..%2Fhealth"])
def test_an_unknown_customer_has_no_inbox(bakery: TenantId, client: Client, customer_id: str) -> None:
    answer = client(bakery).get(f"/v1/customers/{customer_id}/inbox")
    assert answer.status_code == 404


def test_only_a_customers_own_messages_can_be_read(database: Database, bakery: TenantId, client: Client) -> None:
    adam = CustomerId(new_id("cus"))
    tell(database, created(bakery, adam))
    message_id = tell(database, created(bakery, SARA)).replace("evt_", "msg_")
    answer = client(bakery).post(f"/v1/customers/{adam}/inbox/{message_id}/read")
    assert (answer.status_code, answer.json()["code"]) == (404, "message_not_found")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/customers/{customer}/inbox", "messages:read"),
        ("POST", "/v1/customers/{customer}/inbox/{message}/read", "messages:write"),
        ("GET", "/v1/messages/figures", "messages:read"),
    ],
)
def test_a_route_needs_its_scope(
    database: Database, bakery: TenantId, client: Client, method: str, path: str, scope: str
) -> None:
    message_id = tell(database, created(bakery, SARA)).replace("evt_", "msg_")
    address = path.format(customer=SARA, message=message_id)
    assert client(bakery, scopes=[scope]).request(method, address).status_code == 200
    refused = client(bakery, scopes=["customers:read"]).request(method, address)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def test_another_tenant_sees_nothing(
    database: Database, bakery: TenantId, other_tenant_id: TenantId, client: Client
) -> None:
    tell(database, tenant_created(other_tenant_id))
    message_id = tell(database, created(bakery, SARA)).replace("evt_", "msg_")
    stranger = client(other_tenant_id)
    assert stranger.get(f"/v1/customers/{SARA}/inbox").status_code == 404
    assert stranger.post(f"/v1/customers/{SARA}/inbox/{message_id}/read").status_code == 404
    assert stranger.get("/v1/messages/figures").json() == {"object": "message_figures", "total": 0, "counts": []}
    # Even where the other tenant has a customer of the same id, the message is not theirs.
    tell(database, created(other_tenant_id, SARA))
    assert stranger.post(f"/v1/customers/{SARA}/inbox/{message_id}/read").status_code == 404
    assert [message["id"] for message in stranger.get(f"/v1/customers/{SARA}/inbox").json()["data"]] != [message_id]
    [own] = client(bakery).get(f"/v1/customers/{SARA}/inbox").json()["data"]
    assert own["read_at"] is None
