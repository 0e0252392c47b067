"""What else than a sale moves a tier: returns, edits, voids, claims, merges."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.data.database import Database
from kernel.ids import TenantId, new_id
from services.loyalty.operations.record_purchases import Recorded
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import NOON, POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.tiers import ladder, noted, standing_of, tier_of


def test_a_return_takes_back_what_it_brought(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(downgrade="never"))
    ana = shop.customer()
    bought = shop.sell(ana, line("THING", 5, 100_000)).purchase.id
    assert tier_of(shop, ana) == "gold"
    shop.take_back(bought, {0: 1})
    assert (tier_of(shop, ana), standing_of(shop, ana).counted) == ("silver", 4000)
    shop.take_back(bought)
    assert (tier_of(shop, ana), standing_of(shop, ana).counted) == (None, 0)
    assert [change for change, *_rest in noted(shop, ana)] == ["upgraded", "downgraded", "downgraded"]


def test_buying_and_returning_for_ever_brings_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(basis="visits", window={"kind": "lifetime"}))
    ana = shop.customer()
    for _ in range(5):
        shop.take_back(shop.earn(ana, 1000))
    assert standing_of(shop, ana).counted == 0


def test_edits_voids_and_reopened_sales_move_it(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    bought = shop.earn(ana, 900)
    shop.edit(bought, line("THING", 1, 500_000))
    assert tier_of(shop, ana) == "gold"
    shop.void(bought)
    assert tier_of(shop, ana) is None
    shop.reopen(bought)
    assert tier_of(shop, ana) == "gold"
    shop.sell(ana)
    assert standing_of(shop, ana).counted == 5010


def test_a_claimed_sale_counts_on_its_own_day(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(window={"kind": "rolling", "months": 1}, downgrade="at_once"))
    ana = shop.customer()
    walk_in = shop.sell(None, line("THING", 1, 100_000)).purchase.id
    shop.at = later(days=29)
    shop.claim(walk_in, ana)
    assert tier_of(shop, ana) == "silver"
    shop.at = later(days=31)
    assert tier_of(shop, ana) is None


def test_who_were_merged_count_together_until_the_merge_is_undone(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana, ann, anna = shop.customer(), shop.customer(), shop.customer()
    for who in (ana, ann, anna):
        shop.earn(who, 600)
    first = shop.merge(ana, ann)
    assert (tier_of(shop, ann), standing_of(shop, ann).counted) == ("silver", 1200)
    second = shop.merge(ann, anna)
    assert standing_of(shop, anna).counted == 1800
    shop.earn(anna, 10)
    assert standing_of(shop, anna).counted == 1810
    shop.unmerge(second)
    shop.unmerge(first)
    assert [standing_of(shop, who).counted for who in (ana, ann, anna)] == [600, 600, 610]
    assert [tier_of(shop, who) for who in (ana, ann, anna)] == [None, None, None]


def test_a_sale_and_a_return_at_once_are_both_counted(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    bought = [shop.earn(ana, 600) for _ in range(4)]
    with ThreadPoolExecutor(8) as together:
        returned = [together.submit(shop.take_back, each) for each in bought]
        sold = [together.submit(shop.earn, ana, 500) for _ in range(4)]
        for each in (*returned, *sold):
            each.result()
    assert (tier_of(shop, ana), standing_of(shop, ana).counted) == ("silver", 2000)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "return", "edit", "void", "reopen", "redeem", "adjust", "late"]),
        st.integers(0, 5),
        st.integers(1, 40),
        st.integers(0, 20),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.sampled_from([{"kind": "calendar", "period": "month"}, {"kind": "rolling", "months": 1}]))
def test_any_story_ends_in_the_tier_of_its_final_baskets(
    database: Database, steps: list[tuple[str, int, int, int]], window: dict[str, object]
) -> None:
    shop = Shop(database, TenantId(new_id("ten")))
    shop.publish(POINT_PER_RIYAL, tiers=ladder(window=window, downgrade="at_once"))
    ana, reward_id, bought = shop.customer(), shop.offer(50), list[str]()
    for what, which, hundreds, days in steps:
        shop.at += timedelta(days=days)
        one = bought[which % len(bought)] if bought else ""
        status = status_of(shop, one)
        if what in ("sell", "late"):
            at = shop.at - timedelta(days=days if what == "late" else 0)
            bought.append(shop.earn(ana, hundreds * 100, occurred_at=max(at, NOON)))
        elif what == "return" and status not in (None, "voided", "returned"):
            shop.take_back(one)
        elif what == "edit" and status not in (None, "voided"):
            shop.edit(one, line("THING", 1, hundreds * 10_000))
        elif what == "void" and status not in (None, "voided"):
            shop.void(one)
        elif what == "reopen" and status == "voided":
            shop.reopen(one)
        elif what == "redeem" and shop.points(ana)[1] >= 50:
            before = tier_of(shop, ana)
            shop.redeem(ana, reward_id)
            assert tier_of(shop, ana) == before
        elif what == "adjust":
            shop.adjust(ana, hundreds)
    twin = Shop(database, TenantId(new_id("ten")), shop.at)
    twin.publish(POINT_PER_RIYAL, tiers=ladder(window=window, downgrade="at_once"))
    bea = twin.customer()
    for row in shop.rows("SELECT due, occurred_at FROM purchases WHERE due > 0 ORDER BY occurred_at"):
        twin.at = row["occurred_at"]
        assert isinstance(twin.sell(bea, line("THING", 1, row["due"])), Recorded)
    twin.at = shop.at
    assert (tier_of(shop, ana), standing_of(shop, ana).counted) == (tier_of(twin, bea), standing_of(twin, bea).counted)
    assert shop.breaches() == twin.breaches() == []


def status_of(shop: Shop, purchase_id: str) -> str | None:
    rows = shop.rows("SELECT status FROM purchases WHERE id = :id", id=purchase_id)
    return rows[0]["status"] if rows else None
