"""Codes over HTTP: looked up, and not to be guessed."""

from typing import Any

import httpx
import pytest
import time_machine
from fastapi import FastAPI

from chassis.settings import Settings
from services.loyalty.app import create_app
from services.loyalty.domain.guessing import WRONG_MAX
from services.loyalty.domain.voucher_code import displayed, voucher_code
from services.loyalty.settings import LoyaltySettings
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later
from tests.support.calling import service_client

WRONG = voucher_code(b"0123456789")


@pytest.fixture
def code(shop: Shop) -> str:
    """Somebody's voucher."""
    ana = shop.customer()
    shop.adjust(ana, 10)
    code = shop.redeem(ana, shop.offer(10)).code
    assert code
    return code


def look_up(client: httpx.Client, code: str, **more: Any) -> httpx.Response:
    return client.post("/v1/vouchers/lookup", json={"code": code, **more})


def test_a_code_is_found_as_it_is_typed(client: httpx.Client, code: str) -> None:
    found = look_up(client, f" {displayed(code).lower()} ")
    assert (found.status_code, found.json()["code"], found.json()["status"]) == (200, code, "issued")
    assert client.get(f"/v1/vouchers/{found.json()['id']}").json() == found.json()


def test_wrong_codes_are_not_told_apart(client: httpx.Client, other_shop: Shop, shop: Shop, code: str) -> None:
    """Malformed, unknown, another tenant's, another customer's: one answer."""
    huda = other_shop.customer()
    other_shop.adjust(huda, 10)
    theirs = str(other_shop.redeem(huda, other_shop.offer(10)).code)
    answers = [look_up(client, wrong) for wrong in ("NO", WRONG, theirs)]
    answers.append(look_up(client, code, customer_id=shop.customer()))
    assert {answer.status_code for answer in answers} == {404}
    assert len({tuple(sorted((k, v) for k, v in answer.json().items() if k != "instance" and v)) for answer in answers
                if not answer.json()["params"]}) == 1  # fmt: skip
    assert shop.rows("SELECT wrong FROM wrong_codes WHERE kind = 'key'") == [{"wrong": 4}]


def test_who_guesses_is_told_nothing_until_the_window_ends(
    client: httpx.Client, shop: Shop, code: str, clock: time_machine.Traveller
) -> None:
    """The last wrong code allowed, one more, a right one, and the end of the window."""
    for number in range(WRONG_MAX["till"]):
        assert look_up(client, WRONG, till="7").status_code == 404, number
    for tried in (WRONG, code):
        refused = look_up(client, tried, till="7")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_wrong_codes")
        assert (refused.headers["retry-after"], refused.json()["params"]) == ("900", {"retry_after": 900})
        assert refused.json()["retryable"] is True
    assert look_up(client, code, till="8").status_code == 200, "another till does not suffer for it"
    clock.move_to(later(minutes=14, seconds=59))
    assert look_up(client, code, till="7").headers["retry-after"] == "1"
    clock.move_to(later(minutes=15))
    assert look_up(client, code, till="7").status_code == 200
    assert look_up(client, WRONG, till="7").status_code == 404, "a new window begins"
    assert shop.rows("SELECT wrong FROM wrong_codes WHERE kind = 'till' AND who = '7'") == [{"wrong": 1}]


def test_the_count_survives_a_restart(
    client: httpx.Client, shop: Shop, settings: Settings, code: str, app: FastAPI
) -> None:
    for _number in range(WRONG_MAX["till"]):
        look_up(client, WRONG, till="7")
    again = create_app(LoyaltySettings(**settings.model_dump(exclude={"port"})))
    again.state.database = app.state.database
    assert look_up(service_client(again, settings, shop.tenant_id), code, till="7").status_code == 429
    again.state.customers.close()


def test_a_wrong_code_under_a_key_may_be_asked_again(client: httpx.Client, code: str) -> None:
    """A refusal that is answered leaves no claim behind."""
    key = {"idempotency-key": "K-1"}
    for _time in range(2):
        assert client.post("/v1/vouchers/lookup", json={"code": WRONG}, headers=key).status_code == 404
    assert client.post("/v1/vouchers/lookup", json={"code": code}, headers=key).status_code == 200


def test_it_is_said_in_arabic(call: Client, shop: Shop) -> None:
    client = call(shop.tenant_id, language="ar")
    for _number in range(WRONG_MAX["customer"]):
        look_up(client, WRONG, customer_id="cus_1")
    refused = look_up(client, WRONG, customer_id="cus_1").json()
    assert (refused["title"], refused["detail"]) == (
        "رموز خاطئة كثيرة",
        "كثرت الرموز الخاطئة. أعد المحاولة بعد 900 ثانية.",
    )


def test_quotes_are_no_way_round(client: httpx.Client, shop: Shop) -> None:
    """A quote counts its wrong codes; one without codes is given to anybody."""
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    basket = {
        "customer_id": ana,
        "store_id": "riyadh-1",
        "occurred_at": "2036-03-02T09:00:00Z",
        "currency": "SAR",
        "lines": [line()],
    }
    codes = [f"WRONG{number}" for number in range(WRONG_MAX["customer"])]
    assert client.post("/v1/quotes", json={**basket, "codes": codes}).status_code == 200
    refused = client.post("/v1/quotes", json={**basket, "codes": ["WRONG"]})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_wrong_codes")
    assert client.post("/v1/quotes", json=basket).status_code == 200


def test_a_reservation_over_http(client: httpx.Client, shop: Shop, code: str) -> None:
    voucher = look_up(client, code).json()
    wish = {"customer_id": voucher["customer_id"], "codes": [code], "seconds": 60, "reference": "order 1"}
    made = client.post("/v1/reservations", json=wish, headers={"idempotency-key": "K-1"})
    assert (made.status_code, made.json()["status"], made.json()["reference"]) == (201, "reserved", "order 1")
    seen = look_up(client, code).json()
    assert (seen["status"], seen["reserved_until"]) == ("reserved", "2036-03-02T09:01:00Z")
    address = f"/v1/reservations/{made.json()['id']}"
    released = client.post(f"{address}/release", headers={"idempotency-key": "K-2"})
    assert (released.status_code, released.json()["status"]) == (200, "released")
    assert client.get(address).json() == released.json()
    unknown = client.post("/v1/reservations", json={**wish, "codes": [WRONG]}, headers={"idempotency-key": "K-3"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "voucher_unknown")
    assert shop.rows("SELECT wrong FROM wrong_codes WHERE kind = 'key'") == [{"wrong": 1}]
