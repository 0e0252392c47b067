"""Limits and budgets as they are kept: over purchases, batches, returns, versions, and tills that sell at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.effects import effects_from_json
from services.loyalty.domain.evaluate import Evaluation
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.operations.record_purchases import Recorded
from services.loyalty.queries.program_shelf import SHELF
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def off(*limits: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Ten percent off, as far as the limits allow."""
    return rule("discount", percent_off=10, limits=list(limits), **more)


def discounts(*recorded: Recorded) -> list[int]:
    return [each.purchase.discount for each in recorded]


def tallies(shop: Shop) -> list[tuple[str, int]]:
    return [
        (f"{row['measure']}/{row['per']}/{row['each']}", row["amount"])
        for row in shop.rows("SELECT measure, per, each, amount FROM tallies ORDER BY measure, per, each, starts_on")
    ]


def test_a_limit_is_kept_from_sale_to_sale_and_begins_anew(shop: Shop) -> None:
    shop.publish(off({"at_most": 2, "per": "day"}))
    ana, ben = shop.customer(), shop.customer()
    assert discounts(shop.sell(ana), shop.sell(ana), shop.sell(ana), shop.sell(ben)) == [100, 100, 0, 100]
    shop.at = later(days=1)
    assert discounts(shop.sell(ana)) == [100]


def test_each_sale_of_a_batch_counts_for_the_next(shop: Shop) -> None:
    shop.publish(off({"at_most": 2}, {"at_most": 3, "each": "everyone"}))
    ana, ben = shop.customer(), shop.customer()
    outcomes = shop.record(*[shop.sale(who) for who in (ana, ana, ana, ben, ben)])
    assert [each.purchase.discount for each in outcomes if isinstance(each, Recorded)] == [100, 100, 0, 100, 0]
    assert tallies(shop) == [("uses/ever/customer", 2), ("uses/ever/customer", 1), ("uses/ever/everyone", 3)]


def test_a_process_that_has_not_seen_the_program_counts_as_well(shop: Shop) -> None:
    shop.publish(off({"at_most": 1}, {"at_most": 2, "each": "store"}))
    ana, ben = shop.customer(), shop.customer()
    for expected in ([100], [0]):
        SHELF._latest.clear()
        assert discounts(shop.sell(ana)) == expected
    assert discounts(shop.sell(ben), shop.sell(shop.customer())) == [100, 0]


def test_a_program_without_limits_counts_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    shop.sell(shop.customer())
    assert tallies(shop) == []
    assert shop.rows("SELECT used FROM purchases") == [{"used": None}]


def test_a_walk_in_counts_for_the_store_and_for_everyone(shop: Shop) -> None:
    shop.publish(off({"at_most": 2, "each": "everyone"}, {"at_most": 1, "each": "store"}))
    assert discounts(shop.sell(None), shop.sell(None), shop.sell(None, store_id="jeddah-1")) == [100, 0, 100]
    assert discounts(shop.sell(None, store_id="dammam-1")) == [0]


def test_a_return_gives_the_use_back(shop: Shop) -> None:
    shop.publish(off({"at_most": 1}, {"at_most": 100, "of": "money", "per": "month", "each": "everyone"}))
    ana = shop.customer()
    first, second = shop.sell(ana), shop.sell(ana)
    assert discounts(first, second) == [100, 0]
    shop.take_back(first.purchase.id)
    assert tallies(shop) == [("money/month/everyone", 0), ("uses/ever/customer", 0)]
    assert discounts(shop.sell(ana)) == [100]


def test_a_partial_return_gives_part_of_a_budget_back_in_the_period_of_the_sale(shop: Shop) -> None:
    shop.publish(off({"at_most": 500, "of": "money", "per": "day", "each": "everyone"}))
    sold = shop.sell(None, line(quantity=5)).purchase
    shop.at = later(days=1)
    shop.take_back(sold.id, {0: 2})
    assert tallies(shop) == [("money/day/everyone", 300)]
    assert discounts(shop.sell(None, line(quantity=2), occurred_at=later(hours=1))) == [200]


def test_a_return_is_worked_out_with_what_was_left_at_the_sale(shop: Shop) -> None:
    """The budget is used up by then; what the customer keeps of the sale is still discounted."""
    shop.publish(off({"at_most": 500, "of": "money", "each": "everyone"}))
    sold = shop.sell(None, line(quantity=4)).purchase
    shop.sell(None)
    returned = shop.take_back(sold.id, {0: 1})
    assert (returned.refund, returned.purchase.discount) == (900, 300)


def test_a_return_lets_a_cool_down_run_from_the_use_before(shop: Shop) -> None:
    shop.publish(off(cool_down={"days": 2}))
    ana = shop.customer()
    assert discounts(shop.sell(ana)) == [100]
    shop.at = later(days=2)
    second = shop.sell(ana)
    assert discounts(second) == [100]
    shop.at = later(days=3)
    assert discounts(shop.sell(ana)) == [0]
    shop.take_back(second.purchase.id)
    again = shop.sell(ana)
    assert discounts(again) == [100]
    shop.take_back(again.purchase.id)


def test_a_cool_down_is_over_when_its_only_use_came_back(shop: Shop) -> None:
    shop.publish(off(cool_down={"days": 2}))
    ana = shop.customer()
    shop.take_back(shop.sell(ana).purchase.id)
    assert discounts(shop.sell(ana)) == [100]


def test_counts_go_on_through_versions(shop: Shop) -> None:
    shop.publish(off({"at_most": 1}))
    ana = shop.customer()
    shop.sell(ana)
    shop.publish(off({"at_most": 2}))
    assert discounts(shop.sell(ana), shop.sell(ana)) == [100, 0]


def test_a_count_begins_with_the_version_that_brings_the_limit(shop: Shop) -> None:
    shop.publish(off())
    ana = shop.customer()
    before = shop.sell(ana)
    shop.publish(off({"at_most": 1}, cool_down={"hours": 1}))
    after = shop.sell(ana)
    assert discounts(after) == [100]
    shop.take_back(before.purchase.id)
    assert tallies(shop) == [("uses/ever/customer", 1)]
    shop.take_back(after.purchase.id)
    assert tallies(shop) == [("uses/ever/customer", 0)]


def test_a_quote_knows_what_is_left_and_takes_nothing_of_it(shop: Shop) -> None:
    shop.publish(off({"at_most": 1}, {"at_most": 150, "of": "money", "each": "everyone"}))
    ana, ben = shop.customer(), shop.customer()

    def quote(who: CustomerId) -> Evaluation:
        with shop.database.transaction(shop.tenant_id) as db:
            return quote_basket(db, shop.tenant_id, shop.sale(who).basket, at=shop.at)[0]

    before = shop.everything()
    assert quote(ana).totals.discount == quote(ana).totals.discount == 100
    assert shop.everything() == before
    shop.sell(ana)
    assert [(miss.condition, miss.short_by) for who in (ana, ben) for miss in quote(who).misses] == [
        ("limit", 0),
        ("budget_passed", 50),
    ]


def test_the_same_receipt_again_uses_nothing_more(shop: Shop) -> None:
    shop.publish(off({"at_most": 2, "each": "everyone"}))
    sale = shop.sale(shop.customer())
    for _ in range(3):
        (outcome,) = shop.record(sale)
        assert isinstance(outcome, Recorded)
        assert outcome.purchase.discount == 100
    assert tallies(shop) == [("uses/ever/everyone", 1)]


def test_every_effect_under_a_limit_is_in_the_purchase(shop: Shop) -> None:
    part = {"at_most": 15, "of": "units", "each": "everyone", "when_passed": "give_what_is_left"}
    shop.publish(POINT_PER_RIYAL | {"limits": [part]})
    ana = shop.customer()
    effects = [effects_from_json(shop.sell(ana).purchase.effects) for _ in range(3)]
    assert [[(effect.amount, effect.capped_from) for effect in each] for each in effects] == [  # type: ignore[union-attr]
        [(10, None)],
        [(5, 10)],
        [],
    ]
    assert shop.points(ana) == (15, 15)


@pytest.mark.parametrize("each", ["everyone", "customer"])
def test_pain_5_a_limit_of_ten_is_used_exactly_ten_times_by_200_tills(shop: Shop, each: str) -> None:
    """Peers' pain 5: a limited coupon is used more often when tills sell at once."""
    shop.publish(off({"at_most": 10, "each": each}, conditions=[{"kind": "has_code", "code": "TEN"}]))
    buyers = [shop.customer()] if each == "customer" else [shop.customer() for _ in range(20)]
    sales = [shop.sale(buyers[number % len(buyers)], codes=["TEN"]) for number in range(200)]
    with ThreadPoolExecutor(10) as tills:
        outcomes = [outcome for (outcome,) in tills.map(shop.record, sales)]
    assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    recorded = [outcome for outcome in outcomes if isinstance(outcome, Recorded)]
    assert sorted(discounts(*recorded)) == [0] * 190 + [100] * 10
    assert tallies(shop) == [(f"uses/ever/{each}", 10)]


def test_a_budget_is_given_to_the_last_unit_and_not_passed_by_batches_at_once(shop: Shop) -> None:
    part = {"at_most": 555, "of": "units", "each": "everyone", "when_passed": "give_what_is_left"}
    shop.publish(POINT_PER_RIYAL | {"limits": [part]})
    people = [shop.customer() for _ in range(8)]
    batches = [[shop.sale(people[(start + step) % 8]) for step in range(8)] for start in range(10)]
    with ThreadPoolExecutor(8) as tills:
        list(tills.map(lambda batch: shop.record(*batch), batches))
    assert sum(shop.points(who)[0] for who in people) == 555


def test_a_neighbours_counts_are_not_ours(shop: Shop, other_shop: Shop) -> None:
    for each in (shop, other_shop):
        each.publish(off({"at_most": 1, "each": "everyone"}))
    assert discounts(shop.sell(None), other_shop.sell(None)) == [100, 100]


def test_pain_1_bringing_goods_back_does_not_reach_a_milestone_twice(shop: Shop) -> None:
    """Peers' pain 1: buy, earn, refund, repeat gives free points."""
    shop.publish(rule("milestone", every=2, points=50))
    ana = shop.customer()
    first, second = shop.sell(ana), shop.sell(ana)
    assert shop.points(ana) == (50, 50)
    shop.take_back(first.purchase.id)
    shop.sell(ana)
    assert shop.points(ana) == (50, 50)
    shop.take_back(second.purchase.id)
    assert shop.points(ana) == (0, 0)
    shop.sell(ana)
    assert shop.points(ana) == (50, 50)
