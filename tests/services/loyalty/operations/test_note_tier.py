"""Tiers as sales move them: kept from sale to sale, counted once, and free where there are none."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.data.pipelines import Pipeline
from kernel.ids import CustomerId
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.operations.record_purchases import Recorded
from services.loyalty.operations.rehearse_basket import rehearse_basket
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables import postings, tiers
from services.loyalty.tables.receipts import FACTS
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.tiers import FOR_GOLD, ladder, noted, standing_of, tier_of


def riyals(amount: int) -> dict[str, Any]:
    return line("THING", 1, amount * 100)


def known_then(recorded: Recorded) -> CustomerFacts:
    return FACTS.validate_json(recorded.purchase.facts)


def test_the_next_purchase_has_the_tier_that_one_reached(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, FOR_GOLD, tiers=ladder())
    ana = shop.customer()
    assert tier_of(shop, ana) is None
    sold = [shop.sell(ana, riyals(amount)) for amount in (999, 1, 3999, 1, 10)]
    assert [known_then(each).tier for each in sold] == [None, None, "silver", "silver", "gold"]
    assert shop.points(ana)[0] == 999 + 1 + 3999 + 1 + 2 * 10
    assert noted(shop, ana) == [
        ("upgraded", None, "silver", "2036-03-02"),
        ("upgraded", "silver", "gold", "2036-03-02"),
    ]


def test_each_sale_of_a_batch_knows_the_one_before(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, FOR_GOLD, tiers=ladder())
    ana, ben = shop.customer(), shop.customer()
    outcomes = shop.record(*[shop.sale(who, riyals(amount)) for who, amount in ((ana, 5000), (ben, 10), (ana, 10))])
    assert [known_then(each).tier for each in outcomes if isinstance(each, Recorded)] == [None, None, "gold"]
    assert (shop.points(ana)[0], shop.points(ben)[0]) == (5020, 10)
    assert len(noted(shop, ana)) == 1


def test_a_process_that_has_not_seen_the_program_knows_as_well(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    for expected in (None, "silver", "silver"):
        SHELF._latest.clear()
        assert known_then(shop.sell(ana, riyals(1500))).tier == expected


def test_a_program_without_tiers_asks_and_writes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nobody asks for tiers here")

    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.sell(ana)
    monkeypatch.setattr(tiers.TierRecord, "row", never)
    monkeypatch.setattr(postings.PROGRESS, "statement", "SELECT 1 / 0")
    monkeypatch.setattr(tiers, "READ", "SELECT 1 / 0")
    assert known_then(shop.sell(ana)).tier is None
    assert standing_of(shop, ana).tier is None


@pytest.mark.parametrize(
    ("more", "sums", "expected"),
    [
        pytest.param({"basis": "spend"}, [999, 1], [None, None], id="spend is in minor units"),
        pytest.param({"basis": "visits"}, [1] * 4, [None] * 4, id="visits"),
    ],
)
def test_the_basis_counts(shop: Shop, more: dict[str, Any], sums: list[int], expected: list[str | None]) -> None:
    steps = [{**step, "threshold": threshold} for step, threshold in zip(ladder()["ladder"], (3, 100_000), strict=True)]
    shop.publish(POINT_PER_RIYAL, tiers={"ladder": steps, **more})
    ana = shop.customer()
    sold = [shop.sell(ana, riyals(amount)) for amount in sums]
    assert known_then(sold[0]).tier == expected[0]
    counted = {"spend": sum(sums) * 100, "visits": len(sums)}[more["basis"]]
    assert standing_of(shop, ana).counted == counted


def test_what_points_pay_is_no_new_money(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(basis="spend"), pay_with_points={"points": 1, "worth": 10})
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.sell(ana, riyals(20), tenders=[{"kind": "points", "amount": 500}, {"kind": "card", "amount": 1500}])
    assert standing_of(shop, ana).counted == 10_000 + 1500


def test_spending_points_lowers_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(downgrade="at_once"))
    ana, reward_id = shop.customer(), shop.offer(5000)
    shop.earn(ana, 5000)
    shop.redeem(ana, reward_id)
    assert (shop.points(ana)[0], tier_of(shop, ana)) == (0, "gold")
    shop.adjust(ana, 100)
    assert standing_of(shop, ana).counted == 5000


def test_the_clock_decides_whether_or_not_anybody_looked(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, FOR_GOLD, tiers=ladder(grace_days=15))
    ana = shop.customer()
    shop.earn(ana, 5000)
    assert standing_of(shop, ana).until is not None
    shop.at = datetime(2038, 1, 15, 9, tzinfo=UTC)  # the last day of grace
    assert tier_of(shop, ana) == "gold"
    shop.at = datetime(2038, 1, 15, 21, tzinfo=UTC)  # midnight in Riyadh
    found = standing_of(shop, ana)
    assert (found.tier and found.tier.id, str(found.since)) == ("silver", "2038-01-16")
    assert known_then(shop.sell(ana)).tier == "silver"
    assert noted(shop, ana)[1:] == [("downgraded", "gold", "silver", "2038-01-16")]
    assert shop.points(ana)[0] == 5010


def test_a_late_sale_counts_on_its_day(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(window={"kind": "rolling", "months": 1}, downgrade="at_once"))
    ana, ben = shop.customer(), shop.customer()
    shop.at = later(days=40)
    shop.earn(ana, 600)
    late = shop.sale(ana, riyals(500), occurred_at=later(days=20))
    older = shop.sale(ana, riyals(4000), occurred_at=later(days=1))
    first, second, _other = shop.record(late, older, shop.sale(ben, riyals(1)))
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (known_then(first).tier, known_then(second).tier) == (None, None)
    found = standing_of(shop, ana)
    assert (found.counted, found.tier and found.tier.id) == (1100, "silver")
    shop.sell(ana, riyals(1))
    assert standing_of(shop, ana).counted == 1101


def test_a_program_that_gets_tiers_counts_what_was_before(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    bought = shop.earn(ana, 900)
    shop.earn(ana, 300)
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    assert tier_of(shop, ana) == "silver"
    assert known_then(shop.sell(ana)).tier == "silver"
    shop.publish(POINT_PER_RIYAL)
    shop.take_back(bought)
    assert tier_of(shop, ana) is None
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    assert standing_of(shop, ana).counted == 310
    assert known_then(shop.sell(ana)).tier is None
    shop.publish(POINT_PER_RIYAL, tiers=ladder(basis="visits"))
    assert standing_of(shop, ana).counted == 3


def test_quotes_and_rehearsals_know_the_tier(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, FOR_GOLD, tiers=ladder())
    ana = shop.customer()
    shop.earn(ana, 5000)
    draft = shop.draft(POINT_PER_RIYAL, FOR_GOLD, tiers=ladder(basis="visits"))
    basket = shop.sale(ana, riyals(10)).basket
    before = shop.everything()
    with shop.database.transaction(shop.tenant_id) as db:
        decided, _program = quote_basket(db, shop.tenant_id, basket, at=shop.at)
        rehearsed, _compiled = rehearse_basket(db, shop.tenant_id, *draft, basket, at=shop.at)
    assert [len(each.effects) for each in (decided, rehearsed)] == [2, 1]
    assert shop.everything() == before


def test_another_tenant_s_customer_has_a_ladder_of_their_own(shop: Shop, other_shop: Shop) -> None:
    for each in (shop, other_shop):
        each.publish(POINT_PER_RIYAL, tiers=ladder())
    ana, zoe = shop.customer(), other_shop.customer()
    shop.record(shop.sale(ana, riyals(5000)), other_shop.sale(zoe, riyals(1000)))
    assert (tier_of(shop, ana), tier_of(other_shop, zoe)) == ("gold", "silver")
    assert standing_of(other_shop, CustomerId(ana)).tier is None


def test_a_sale_that_arrives_twice_counts_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    sale = shop.sale(ana, riyals(600))
    shop.record(sale)
    shop.record(sale, sale)
    assert (standing_of(shop, ana).counted, tier_of(shop, ana)) == (600, None)


def test_tiers_take_no_round_trip_more(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[str] = []
    real = Pipeline.exchange
    monkeypatch.setattr(Pipeline, "exchange", lambda self: trips.append("") or real(self))
    ana = shop.customer()
    taken = []
    for terms in ({}, {"tiers": ladder()}):
        shop.publish(POINT_PER_RIYAL, **terms)
        shop.sell(ana)
        shop.sell(ana)
        trips.clear()
        shop.sell(ana)
        taken.append(len(trips))
    assert taken == [2, 2]
    assert standing_of(shop, ana).counted == 60
