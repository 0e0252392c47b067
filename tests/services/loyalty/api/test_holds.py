"""Holds over HTTP: set aside, then captured or released, once."""

from typing import Any

import httpx
import pytest
import time_machine

from kernel.ids import new_id
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.shop import Shop, later


def post(client: httpx.Client, path: str, **wish: Any) -> httpx.Response:
    return client.post(f"/v1/holds{path}", json=wish, headers={"idempotency-key": new_id("req")})


def test_a_hold_from_its_beginning_to_its_end(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    made = post(client, "", customer_id=ana, amount=60, seconds=60, reference="طلب 7")
    assert made.status_code == 201
    hold = made.json()
    hold_id = hold.pop("id")
    assert hold == {
        "object": "hold",
        "customer_id": ana,
        "unit": "points",
        "amount": 60,
        "captured": 0,
        "status": "held",
        "reference": "طلب 7",
        "created_at": "2036-03-02T09:00:00Z",
        "expires_at": "2036-03-02T09:01:00Z",
        "closed_at": None,
    }
    too_much = post(client, f"/{hold_id}/capture", amount=61)
    assert (too_much.status_code, too_much.json()["code"]) == (422, "capture_too_large")
    captured = post(client, f"/{hold_id}/capture", amount=40).json()
    assert (captured["status"], captured["captured"], captured["closed_at"]) == (
        "captured",
        40,
        "2036-03-02T09:00:00Z",
    )
    assert shop.points(ana) == (60, 60)
    for way in ("capture", "release"):
        again = post(client, f"/{hold_id}/{way}")
        assert (again.status_code, again.json()["code"], again.json()["params"]) == (
            409,
            "hold_closed",
            {"status": "captured"},
        )


def test_all_of_a_hold_is_captured_when_nothing_is_said(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = post(client, "", customer_id=ana, amount=60).json()
    assert hold["expires_at"] == "2036-03-02T09:15:00Z"
    assert post(client, f"/{hold['id']}/capture").json()["captured"] == 60


def test_nothing_to_say_needs_no_body(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = post(client, "", customer_id=ana, amount=60).json()
    headers = {"idempotency-key": new_id("req")}
    answers = [client.post(f"/v1/holds/{hold['id']}/capture", headers=headers) for _time in range(2)]
    assert [(answer.status_code, answer.json()["captured"]) for answer in answers] == [(200, 60), (200, 60)]


def test_a_released_hold(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = post(client, "", customer_id=ana, amount=60).json()
    assert post(client, f"/{hold['id']}/release").json()["status"] == "released"
    assert shop.points(ana) == (100, 100)


def test_a_hold_whose_time_is_over(call: Client, shop: Shop, clock: time_machine.Traveller) -> None:
    client = call(shop.tenant_id, language="ar")
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = post(client, "", customer_id=ana, amount=60, seconds=1).json()
    clock.move_to(later(seconds=1))
    refused = post(client, f"/{hold['id']}/capture")
    assert (refused.status_code, refused.json()["params"]) == (409, {"status": "expired"})
    assert refused.json()["title"] == "الحجز مغلق"


def test_a_blocked_customer_sets_nothing_aside(client: httpx.Client, shop: Shop) -> None:
    blocked = shop.customer(status="blocked")
    shop.adjust(blocked, 50)
    refused = post(client, "", customer_id=blocked, amount=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_blocked")


@pytest.mark.parametrize("amount", [0, -1, 1.5, "many", 10**12 + 1])
def test_what_cannot_be_set_aside(client: httpx.Client, shop: Shop, amount: object) -> None:
    refused = post(client, "", customer_id=shop.customer(), amount=amount)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
