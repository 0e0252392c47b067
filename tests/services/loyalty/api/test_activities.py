"""Activities over HTTP: the first answer again, sentences in both languages, the list, and taking one back."""

from typing import Any

import httpx
import pytest

from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.shop import Shop

REVIEW = rule(
    "activity",
    id="review",
    activity="review",
    award={"points": 20},
    conditions=[{"kind": "attribute_at_least", "attribute": "stars", "at_least": 4}],
)


def told(customer_id: str, external_id: str = "A", **attributes: Any) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "kind": "review",
        "external_id": external_id,
        "occurred_at": "2036-03-02T09:00:00Z",
        "attributes": attributes,
    }


def test_it_says_what_was_given_and_what_was_missed(client: httpx.Client, call: Client, shop: Shop) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()
    first = client.post("/v1/activities", json=told(ana, stars=5))
    assert first.status_code == 201
    assert [effect["text"] for effect in first.json()["effects"]] == ["Rule: 20 points"]
    again = client.post("/v1/activities", json=told(ana, stars=5))
    assert (again.status_code, again.headers["idempotent-replayed"], again.json()) == (200, "true", first.json())
    other = client.post("/v1/activities", json=told(ana, stars=4))
    assert (other.status_code, other.json()["code"]) == (409, "activity_conflict")
    missed = call(shop.tenant_id, language="ar").post("/v1/activities", json=told(ana, "B", stars=1)).json()
    assert [(miss["short_by"], miss["unit"], miss["text"]) for miss in missed["misses"]] == [
        (3, "number", "قاعدة: ينقصه 3")
    ]


def test_the_list_is_the_newest_first_page_by_page(client: httpx.Client, shop: Shop) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()
    made = [shop.activity(ana, "review").row.id for _each in range(3)]
    shop.activity(shop.customer(), "review")
    path = f"/v1/customers/{ana}/activities"
    page = client.get(path, params={"limit": 2}).json()
    rest = client.get(path, params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert [activity["id"] for activity in page["data"] + rest["data"]] == made[::-1]
    assert rest["has_more"] is False


def test_taken_back_it_says_why(client: httpx.Client, shop: Shop) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()
    made = client.post("/v1/activities", json=told(ana, stars=5)).json()
    path = f"/v1/activities/{made['id']}"
    answer = client.post(f"{path}/cancel", json={"reason": "a fake"}, headers={"idempotency-key": "K"})
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "cancelled", "a fake")
    assert client.get(path).json() == answer.json()
    assert shop.points(ana) == (0, 0)


@pytest.mark.parametrize("customer_id", [None, "", 7])
def test_nobodys_activity_is_refused(client: httpx.Client, shop: Shop, customer_id: Any) -> None:
    shop.publish(REVIEW)
    answer = client.post("/v1/activities", json={**told("x"), "customer_id": customer_id})
    assert answer.status_code == 422
    assert shop.rows("SELECT * FROM activities") == []
