"""What users of other systems complain about most, told as stories that end well here.

Each test is named after the complaint; the issue trackers of Odoo, ERPNext, Medusa, Vendure, Saleor and others are full
of them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest

from kernel.clock import utc_now
from tests.scenarios.story import Person, Refused, Story, kinds, line, rule, the

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


PAYING = {"points": 1, "worth": 10}
FULL = {"kind": "points", "amount": 1_000}


def at_the_tills(count: int, work: Callable[[int], dict[str, Any]]) -> list[dict[str, Any]]:
    """What so many tills are answered that all do it at once; a refusal is its problem."""

    def one(number: int) -> dict[str, Any]:
        try:
            return work(number)
        except Refused as refused:
            return refused.problem

    with ThreadPoolExecutor(8) as tills:
        return list(tills.map(one, range(count)))


def test_a_refund_of_a_sale_paid_with_points_voucher_and_gift_card_charges_nothing_again(story: Story) -> None:
    story.program(POINTS, pay_with_points=PAYING)
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": TEN_OFF})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=50_000))
    code = story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})["voucher"]["code"]
    wish = {"amount": 2_000, "currency": "SAR", "reason": "a present"}
    card = story.ask("POST", "/v1/gift_cards", wish)
    before = story.of(huda, "balance")["balance"]

    basket = story.basket(huda, line("tea", price=2_500, quantity=2), codes=(code,))
    tenders = [FULL, {"kind": "gift_card", "amount": 2_000, "code": card["code"]}, {"kind": "cash", "amount": 1_000}]
    purchase = story.ask("POST", "/v1/purchases", {**basket, "tenders": tenders})
    assert purchase["totals"]["due"] == 4_000
    assert story.of(huda, "balance")["balance"] == before - 100 + 30

    returns = [story.brings_back(purchase, line_0=1), story.brings_back(purchase, line_0=1)]

    went_back = [(refund["tender"], refund["amount"]) for one in returns for refund in one["refunds"]]
    assert sum(amount for tender, amount in went_back if tender == "points") == 1_000
    assert sum(amount for tender, amount in went_back if tender == "gift_card") == 2_000
    assert sum(one["refund"] for one in returns) == 4_000
    assert story.of(huda, "balance")["balance"] == before
    assert story.ask("POST", "/v1/gift_cards/lookup", {"code": card["code"]})["available"] == 2_000
    assert [one["status"] for one in story.of(huda, "vouchers")["data"]] == ["issued"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first till first", "second till first"])
def test_two_tills_without_a_connection_do_not_spend_the_same_points_unseen(
    story: Story, order: tuple[int, int]
) -> None:
    story.program(POINTS, pay_with_points=PAYING)
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=20_000))
    allowance = story.ask("POST", f"/v1/customers/{huda.id}/offline_allowances", {"amount": 150})
    assert story.of(huda, "balance")["available"] == 50

    tenders = [{**FULL, "allowance": allowance["token"]}]
    sales = [{**story.basket(huda, line("tea", price=1_000)), "tenders": tenders} for _till in range(2)]
    for till in (*order, *order):
        upload = {"purchases": [sales[till]], "till_clock": utc_now().isoformat()}
        (result,) = story.ask("POST", "/v1/purchases/batch", upload)["results"]
        assert result["status"] in (200, 201)

    assert story.of(huda, "balance")["balance"] == 50
    (conflict,) = story.ask("GET", "/v1/offline_conflicts?settled=false")["data"]
    assert (conflict["amount"], conflict["units"], conflict["reason"]) == (500, 50, "spent")
    assert conflict["purchase_id"] == story.ask("GET", purchase_of(sales[order[1]]))["id"]


def purchase_of(basket: dict[str, Any]) -> str:
    """Where the purchase of a receipt is found."""
    return f"/v1/purchases?store_id={basket['store_id']}&external_id={basket['external_id']}"


def test_a_coupon_for_ten_is_used_ten_times_by_forty_tills_at_once(story: Story) -> None:
    limit = {"at_most": 10, "of": "uses", "per": "ever", "each": "everyone"}
    story.program(
        rule("discount", "ten", percent_off=10, conditions=[{"kind": "has_code", "code": "TEN"}], limits=[limit])
    )
    huda = story.customer("Huda")
    baskets = [story.basket(huda, line("tea", price=1_000), codes=("TEN",)) for _till in range(40)]
    paid = at_the_tills(40, lambda till: story.ask("POST", "/v1/purchases", baskets[till]))
    assert sorted(one["totals"]["due"] for one in paid) == [900] * 10 + [1_000] * 30
    misses = [miss["text"] for one in paid for miss in one["misses"]]
    assert misses == ["ten: used up"] * 30


def test_who_lost_the_race_for_the_last_one_knows_before_paying_and_who_won_has_it(story: Story) -> None:
    story.program(POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 10, "benefit": TEN_OFF, "stock": 1})
    huda, omar = story.customer("Huda"), story.customer("Omar")
    for one in (huda, omar):
        story.buys(one, line("cake", price=1_000))
    wishes = [{"customer_id": one.id, "reward_id": reward["id"]} for one in (huda, omar)]
    answers = at_the_tills(2, lambda till: story.ask("POST", "/v1/redemptions", wishes[till]))
    won = next(place for place, answer in enumerate(answers) if "voucher" in answer)
    winner, loser = (huda, omar)[won], (huda, omar)[1 - won]
    assert answers[1 - won]["code"] == "reward_sold_out"
    assert story.of(loser, "balance")["balance"] == 10

    code = answers[won]["voucher"]["code"]
    held = story.ask("POST", "/v1/reservations", {"customer_id": winner.id, "codes": [code]})
    elsewhere = story.basket(winner, line("tea", price=1_500), codes=(code,))
    assert story.quotes(elsewhere)["totals"]["due"] == 1_500
    here = {**story.basket(winner, line("tea", price=1_500), codes=(code,)), "reservation_id": held["id"]}
    assert story.ask("POST", "/v1/purchases", here)["totals"]["due"] == 500


def test_merging_two_cards_of_one_person_loses_and_doubles_nothing(story: Story) -> None:
    story.on("2026-01-10 10:00").program(POINTS, expiry={"kind": "rolling", "months": 6})
    old, new = story.customer("Huda"), story.customer("Huda A.")
    story.buys(old, line("cake", price=3_000))
    story.on("2026-03-10 10:00").buys(new, line("cake", price=5_000))
    merge = {"from_customer_id": old.id, "into_customer_id": new.id, "reason": "one person"}

    def meanwhile(till: int) -> dict[str, Any]:
        if till == 3:
            return story.ask("POST", "/v1/wallet_merges", merge)
        return story.buys((old, new)[till % 2], line("tea", price=1_000))

    answers = at_the_tills(8, meanwhile)
    assert not any("status" in one and one["status"] == 409 for one in answers)
    story.nightly_jobs_run()
    assert story.of(old, "balance")["balance"] == 0
    assert story.of(new, "balance")["balance"] == 30 + 50 + 7 * 10
    assert story.of(new, "balance")["next_expiry"] == {"at": "2026-07-10T21:00:00Z", "amount": 30}

    story.ask("POST", f"/v1/wallet_merges/{answers[3]['id']}/undo")
    apart = [story.of(one, "balance")["balance"] for one in (old, new)]
    assert sum(apart) == 150
    assert apart[0] >= 30


def test_a_membership_of_the_29th_of_february_ends_in_february(story: Story) -> None:
    year = rule("membership_bonus", "year", plan="gym", paid_months=12, selector={"skus": ["gym-12m"]})
    story.on("2028-02-29 10:00").program(year)
    huda = story.customer("Huda")
    story.buys(huda, line("gym-12m", price=120_000))
    (gym,) = story.of(huda, "memberships")["data"]
    assert (gym["starts_on"], gym["ends_on"]) == ("2028-02-29", "2029-02-27")
    assert story.on("2029-02-27 23:59").of(huda, "memberships")["data"][0]["active"]
    assert not story.on("2029-02-28 00:00").of(huda, "memberships")["data"][0]["active"]


def test_points_for_a_sale_that_was_voided_are_gone_and_it_says_who_did_it(story: Story) -> None:
    story.program(POINTS, CARD)
    huda = story.customer("Huda")
    purchase = story.buys(huda, line("latte", price=1_500, quantity=5, category="coffee"))
    assert held_by(story, huda) == (75, 1, [])
    story.ask("POST", f"/v1/purchases/{purchase['id']}/void", {"reason": "rung up twice"})
    assert held_by(story, huda) == (0, 0, [])
    (change,) = story.ask("GET", f"/v1/purchases/{purchase['id']}/amendments")["data"]
    assert (change["kind"], change["reason"]) == ("void", "rung up twice")
    assert change["actor"]


def test_points_given_by_mistake_can_be_taken_back_and_it_is_on_record(story: Story) -> None:
    story.program(POINTS)
    huda = story.customer("Huda")
    wish = {"customer_id": huda.id, "amount": 500, "reason": "typed a nought too many"}
    given = story.ask("POST", "/v1/adjustments", wish)
    taken = story.ask("POST", "/v1/adjustments", {**wish, "amount": -450, "reason": "put right"})
    assert (given["reason"], taken["reason"], taken["balance_after"]) == ("typed a nought too many", "put right", 50)
    assert given["actor"] == taken["actor"] != ""
    entries = story.of(huda, "statement")["data"]
    assert [(entry["kind"], entry["amount"]) for entry in entries] == [("adjustment", -450), ("adjustment", 500)]


def test_spending_points_lowers_no_tier_and_bringing_goods_back_may(story: Story) -> None:
    ladder = [{"id": "gold", "name": {"en": "Gold", "ar": "الذهبية"}, "threshold": 100}]
    tiers = {"ladder": ladder, "basis": "earned", "window": {"kind": "lifetime"}}
    story.program(POINTS, tiers=tiers)
    reward = story.ask("POST", "/v1/rewards", {"price": 90, "benefit": TEN_OFF})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=9_900))
    assert story.of(huda, "tier")["tier"] is None
    purchase = story.buys(huda, line("tea", price=100))
    assert story.of(huda, "tier")["tier"]["id"] == "gold"
    story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})
    assert story.of(huda, "balance")["balance"] == 10
    assert story.of(huda, "tier")["tier"]["id"] == "gold"
    story.brings_back(purchase)
    assert story.of(huda, "tier")["tier"] is None


def test_a_gift_card_outlives_no_refund_of_its_sale_and_an_empty_one_pays_nothing(story: Story) -> None:
    story.program(POINTS)
    wish = {"amount": 1_000, "currency": "SAR", "reason": "sold at the till"}
    card = story.ask("POST", "/v1/gift_cards", wish)
    tender = {"kind": "gift_card", "amount": 600, "code": card["code"]}
    tea = {**story.basket(None, line("tea", price=600)), "tenders": [tender]}
    story.ask("POST", "/v1/purchases", tea)
    with pytest.raises(Refused, match="gift_card_too_low"):
        story.ask("POST", "/v1/purchases", {**story.basket(None, line("tea", price=600)), "tenders": [tender]})
    step = {"step": "cancel", "reason": "its sale was refunded"}
    cancelled = story.ask("POST", f"/v1/gift_cards/{card['id']}/steps", step)
    assert (cancelled["status"], cancelled["balance"]) == ("cancelled", 0)
    small = {**tender, "amount": 100}
    with pytest.raises(Refused, match="gift_card_"):
        story.ask("POST", "/v1/purchases", {**story.basket(None, line("tea", price=600)), "tenders": [small]})


def test_any_way_to_stack_offers_costs_no_less_than_nothing_and_the_order_of_lines_is_nothing(story: Story) -> None:
    story.program(
        rule("discount", "half", percent_off=50),
        rule("discount", "twenty", amount_off=2_000),
        rule("buy_x_get_y", "second-free", buy=1, get=1),
        POINTS,
    )
    reward = story.ask("POST", "/v1/rewards", {"price": 1, "benefit": TEN_OFF})
    huda = story.customer("Huda")
    story.ask("POST", "/v1/adjustments", {"customer_id": huda.id, "amount": 1, "reason": "welcome"})
    code = story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})["voucher"]["code"]
    lines = [line("tea", price=700), line("cake", price=1_100), line("bun", price=300)]
    quotes = [story.quotes(story.basket(huda, *each, codes=(code,))) for each in permutations(lines)]
    assert all(quote["totals"] == quotes[0]["totals"] for quote in quotes)
    assert quotes[0]["totals"]["due"] == 0
    assert "accrue" not in kinds(quotes[0]["effects"])


@pytest.mark.parametrize(("quantity", "free"), [(2, 0), (3, 1), (5, 1), (6, 2), (9, 3)])
def test_buy_two_get_one_is_the_same_at_once_or_line_by_line(story: Story, quantity: int, free: int) -> None:
    story.program(rule("buy_x_get_y", "third-free", buy=2, get=1))
    at_once = story.quotes(story.basket(None, line("tea", price=500, quantity=quantity)))
    line_by_line = story.quotes(story.basket(None, *(line("tea", price=500) for _unit in range(quantity))))
    assert at_once["totals"]["due"] == line_by_line["totals"]["due"] == (quantity - free) * 500


def test_saving_other_fields_moves_no_date(story: Story) -> None:
    story.program(POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 10, "benefit": TEN_OFF, "ends_on": "2036-03-31"})
    for number in range(20):
        answer = story.client.patch(
            f"/v1/rewards/{reward['id']}", json={"price": 11 + number}, headers={"if-match": "*"}
        )
        assert answer.status_code == 200, answer.text
    assert story.ask("GET", f"/v1/rewards/{reward['id']}")["ends_on"] == "2036-03-31"
