"""What users of other systems complain about most, told as stories that end well here.

Each test is named after the complaint; the issue trackers of Odoo, ERPNext, Medusa, Vendure, Saleor and others are full
of them.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.scenarios.story import Person, Refused, Story, line, rule, the

POINTS = rule("earn", "points", per=100)
CARD = rule(
    "stamp_card",
    "coffee",
    card="coffee",
    stamps_needed=5,
    reward={"kind": "free_item", "name": {"en": "Coffee", "ar": "قهوة"}, "selector": {"categories": ["coffee"]}},
)
TEN_OFF = {"kind": "amount_off", "name": {"en": "10 riyals off", "ar": "خصم 10 ريالات"}, "amount": 1_000}
CYCLES, RETRIES = 40, 50


def held_by(story: Story, who: Person) -> tuple[int, int, list[tuple[str, int]]]:
    """What somebody has: points, vouchers that can be used, stamps."""
    vouchers = [one for one in story.of(who, "vouchers")["data"] if one["status"] == "issued"]
    cards = [(card["card"], card["stamps"]) for card in story.of(who, "stamp_cards")["data"] if card["stamps"]]
    return story.of(who, "balance")["balance"], len(vouchers), cards


def test_refunds_do_not_leave_points_behind(story: Story) -> None:
    story.program(POINTS, CARD)
    huda = story.customer("Huda")
    for cycle in range(CYCLES):
        purchase = story.buys(huda, line("latte", price=1_500, quantity=3, category="coffee"))
        if cycle % 2:
            story.brings_back(purchase, line_0=1)
            story.brings_back(purchase, line_0=2)
        else:
            story.brings_back(purchase)
    assert held_by(story, huda) == (0, 0, [])


def test_a_retry_after_a_lost_answer_does_not_credit_twice(story: Story) -> None:
    story.program(POINTS)
    huda = story.customer("Huda")
    basket = story.basket(huda, line("cake", price=6_000))
    batch = {"purchases": [basket]}

    def send(number: int) -> dict[str, Any]:
        if number % 2:
            return story.ask("POST", "/v1/purchases", basket)
        result: dict[str, Any] = story.ask("POST", "/v1/purchases/batch", batch)["results"][0]["purchase"]
        return result

    with ThreadPoolExecutor(8) as tills:
        answers = list(tills.map(send, range(RETRIES)))

    assert all(answer == answers[0] for answer in answers)
    assert story.of(huda, "balance")["balance"] == 60


def test_points_earned_in_one_channel_and_spent_in_another_are_gone_in_both(story: Story) -> None:
    story.program(POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": TEN_OFF})
    huda = story.customer("Huda")
    channels = ("store", "online", "app", "phone")
    for channel in channels:
        story.ask("POST", "/v1/purchases", {**story.basket(huda, line("cake", price=6_000)), "channel": channel})
        code = story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})["voucher"]
        elsewhere = channels[(channels.index(channel) + 1) % len(channels)]
        tea = story.basket(huda, line("tea", price=1_000), codes=(code["code"],))
        paid = story.ask("POST", "/v1/purchases", {**tea, "channel": elsewhere})
        assert paid["totals"]["due"] == 0
    assert story.of(huda, "balance")["balance"] == len(channels) * (60 - 50)
    with pytest.raises(Refused, match="insufficient_points"):
        story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})


def test_what_died_takes_no_later_points_along(story: Story) -> None:
    story.on("2025-01-10 10:00").program(POINTS, expiry={"kind": "rolling", "months": 6})
    reward = story.ask("POST", "/v1/rewards", {"price": 80, "benefit": TEN_OFF})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=10_000))
    story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})
    story.on("2025-03-10 10:00").buys(huda, line("cake", price=10_000))

    story.on("2025-07-11 00:00").nightly_jobs_run()

    assert story.of(huda, "balance")["balance"] == 100


def test_expired_points_cannot_be_claimed_before_the_nightly_job(story: Story) -> None:
    story.on("2025-01-10 10:00").program(POINTS, expiry={"kind": "rolling", "months": 6})
    reward = story.ask("POST", "/v1/rewards", {"price": 100, "benefit": TEN_OFF})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=10_000))

    last_second = story.on("2025-07-10 23:59:59").of(huda, "balance")
    assert last_second["available"] == 100
    assert last_second["next_expiry"] == {"at": "2025-07-10T21:00:00Z", "amount": 100}
    story.on("2025-07-11 00:00")
    with pytest.raises(Refused, match="insufficient_points"):
        story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})


def test_a_voucher_of_the_last_day_works_until_midnight_in_the_shop(story: Story) -> None:
    story.on("2026-03-01 10:00").program(POINTS)
    benefit = {**TEN_OFF, "valid_days": 30}
    reward = story.ask("POST", "/v1/rewards", {"price": 1, "benefit": benefit})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=10_000))
    wish = {"customer_id": huda.id, "reward_id": reward["id"]}
    in_time, too_late = (story.ask("POST", "/v1/redemptions", wish)["voucher"]["code"] for _ in range(2))

    story.on("2026-03-31 23:59:59")
    assert story.quotes(story.basket(huda, line("tea", price=1_000), codes=(in_time,)))["totals"]["due"] == 0
    story.on("2026-04-01 00:00")
    assert story.quotes(story.basket(huda, line("tea", price=1_000), codes=(too_late,)))["totals"]["due"] == 1_000


def test_no_fraction_of_a_halala_is_left_over(story: Story) -> None:
    story.program(rule("discount", "all", percent_off=100), POINTS)
    huda = story.customer("Huda")
    odd = [line(f"sku-{price}", price=price, quantity=quantity) for price, quantity in ((33, 1), (67, 3), (999, 7))]
    purchase = story.buys(huda, *odd)
    assert purchase["totals"]["due"] == 0
    discount = the("discount", purchase["effects"])
    assert sum(piece["amount"] for piece in discount["pieces"]) == discount["amount"] == 33 + 201 + 6_993


def test_rewards_do_not_earn(story: Story) -> None:
    story.program(rule("buy_x_get_y", "third-free", buy=2, get=1), POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 10, "benefit": TEN_OFF})
    huda = story.customer("Huda")
    without = story.buys(huda, line("tea", price=2_000, quantity=2))
    with_a_gift = story.buys(huda, line("tea", price=2_000, quantity=3))
    code = story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})["voucher"]["code"]
    with_a_voucher = story.buys(huda, line("tea", price=2_000, quantity=2), codes=(code,))
    earned = [the("accrue", one["effects"])["amount"] for one in (without, with_a_gift, with_a_voucher)]
    assert earned == [40, 40, 30]


def test_a_hold_is_freed_once_whoever_comes_first(story: Story) -> None:
    story.on("2026-01-10 10:00").program(POINTS)
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=10_000))
    wish = {"customer_id": huda.id, "amount": 60, "seconds": 60}
    hold = story.ask("POST", "/v1/holds", wish)
    story.ask("POST", f"/v1/holds/{hold['id']}/release")
    story.on("2026-01-10 10:02").nightly_jobs_run()
    with pytest.raises(Refused, match="hold_"):
        story.ask("POST", f"/v1/holds/{hold['id']}/capture", {})
    assert story.of(huda, "balance")["available"] == 100


@pytest.mark.parametrize("typed", ["0501234567", "+966501234567", "00966501234567", "050 123 4567", "٠٥٠١٢٣٤٥٦٧"])
def test_a_phone_typed_otherwise_makes_no_second_customer(story: Story, typed: str) -> None:
    first = story.ask("POST", "/v1/customers", {"name": "Huda", "phone": "+966501234567"})
    with pytest.raises(Refused) as refused:
        story.ask("POST", "/v1/customers", {"name": "Huda", "phone": typed})
    assert refused.value.problem["code"] == "customer_exists"
    assert refused.value.problem["params"]["customer_id"] == first["id"]
    found = story.ask("POST", "/v1/customers/search", {"phone": typed})["data"]
    assert [one["id"] for one in found] == [first["id"]]
