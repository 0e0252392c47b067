"""A web shop's checkout: a voucher set aside, a gift card, points, and a mug that is shipped."""

from typing import Any

import pytest

from tests.scenarios.story import Person, Refused, Story, kinds, line, rule, the

POINTS = rule("earn", "points", per=100)
TEN_OFF = {"kind": "amount_off", "name": {"en": "10 riyals off", "ar": "خصم 10 ريالات"}, "amount": 1_000}
MUG = {"kind": "goods", "name": {"en": "A mug", "ar": "كوب"}, "sku": "MUG"}


@pytest.fixture
def huda(story: Story) -> Person:
    """She has 300 points, of which 100 are worth 5.00."""
    story.on("2026-05-05 10:00").program(POINTS, pay_with_points={"points": 100, "worth": 500, "step": 100})
    huda = story.customer("Huda")
    story.buys(huda, line("machine", price=30_000))
    return huda


def voucher(story: Story, who: Person) -> str:
    """A voucher for 10 riyals, for a point."""
    reward = story.ask("POST", "/v1/rewards", {"price": 1, "benefit": TEN_OFF})
    redeemed = story.ask("POST", "/v1/redemptions", {"customer_id": who.id, "reward_id": reward["id"]})
    return str(redeemed["voucher"]["code"])


def status_of(story: Story, who: Person) -> list[str]:
    """What became of somebody's vouchers."""
    return [one["status"] for one in story.of(who, "vouchers")["data"]]


def test_an_order_is_paid_with_a_voucher_points_and_a_gift_card(story: Story, huda: Person) -> None:
    code = voucher(story, huda)
    card = story.ask("POST", "/v1/gift_cards", {"amount": 2_500, "currency": "SAR", "reason": "a present"})
    held = story.ask("POST", "/v1/reservations", {"customer_id": huda.id, "codes": [code]})
    basket: dict[str, Any] = {
        **story.basket(huda, line("beans", price=6_000), codes=(code,)),
        "channel": "online",
        "reservation_id": held["id"],
    }
    quote = story.quotes(basket)
    assert (quote["totals"]["due"], quote["pay_with_points"]["amount_max"]) == (5_000, 1_000)
    tenders = [
        {"kind": "points", "amount": 1_000},
        {"kind": "gift_card", "amount": 2_500, "code": card["code"]},
        {"kind": "card", "amount": 1_500},
    ]
    bought = story.ask("POST", "/v1/purchases", {**basket, "quote_id": quote["id"], "tenders": tenders})
    assert kinds(bought["effects"]) == ["use_voucher", "accrue", "pay", "pay"]
    assert the("accrue", bought["effects"])["amount"] == 40
    assert story.of(huda, "balance")["balance"] == 299 - 200 + 40
    assert story.ask("GET", f"/v1/gift_cards/{card['id']}")["available"] == 0
    assert story.ask("GET", f"/v1/reservations/{held['id']}")["status"] == "used"
    assert status_of(story, huda) == ["used"]


def test_a_voucher_set_aside_is_nobody_elses_until_the_checkout_is_left(story: Story, huda: Person) -> None:
    code = voucher(story, huda)
    held = story.ask("POST", "/v1/reservations", {"customer_id": huda.id, "codes": [code], "seconds": 600})
    at_the_till = story.basket(huda, line("beans", price=6_000), codes=(code,))
    assert story.quotes(at_the_till)["totals"]["due"] == 6_000
    with pytest.raises(Refused, match="voucher_closed"):
        story.ask("POST", "/v1/reservations", {"customer_id": huda.id, "codes": [code]})
    story.ask("POST", f"/v1/reservations/{held['id']}/release")
    assert story.quotes(at_the_till)["totals"]["due"] == 5_000

    story.ask("POST", "/v1/reservations", {"customer_id": huda.id, "codes": [code], "seconds": 600})
    assert story.on("2026-05-05 10:09:59").quotes(at_the_till)["totals"]["due"] == 6_000
    assert story.on("2026-05-05 10:10").quotes(at_the_till)["totals"]["due"] == 5_000


def test_an_order_that_cannot_be_paid_takes_nothing_from_anywhere(story: Story, huda: Person) -> None:
    code = voucher(story, huda)
    card = story.ask("POST", "/v1/gift_cards", {"amount": 1_000, "currency": "SAR", "reason": "a present"})
    tenders = [{"kind": "points", "amount": 1_000}, {"kind": "gift_card", "amount": 1_001, "code": card["code"]}]
    order = {**story.basket(huda, line("beans", price=6_000), codes=(code,)), "tenders": tenders}
    with pytest.raises(Refused, match="gift_card_too_low"):
        story.ask("POST", "/v1/purchases", order)
    assert story.of(huda, "balance")["balance"] == 299
    assert story.ask("GET", f"/v1/gift_cards/{card['id']}")["available"] == 1_000
    assert status_of(story, huda) == ["issued"]


def test_a_mug_goes_its_way_or_its_points_come_back(story: Story, huda: Person) -> None:
    mug = story.ask("POST", "/v1/rewards", {"price": 100, "benefit": MUG, "stock": 2})
    wish = {"customer_id": huda.id, "reward_id": mug["id"]}
    kept, given_up = story.ask("POST", "/v1/redemptions", wish), story.ask("POST", "/v1/redemptions", wish)
    with pytest.raises(Refused, match="reward_sold_out"):
        story.ask("POST", "/v1/redemptions", wish)
    assert story.of(huda, "balance")["balance"] == 100

    for step in ("prepared", "shipped"):
        story.ask("POST", f"/v1/redemptions/{kept['id']}/steps", {"status": step})
    with pytest.raises(Refused, match="redemption_closed"):
        story.ask("POST", f"/v1/redemptions/{kept['id']}/steps", {"status": "cancelled"})
    story.ask("POST", f"/v1/redemptions/{given_up['id']}/steps", {"status": "cancelled", "note": "changed her mind"})

    assert story.of(huda, "balance")["balance"] == 200
    assert story.ask("GET", f"/v1/rewards/{mug['id']}")["left"] == 1
    statuses = {one["id"]: one["status"] for one in story.of(huda, "redemptions")["data"]}
    assert statuses == {kept["id"]: "shipped", given_up["id"]: "cancelled"}
