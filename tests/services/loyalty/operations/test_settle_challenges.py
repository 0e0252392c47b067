"""Challenges as they are kept: over returns, corrections, claims, periods, and tills that sell at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.ids import CustomerId
from services.loyalty.queries.challenges import ChallengeStanding, challenges_now
from tests.services.loyalty.domain.build import NAME, line, rule
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later

POINTS = {"points": 50}
THRICE = rule("challenge", id="thrice", per="week", goal={"kind": "visits", "at_least": 3}, award=POINTS)
ROW = rule("challenge", id="row", per="day", in_a_row=2, goal={"kind": "visits", "at_least": 1}, award={"points": 7})


def standing(shop: Shop, who: CustomerId) -> list[ChallengeStanding]:
    with shop.database.transaction(shop.tenant_id) as db:
        return list(challenges_now(db, shop.tenant_id, who, at=shop.at))


def balance(shop: Shop, who: CustomerId) -> int:
    return shop.balance(who).available


def vouchers(shop: Shop) -> list[str]:
    return [row["status"] for row in shop.rows("SELECT status FROM vouchers ORDER BY id")]


def test_a_challenge_is_reached_and_says_how_far_it_is(shop: Shop) -> None:
    shop.publish(THRICE)
    ana = shop.customer()
    shop.sell(ana)
    (found,) = standing(shop, ana)
    assert (found.done, found.row, found.gave) == (1, 0, False)
    shop.sell(ana)
    assert balance(shop, ana) == 0
    shop.sell(ana)
    assert balance(shop, ana) == 50
    (found,) = standing(shop, ana)
    assert (found.done, found.row, found.gave) == (3, 1, True)
    assert shop.breaches() == []


@pytest.mark.parametrize("back", [0, 1, 2])
def test_whichever_purchase_comes_back_the_prize_goes_and_comes_again(shop: Shop, back: int) -> None:
    shop.publish(THRICE)
    ana = shop.customer()
    sold = [shop.sell(ana).purchase.id for _ in range(3)]
    shop.take_back(sold[back])
    assert balance(shop, ana) == 0
    assert shop.breaches() == []
    shop.sell(ana)
    assert balance(shop, ana) == 50
    assert shop.breaches() == []


def test_a_prize_stays_while_the_goal_is_reached_without_its_purchase(shop: Shop) -> None:
    shop.publish(THRICE)
    ana = shop.customer()
    sold = [shop.sell(ana).purchase.id for _ in range(4)]
    shop.take_back(sold[2])
    assert balance(shop, ana) == 50
    shop.void(sold[0])
    assert balance(shop, ana) == 0
    shop.reopen(sold[0])
    assert balance(shop, ana) == 50
    assert shop.breaches() == []


def test_units_reached_count_until_their_goods_come_back(shop: Shop) -> None:
    """Spending them changes nothing: what was earned counts, not what is left."""
    goal = {"kind": "earned", "of": ["flown"], "at_least": 30}
    shop.publish(rule("earn", id="flown", per=100), rule("challenge", per="ever", goal=goal, award=POINTS))
    ana = shop.customer()
    shop.sell(ana, line("TICKET", 1, 2000))
    shop.redeem(ana, shop.offer(15))
    last = shop.sell(ana, line("TICKET", 2, 500)).purchase.id
    assert balance(shop, ana) == 5 + 10 + 50
    (found,) = standing(shop, ana)
    assert (found.done, found.wallet, found.gave) == (30, "points", True)
    shop.take_back(last, {0: 1})
    assert balance(shop, ana) == 5 + 5
    shop.sell(ana, line("TICKET", 1, 500))
    assert balance(shop, ana) == 5 + 10 + 50
    assert shop.breaches() == []


def test_an_edit_gives_what_the_corrected_sale_reaches(shop: Shop) -> None:
    shop.publish(rule("challenge", goal={"kind": "spend", "at_least": 3000}, award=POINTS))
    ana = shop.customer()
    first, second = shop.sell(ana).purchase.id, shop.sell(ana).purchase.id
    shop.edit(first, line(price=2000))
    assert balance(shop, ana) == 50
    shop.edit(second, line(price=999))
    assert balance(shop, ana) == 0
    shop.edit(second, line(price=1000))
    assert balance(shop, ana) == 50
    assert shop.breaches() == []


def test_a_voucher_is_revoked_unless_it_was_used(shop: Shop) -> None:
    shop.publish({**THRICE, "award": {"reward": FREE_COFFEE}})
    ana = shop.customer()
    sold = [shop.sell(ana).purchase for _ in range(3)]
    assert vouchers(shop) == ["issued"]
    shop.take_back(sold[0].id)
    assert vouchers(shop) == ["revoked"]
    shop.sell(ana)
    assert vouchers(shop) == ["revoked", "issued"]
    (row,) = shop.rows("SELECT code FROM vouchers WHERE status = 'issued'")
    used = shop.sell(ana, line("COFFEE"), line("TEA"), codes=[row["code"]])
    assert used.purchase.discount == 1000
    shop.take_back(used.purchase.id)
    for each in sold[1:]:
        shop.take_back(each.id)
    assert shop.breaches() == []


def test_a_voucher_comes_with_a_code_when_a_correction_reaches_the_goal(shop: Shop) -> None:
    shop.publish({**THRICE, "award": {"points": 5, "reward": FREE_COFFEE}})
    ana = shop.customer()
    sold = [shop.sell(ana).purchase.id for _ in range(3)]
    shop.void(sold[0])
    shop.reopen(sold[0])
    codes = shop.rows("SELECT code FROM vouchers WHERE status = 'issued'")
    effects = shop.rows("SELECT effects FROM purchases WHERE effects LIKE '%issue_voucher%'")
    assert len(codes) == len(effects) == 1
    assert codes[0]["code"] in effects[0]["effects"]
    assert shop.breaches() == []


def test_a_broken_row_takes_the_later_prize_back(shop: Shop) -> None:
    shop.publish(ROW)
    ana = shop.customer()
    sold = []
    for day in range(4):
        shop.at = later(days=day)
        sold.append(shop.sell(ana).purchase.id)
    assert balance(shop, ana) == 21
    (found,) = standing(shop, ana)
    assert (found.done, found.row) == (1, 2)
    shop.take_back(sold[1])
    assert balance(shop, ana) == 7
    assert shop.breaches() == []
    shop.at = later(days=4)
    (found,) = standing(shop, ana)
    assert (found.done, found.row) == (0, 1)


def test_a_claimed_sale_counts_in_its_period(shop: Shop) -> None:
    shop.publish(THRICE)
    ana = shop.customer()
    shop.sell(ana)
    shop.sell(ana)
    nobodys = shop.sell(None).purchase.id
    shop.claim(nobodys, ana)
    assert balance(shop, ana) == 50
    shop.take_back(nobodys)
    assert balance(shop, ana) == 0
    assert shop.breaches() == []


def test_sales_of_one_batch_count_for_each_other(shop: Shop) -> None:
    shop.publish(THRICE)
    ana = shop.customer()
    shop.record(*[shop.sale(ana) for _ in range(5)])
    assert balance(shop, ana) == 50


def test_of_sales_at_once_exactly_one_gets_the_prize(shop: Shop) -> None:
    shop.publish(THRICE)
    ana = shop.customer()
    shop.sell(ana)
    sales = [shop.sale(ana) for _ in range(4)]
    with ThreadPoolExecutor(4) as tills:
        list(tills.map(lambda sale: shop.record(sale), sales))
    assert balance(shop, ana) == 50
    assert len(shop.rows("SELECT id FROM purchases WHERE effects LIKE '%\"achieve\"%'")) == 1
    assert shop.breaches() == []


def test_returns_at_once_take_the_prize_back_once(shop: Shop) -> None:
    shop.publish(THRICE)
    ana = shop.customer()
    sold = [shop.sell(ana).purchase.id for _ in range(4)]
    with ThreadPoolExecutor(4) as tills:
        list(tills.map(shop.take_back, sold))
    assert balance(shop, ana) == 0
    assert shop.breaches() == []


def test_who_turns_out_to_be_one_has_one_prize(shop: Shop) -> None:
    shop.publish(THRICE)
    ana, ann = shop.customer(), shop.customer()
    for _ in range(3):
        shop.sell(ann)
    first = shop.sell(ana).purchase.id
    shop.merge(ann, ana)
    assert balance(shop, ana) == 50
    shop.edit(first, line(price=900))
    shop.sell(ana)
    assert balance(shop, ana) == 50
    assert shop.breaches() == []


def test_a_program_without_challenges_counts_nothing(shop: Shop) -> None:
    shop.publish(rule("earn", per=100))
    shop.sell(shop.customer())
    assert shop.rows("SELECT rule FROM tallies") == []


ACTIONS = st.lists(st.tuples(st.sampled_from(["sell", "return", "void", "reopen"]), st.integers(0, 5)), max_size=14)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=ACTIONS)
def test_any_series_ends_as_the_final_baskets_alone(shop: Shop, actions: list[tuple[str, int]]) -> None:
    """Sales of three days in any order of returns; each day's prize, and the row's, are what is left of them."""
    rules: tuple[dict[str, Any], ...] = ({**ROW, "once": False}, {**THRICE, "goal": {"kind": "units", "at_least": 5}})
    rules = (
        *rules,
        rule("challenge", id="first", per="day", once=True, goal=ROW["goal"], award={"points": 3}, name=NAME),
    )
    shop.at = later()
    shop.publish(*rules)
    ana = shop.customer()
    days: list[int] = []
    sold: list[str] = []
    gone: dict[str, str] = {}
    for action, number in actions:
        if action == "sell":
            days.append(days[-1] if days and number > 2 else len(set(days)))
            shop.at = later(days=days[-1])
            sold.append(shop.sell(ana, line(quantity=2)).purchase.id)
            gone[sold[-1]] = ""
        elif sold:
            which = sold[number % len(sold)]
            if action == "return" and not gone[which]:
                shop.take_back(which)
                gone[which] = "returned"
            elif action == "void" and gone[which] != "voided":
                shop.void(which)
                gone[which] = "voided"
            elif action == "reopen" and gone[which] == "voided":
                shop.reopen(which)
                # What came back before stays so; nothing did here.
                gone[which] = "returned" if shop.rows(RETURNED, id=which)[0]["returned"] not in (None, "{}") else ""
    left = [day for day, each in zip(days, sold, strict=True) if not gone[each]]
    weeks = [sum(2 for day in left if week_of(day) == week) for week in {week_of(day) for day in left}]
    expected = 7 * sum(day + 1 in left for day in set(left)) + 50 * sum(units >= 5 for units in weeks) + 3 * bool(left)
    assert balance(shop, ana) == expected
    assert shop.breaches() == []


RETURNED = "SELECT returned FROM purchases WHERE id = :id"


def week_of(day: int) -> int:
    """The week of a day after noon, counted from the first; that one is a Sunday, the last of its week."""
    return (day + 6) // 7
