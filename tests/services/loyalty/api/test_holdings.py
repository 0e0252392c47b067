"""Stamp cards and vouchers over HTTP."""

import httpx
import pytest
import time_machine

from services.loyalty.domain.voucher_code import displayed
from tests.services.loyalty.domain.build import NAME, line, rule
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later

CARD = rule("stamp_card", card="coffee", stamps_needed=5, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
GYM = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)


def test_stamp_cards(client: httpx.Client, shop: Shop) -> None:
    shop.publish(CARD)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 7))
    page = client.get(f"/v1/customers/{ana}/stamp_cards").json()
    assert page == {
        "object": "list",
        "data": [
            {"object": "stamp_card", "card": "coffee", "name": NAME, "stamps": 2, "stamps_needed": 5, "filled": 1}
        ],
        "next_cursor": None,
        "has_more": False,
    }
    shop.publish(GYM)
    (card,) = client.get(f"/v1/customers/{ana}/stamp_cards").json()["data"]
    assert (card["stamps"], card["stamps_needed"], card["name"]) == (2, None, None)


def test_vouchers(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    shop.publish(GYM)
    used = shop.redeem(ana, shop.offer(10))
    ending = shop.redeem(ana, shop.offer(10, {**FREE_COFFEE, "valid_days": 0}))
    sold = shop.sell(ana, line("COFFEE"), codes=[used.code]).purchase
    page = client.get(f"/v1/customers/{ana}/vouchers").json()
    first, second = page["data"]
    assert first == {
        "object": "voucher",
        "id": ending.redemption.voucher_id,
        "customer_id": ana,
        "code": ending.code,
        "code_displayed": displayed(ending.code),
        "benefit": first["benefit"],
        "status": "issued",
        "issued_at": "2036-03-02T09:00:00Z",
        "valid_until": "2036-03-02T21:00:00Z",
        "reserved_until": None,
        "used_by": None,
    }
    assert (first["benefit"]["kind"], first["benefit"]["name"]) == ("free_item", NAME)
    assert (second["status"], second["used_by"]) == ("used", sold.id)
    clock.move_to(later(hours=12))
    assert [voucher["status"] for voucher in client.get(f"/v1/customers/{ana}/vouchers").json()["data"]] == [
        "expired",
        "used",
    ]


@pytest.mark.parametrize("what", ["stamp_cards", "memberships", "vouchers", "purchases"])
def test_who_has_nothing(client: httpx.Client, shop: Shop, what: str) -> None:
    page = client.get(f"/v1/customers/{shop.customer()}/{what}").json()
    assert (page["object"], page["data"], page["has_more"], page["next_cursor"]) == ("list", [], False, None)
    refused = client.get(f"/v1/customers/cus_nobody/{what}")
    assert (refused.status_code, refused.json()["code"]) == (404, "customer_not_found")
