"""Allowances from the QR code to the settled conflict, over HTTP. Source: docs/rules/offline.md."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from fastapi import FastAPI
from pydantic import SecretStr

from kernel.ids import CustomerId
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import NOON, POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.signatures import verifies

PAYING = {"points": 100, "worth": 500, "step": 100}


@pytest.fixture
def ana(shop: Shop) -> CustomerId:
    shop.publish(POINT_PER_RIYAL, pay_with_points=PAYING)
    ana = shop.customer()
    shop.adjust(ana, 1000)
    return ana


def allow(client: httpx.Client, who: str, amount: int = 600, **more: int) -> dict[str, Any]:
    path = f"/v1/customers/{who}/offline_allowances"
    made = client.post(path, json={"amount": amount, **more}, headers={"idempotency-key": f"A-{amount}"})
    assert made.status_code == 201, made.text
    document: dict[str, Any] = made.json()
    return document


def sold(who: str, receipt: str, amount: int, token: str | None) -> dict[str, Any]:
    tender = {"kind": "points", "amount": amount, **({"allowance": token} if token else {})}
    return {
        "customer_id": who,
        "store_id": "riyadh-1",
        "external_id": receipt,
        "occurred_at": NOON.isoformat(),
        "currency": "SAR",
        "lines": [line("THING", 1, amount)],
        "tenders": [tender],
    }


def upload(client: httpx.Client, *sales: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post("/v1/purchases/batch", json={"purchases": sales, "till_clock": NOON.isoformat()})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def test_two_tills_take_the_same_allowance(call: Client, client: httpx.Client, shop: Shop, ana: CustomerId) -> None:
    allowance = allow(client, ana)
    assert (allowance["worth"], allowance["currency"]) == (3000, "SAR")
    first = sold(ana, "T1-1", 2000, allowance["token"])
    second = sold(ana, "T2-1", 2000, allowance["token"])
    (one,) = upload(client, first)
    (two,) = upload(client, second)
    assert (one["status"], two["status"]) == (201, 201)
    assert (
        two["purchase"]["misses"][-1]["text"]
        == f"10.00 SAR not covered by the allowance: \u2068{allowance['id']}\u2069"
    )
    assert allowance["token"] not in str(one) + str(two)
    assert [result["status"] for result in upload(client, second, first)] == [200, 200]
    assert shop.points(ana)[0] == 400
    arabic = call(shop.tenant_id, language="ar")
    (conflict,) = arabic.get("/v1/offline_conflicts", params={"settled": False}).json()["data"]
    assert (conflict["amount"], conflict["units"], conflict["reason"]) == (1000, 200, "spent")
    assert conflict["text"] == "صُرف الرصيد المسموح به عند صندوق آخر"
    path = f"/v1/offline_conflicts/{conflict['id']}"
    wish = {"resolution": "debt", "reason": "she agreed"}
    settled = client.post(f"{path}/resolve", json=wish, headers={"idempotency-key": "K-1"}).json()
    assert (settled["resolution"], settled["note"]) == ("debt", "she agreed")
    again = client.post(f"{path}/resolve", json=wish, headers={"idempotency-key": "K-2"})
    assert (again.status_code, again.json()["code"]) == (409, "offline_conflict_resolved")
    assert client.get(path).json() == settled
    assert client.get("/v1/offline_conflicts", params={"settled": False}).json()["data"] == []
    assert client.get("/v1/offline_conflicts", params={"settled": True}).json()["data"] == [settled]
    assert shop.points(ana)[0] == 200


def test_a_till_is_refused_with_a_reason(client: httpx.Client, ana: CustomerId) -> None:
    token = allow(client, ana)["token"]
    results = upload(
        client,
        sold(ana, "T1-1", 500, None),
        sold(ana, "T1-2", 500, token.replace(".600.", ".900.")),
        sold(ana, "T1-3", 500, token),
    )
    assert [result["status"] for result in results] == [422, 422, 201]
    assert [result["problem"]["code"] for result in results[:2]] == ["allowance_needed", "allowance_invalid"]


@pytest.mark.parametrize("more", [{"kind": "cash"}, {"kind": "points", "twice": True}], ids=["cash", "twice"])
def test_an_allowance_is_a_tender_of_points_and_alone(
    client: httpx.Client, ana: CustomerId, more: dict[str, Any]
) -> None:
    token = allow(client, ana)["token"]
    sale = sold(ana, "T1-1", 500, token)
    tender = {**sale["tenders"][0], "kind": more["kind"]}
    sale["tenders"] = [tender, {"kind": "points", "amount": 100}] if "twice" in more else [tender]
    assert client.post("/v1/purchases", json=sale).status_code == 422


def test_tills_have_the_keys_of_now_and_of_before(
    app: FastAPI,
    client: httpx.Client,
    call: Client,
    other_shop: Shop,
    ana: CustomerId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = allow(client, ana, 100)["token"]
    before = client.get("/v1/offline_keys").json()["keys"]
    assert [key["signs"] for key in before] == [True]
    monkeypatch.setattr(app.state.settings, "offline_secret_before", app.state.settings.internal_token)
    monkeypatch.setattr(app.state.settings, "offline_secret", SecretStr("a new one"))
    second = allow(client, ana, 200)["token"]
    told = client.get("/v1/offline_keys").json()
    assert [key["signs"] for key in told["keys"]] == [True, False]
    assert told["keys"][1]["public_key"] == before[0]["public_key"]
    keys = {key["kid"]: unpacked(key["public_key"]) for key in told["keys"]}
    for token in (first, second):
        said, _, signature = token.rpartition(".")
        assert verifies(keys[said.split(".")[1]], said.encode(), unpacked(signature))
        assert said.split(".")[2] == told["tenant_id"]
    assert [result["status"] for result in upload(client, sold(ana, "T1-1", 500, first))] == [201]
    theirs = call(other_shop.tenant_id).get("/v1/offline_keys").json()["keys"]
    assert not keys.keys() & {key["kid"] for key in theirs}


def test_an_empty_secret_is_none(app: FastAPI, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As compose gives it where nobody set one."""
    before = client.get("/v1/offline_keys").json()
    monkeypatch.setattr(app.state.settings, "offline_secret", SecretStr(""))
    monkeypatch.setattr(app.state.settings, "offline_secret_before", SecretStr(""))
    assert client.get("/v1/offline_keys").json() == before


def test_a_quote_tells_nothing_of_it_and_takes_nothing(client: httpx.Client, shop: Shop, ana: CustomerId) -> None:
    allowance = allow(client, ana)
    quoted = client.post("/v1/quotes", json=sold(ana, "T1-1", 500, allowance["token"]))
    assert quoted.status_code == 200
    assert allowance["token"] not in quoted.text
    assert shop.rows("SELECT taken, spent FROM offline_allowances") == [{"taken": 0, "spent": 0}]


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def test_its_time_is_the_request_s(
    client: httpx.Client, shop: Shop, ana: CustomerId, clock: time_machine.Traveller
) -> None:
    allowance = allow(client, ana, minutes=30, grace_minutes=60)
    assert allowance["valid_until"] == later(minutes=30).isoformat().replace("+00:00", "Z")
    assert allowance["held_until"] == later(minutes=90).isoformat().replace("+00:00", "Z")
    clock.move_to(later(minutes=91))
    shop.at = NOON + timedelta(minutes=91)
    assert client.get(f"/v1/customers/{ana}/balance").json()["available"] == 1000
