"""Corrections of a purchase over HTTP."""

from typing import Any

import httpx
import pytest

from tests.services.loyalty.api.asking import basket
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

KEY = {"idempotency-key": "K-1"}


@pytest.fixture
def sold(client: httpx.Client, shop: Shop) -> dict[str, Any]:
    """A sale of one coffee for 9.00, and the basket it was sent as."""
    shop.publish(POINT_PER_RIYAL)
    sent = basket({"customer_id": shop.customer()})
    return {"sent": sent, **client.post("/v1/purchases", json=sent).json()}


def test_an_edit_of_what_was_seen(client: httpx.Client, sold: dict[str, Any]) -> None:
    path = f"/v1/purchases/{sold['id']}"
    seen = client.get(path).headers["etag"]
    wish = {"basket": {**sold["sent"], "lines": [line("COFFEE", 3)]}, "reason": "two more"}
    edited = client.post(f"{path}/edit", json=wish, headers={**KEY, "if-match": seen})
    assert edited.status_code == 200
    document = edited.json()
    assert (document["refund"], document["purchase"]["status"], document["purchase"]["revision"]) == (
        -2100,
        "edited",
        2,
    )
    assert document["changes"]["units"] == [{"rule": "earn", "unit": "points", "amount": 21}]
    stale = client.post(f"{path}/edit", json=wish, headers={"idempotency-key": "K-2", "if-match": seen})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")
    again = client.post(f"{path}/edit", json=wish, headers={**KEY, "if-match": seen})
    assert (again.json(), again.headers["idempotent-replayed"]) == (document, "true")
    assert client.get(path).headers["etag"] == '"2"'
    assert client.post("/v1/purchases", json=sold["sent"]).json()["id"] == sold["id"]


def test_a_void_and_its_end(client: httpx.Client, sold: dict[str, Any]) -> None:
    path = f"/v1/purchases/{sold['id']}"
    voided = client.post(f"{path}/void", json={"reason": "test"}, headers=KEY).json()
    assert (voided["refund"], voided["purchase"]["status"], voided["purchase"]["effects"]) == (900, "voided", [])
    refused = client.post(f"{path}/returns", json={}, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "purchase_voided")
    reopened = client.post(f"{path}/reopen", json={"reason": "real"}, headers=KEY).json()
    assert reopened["purchase"]["totals"] == sold["totals"]
    told = client.get(f"{path}/amendments").json()["data"]
    assert [(each["kind"], each["refund"], each["reason"]) for each in told] == [
        ("void", 900, "test"),
        ("reopen", -900, "real"),
    ]
    assert all(each["actor"].startswith("key_") for each in told)


def test_a_receipt_is_claimed_from_the_app(call: Client, client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    walk_in = shop.sell(None, line("COFFEE", 2)).purchase
    receipt = {"store_id": walk_in.store_id, "external_id": walk_in.external_id}
    found = client.get("/v1/purchases", params=receipt).json()
    claimed = client.post(f"/v1/purchases/{found['id']}/claim", json={"customer_id": ana}, headers=KEY).json()
    assert (claimed["object"], claimed["refund"], claimed["purchase"]["customer_id"]) == ("claim", 0, ana)
    assert [effect["amount"] for effect in claimed["purchase"]["effects"]] == [20]
    other = call(shop.tenant_id, language="ar").post(
        f"/v1/purchases/{found['id']}/claim",
        json={"customer_id": shop.customer()},
        headers={"idempotency-key": "K-2"},
    )
    assert (other.status_code, other.json()["title"]) == (409, "لعملية الشراء عميل")
