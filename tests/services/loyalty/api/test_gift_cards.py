"""Gift cards and paying with points, over HTTP."""

import httpx

from services.loyalty.domain.guessing import WRONG_MAX
from services.loyalty.domain.voucher_code import displayed
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

WISH = {"amount": 5000, "currency": "SAR", "reason": "sold at the till", "source": "R-9"}


def issue(client: httpx.Client, **more: object) -> dict[str, str]:
    made = client.post("/v1/gift_cards", json={**WISH, **more}, headers={"idempotency-key": "K-1"})
    assert made.status_code == 201, made.text
    document: dict[str, str] = made.json()
    return document


def test_a_card_is_issued_found_and_topped_up(client: httpx.Client, shop: Shop) -> None:
    made = issue(client)
    found = client.post("/v1/gift_cards/lookup", json={"code": displayed(made["code"]).lower()}).json()
    assert found == {name: value for name, value in made.items() if name not in ("code", "code_displayed")}
    assert (found["balance"], found["available"], found["status"], found["source"]) == (5000, 5000, "active", "R-9")
    more = client.post(
        f"/v1/gift_cards/{made['id']}/top_ups",
        json={"amount": 500, "reason": "more"},
        headers={"idempotency-key": "K-2"},
    )
    assert more.json()["available"] == 5500
    statement = client.get(f"/v1/gift_cards/{made['id']}/statement").json()["data"]
    assert [(entry["amount"], entry["balance_after"]) for entry in statement] == [(500, 5500), (5000, 5000)]
    blocked = client.post(
        f"/v1/gift_cards/{made['id']}/steps",
        json={"step": "block", "reason": "lost"},
        headers={"idempotency-key": "K-3"},
    )
    assert (blocked.json()["status"], blocked.json()["available"], blocked.json()["balance"]) == ("blocked", 0, 5500)


def test_a_card_is_no_customer_of_any_route(client: httpx.Client, shop: Shop) -> None:
    card = issue(client)["id"]
    assert client.get(f"/v1/customers/{card}/balance", params={"unit": "SAR"}).status_code == 404
    wish = {"customer_id": card, "amount": 1, "unit": "SAR", "reason": "x"}
    assert client.post("/v1/adjustments", json=wish, headers={"idempotency-key": "K-9"}).status_code == 404


def test_codes_of_cards_are_not_to_be_guessed(call: Client, shop: Shop) -> None:
    client = call(shop.tenant_id, language="ar")
    code = issue(client)["code"]
    for _number in range(WRONG_MAX["till"]):
        assert client.post("/v1/gift_cards/lookup", json={"code": "NO", "till": "7"}).status_code == 404
    refused = client.post("/v1/gift_cards/lookup", json={"code": code, "till": "7"})
    assert (refused.status_code, refused.json()["title"]) == (429, "رموز خاطئة كثيرة")


def test_a_quote_says_what_points_can_pay_and_a_purchase_pays_with_them(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pay_with_points={"points": 100, "worth": 500, "step": 100, "at_most_percent": 50})
    ana = shop.customer()
    shop.adjust(ana, 650)
    basket = {
        "customer_id": ana,
        "store_id": "riyadh-1",
        "external_id": "R-1",
        "occurred_at": "2036-03-02T09:00:00Z",
        "currency": "SAR",
        "lines": [line("THING", 1, 10_000)],
    }
    quote = client.post("/v1/quotes", json=basket).json()
    assert quote["pay_with_points"] == {
        "unit": "points",
        "available": 650,
        "units_max": 600,
        "amount_max": 3000,
        "step": 100,
        "step_amount": 500,
    }
    points = {"kind": "points", "amount": 3000}
    refused = client.post("/v1/quotes", json={**basket, "tenders": [{**points, "amount": 3001}]})
    assert (refused.status_code, refused.json()["code"]) == (422, "points_not_taken")
    sold = client.post("/v1/purchases", json={**basket, "tenders": [points]})
    assert sold.status_code == 201
    (paid,) = [effect for effect in sold.json()["effects"] if effect["kind"] == "pay"]
    assert (paid["units"], paid["amount"], paid["text"]) == (600, 3000, "Paid with 600 points: 30.00 SAR")
    assert shop.points(ana) == (120, 120)
    again = client.post("/v1/purchases", json={**basket, "tenders": [points]})
    assert (again.status_code, again.json()) == (200, sold.json())
    returned = client.post(f"/v1/purchases/{sold.json()['id']}/returns", json={}, headers={"idempotency-key": "K-5"})
    (refund,) = returned.json()["refunds"]
    assert (refund["tender"], refund["units"], refund["amount"], returned.json()["refund"]) == (
        "points",
        600,
        3000,
        10_000,
    )
    assert shop.points(ana) == (650, 650)
