"""Adjustments over HTTP: who gave or took, and why."""

from typing import Any

import httpx
import pytest

from contracts import internal
from kernel.ids import new_id
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.shop import Shop


def adjust(client: httpx.Client, customer_id: str, key: str | None = None, **wish: Any) -> httpx.Response:
    body = {"customer_id": customer_id, "reason": "اعتذار عن التأخير", **wish}
    return client.post("/v1/adjustments", json=body, headers={"idempotency-key": key or new_id("req")})


def test_points_are_given_with_a_reason_and_an_actor(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    answer = adjust(client, ana, amount=50, expires_at="2036-04-01T00:00:00+03:00")
    assert answer.status_code == 201
    document = answer.json()
    assert document.pop("id").startswith("adj_")
    assert document == {
        "object": "adjustment",
        "customer_id": ana,
        "unit": "points",
        "amount": 50,
        "wanted": 50,
        "reason": "اعتذار عن التأخير",
        "actor": client.headers[internal.ACTOR],
        "balance_after": 50,
        "recorded_at": "2036-03-02T09:00:00Z",
    }
    balance = client.get(f"/v1/customers/{ana}/balance").json()
    assert balance["next_expiry"] == {"at": "2036-03-31T21:00:00Z", "amount": 50}


def test_the_same_key_gives_once(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    first, again = [adjust(client, ana, key="K-1", amount=50) for _number in range(2)]
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    reused = adjust(client, ana, key="K-1", amount=51)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert shop.points(ana) == (50, 50)


def test_no_more_is_taken_than_there_is(call: Client, shop: Shop) -> None:
    ana, client = shop.customer(), call(shop.tenant_id, language="ar")
    adjust(client, ana, amount=50)
    refused = adjust(client, ana, amount=-51)
    assert (refused.status_code, refused.json()["code"]) == (422, "insufficient_points")
    assert refused.json()["title"] == "النقاط لا تكفي"
    assert adjust(client, ana, amount=-50).json()["balance_after"] == 0


@pytest.mark.parametrize(
    "wish",
    [
        {"amount": 0},
        {"amount": 10**12 + 1},
        {"amount": 1, "reason": ""},
        {"amount": 1, "unit": "two words"},
        {"amount": 1, "expires_at": "2036-04-01T00:00:00"},
        {"amount": 1, "expires_at": 2_000_000_000},
        {"amount": 1, "actor": "somebody else"},
        {"amount": 1, "balance_after": 10},
    ],
    ids=str,
)
def test_what_is_no_adjustment(client: httpx.Client, shop: Shop, wish: dict[str, Any]) -> None:
    refused = adjust(client, shop.customer(), **wish)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
