"""Returns over HTTP: what is refunded, what changed, and the purchase as it now is."""

from typing import Any

import httpx
import pytest

from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop

CARD = rule("stamp_card", card="coffee", stamps_needed=5, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)


def give_back(client: httpx.Client, purchase_id: str, key: str = "K-1", **wish: Any) -> httpx.Response:
    return client.post(f"/v1/purchases/{purchase_id}/returns", json=wish, headers={"idempotency-key": key})


def test_a_part_comes_back(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, CARD)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3)).purchase
    answer = give_back(client, sold.id, lines=[{"line": 0, "quantity": 1}, {"line": 0, "quantity": 1}])
    assert answer.status_code == 201
    document = answer.json()
    assert document["id"].startswith("ret_")
    assert (document["object"], document["refund"], document["currency"]) == ("return", 2000, "SAR")
    assert document["changes"] == {
        "discount": 0,
        "units": [{"rule": "earn", "unit": "points", "amount": -20}],
        "stamps": [{"card": "coffee", "stamps": -2}],
        "memberships": [],
        "gifts": [],
        "passes": [],
        "draws": [],
        "vouchers_freed": [],
    }
    purchase = document["purchase"]
    assert (purchase["status"], purchase["totals"]) == (
        "partly_returned",
        {"subtotal": 1000, "discount": 0, "due": 1000},
    )
    assert client.get(f"/v1/purchases/{sold.id}").json() == purchase
    assert shop.points(ana) == (10, 10)


def test_the_same_key_returns_once(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    sold = shop.sell(shop.customer(), line("COFFEE", 3)).purchase
    wish = {"lines": [{"line": 0, "quantity": 1}]}
    first, again = give_back(client, sold.id, **wish), give_back(client, sold.id, **wish)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert give_back(client, sold.id, key="K-2", **wish).json()["purchase"]["totals"]["due"] == 1000
    reused = give_back(client, sold.id)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")


def test_everything_comes_back_and_then_nothing_is_left(call: Client, shop: Shop) -> None:
    client = call(shop.tenant_id, language="ar")
    sold = shop.sell(None, line("COFFEE", 3)).purchase
    assert give_back(client, sold.id).json()["purchase"]["status"] == "returned"
    nothing = give_back(client, sold.id, key="K-2")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_return")
    assert nothing.json()["detail"] == "أُرجعت عملية الشراء كلها من قبل."
    more = give_back(client, sold.id, key="K-3", lines=[{"line": 0, "quantity": 1}])
    assert (more.status_code, more.json()["code"]) == (422, "return_too_large")
    assert more.json()["params"] == {"line": 0, "left": 0, "returned": 1}


def test_the_receipt_again_shows_what_is_left(client: httpx.Client, shop: Shop) -> None:
    """A till that sends the sale again after a return learns of the return; nothing is sold a second time."""
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sent = {
        "customer_id": ana,
        "store_id": "riyadh-1",
        "external_id": "R-1",
        "occurred_at": "2036-03-02T09:00:00Z",
        "currency": "SAR",
        "lines": [line("COFFEE", 2)],
    }
    sold = client.post("/v1/purchases", json=sent).json()["id"]
    give_back(client, sold, lines=[{"line": 0, "quantity": 1}])
    again = client.post("/v1/purchases", json=sent)
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, sold, "partly_returned")
    assert shop.points(ana) == (10, 10)


@pytest.mark.parametrize(
    "wish",
    [
        {"lines": []},
        {"lines": [{"line": -1, "quantity": 1}]},
        {"lines": [{"line": 0, "quantity": 0}]},
        {"lines": [{"line": 0}]},
        {"refund": 5},
    ],
)
def test_what_is_no_return(client: httpx.Client, shop: Shop, wish: dict[str, Any]) -> None:
    sold = shop.sell(None).purchase
    refused = give_back(client, sold.id, **wish)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
