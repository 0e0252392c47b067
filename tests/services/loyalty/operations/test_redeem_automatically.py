"""A reward that is taken by itself: as often as there is enough, and no more."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.events.loyalty import AutomaticRedemptionStopped, RewardRedeemed
from services.loyalty.operations.withdraw_reward import withdraw_reward
from tests.services.loyalty.automatic import allow, look, offered, taken, waits
from tests.services.loyalty.domain.build import NAME, line
from tests.services.loyalty.shop import FREE_COFFEE, NOON, POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.tiers import ladder


@pytest.mark.parametrize(
    ("leave", "spendable", "expected", "left"),
    [
        (0, 499, 0, 499),
        (0, 500, 1, 0),
        (0, 1720, 3, 220),
        (100, 599, 0, 599),
        (100, 600, 1, 100),
        (0, 7000, 10, 2000),
    ],
)
def test_the_page_s_table(shop: Shop, leave: int, spendable: int, expected: int, left: int) -> None:
    ana = shop.customer()
    offered(shop, 500, leave=leave)
    shop.adjust(ana, spendable)
    look(shop)
    assert (taken(shop, ana), shop.points(ana)) == (expected, (left, left))
    assert look(shop) == 0, "looking again takes nothing"
    assert taken(shop, ana) == expected
    shop.at = later(days=1)
    look(shop)
    assert shop.points(ana)[0] == (0 if left == 2000 else left)


def test_cashback_becomes_a_voucher(shop: Shop) -> None:
    shop.publish(
        currency="SAR",
        rules=[{"kind": "earn", "id": "back", "name": NAME, "unit": "SAR", "points": 1, "per": 20}],
        further_units=[{"unit": "SAR"}],
    )
    ana = shop.customer()
    offered(shop, 2000, unit="SAR", benefit={"kind": "amount_off", "name": NAME, "amount": 2000})
    shop.gift_card(9000)
    shop.sell(ana, line("THING", 1, 39_980))
    look(shop)
    assert taken(shop, ana) == 0
    shop.sell(ana, line("THING", 1, 20))
    look(shop)
    assert (taken(shop, ana), shop.balance(ana, "SAR").balance) == (1, 0)
    assert shop.rows("SELECT count(*) FROM redemptions") == [{"count": 1}], "a gift card takes no rewards"


def test_it_is_told_like_any_other(shop: Shop) -> None:
    ana = shop.customer()
    reward = offered(shop, 50)
    shop.adjust(ana, 60)
    look(shop)
    (row,) = shop.rows("SELECT * FROM redemptions")
    assert (row["reward_id"], row["price"], row["automatic"], row["status"]) == (reward, 50, True, "issued")
    (voucher,) = shop.rows("SELECT customer_id, status, source FROM vouchers")
    assert voucher == {"customer_id": ana, "status": "issued", "source": row["id"]}
    told = shop.told()[-1]
    assert isinstance(told, RewardRedeemed)
    assert (told.automatic, told.balance) == (True, 10)
    shop.adjust(ana, 40)
    assert shop.redeem(ana, reward).redemption.automatic is False


def test_the_daily_stop_is_told_once_a_day(shop: Shop) -> None:
    shop.publish(time_zone="Asia/Riyadh")
    ana = shop.customer()
    reward = offered(shop, 10, at_most=2)
    shop.adjust(ana, 50)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (2, {ana: "daily_stop"})
    (stop,) = [event for event in shop.told() if isinstance(event, AutomaticRedemptionStopped)]
    assert (stop.customer_id, stop.reward_id, stop.at_most, stop.goes_on_at) == (ana, reward, 2, later(hours=12))
    assert stop.reward_name == NAME
    shop.adjust(ana, 10)
    look(shop)
    assert taken(shop, ana) == 2
    shop.at = later(hours=12) - timedelta(microseconds=1)
    look(shop)
    assert taken(shop, ana) == 2
    assert sum(isinstance(event, AutomaticRedemptionStopped) for event in shop.told()) == 1
    shop.at = later(hours=12)
    look(shop)
    assert (taken(shop, ana), shop.points(ana)[0]) == (4, 20)
    assert sum(isinstance(event, AutomaticRedemptionStopped) for event in shop.told()) == 2
    shop.at = later(days=1, hours=12)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (6, {})


def test_what_cannot_be_spent_yet_is_waited_for(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending_days=14)
    ana, huda = shop.customer(), shop.customer()
    offered(shop, 50)
    shop.earn(ana, 50)
    shop.adjust(huda, 50)
    hold = shop.hold(huda, 1, hours=5)
    look(shop)
    assert waits(shop) == {ana: "not_spendable", huda: "not_spendable"}
    shop.at = later(minutes=1)
    shop.release(hold.id)
    look(shop)
    assert (taken(shop, ana), taken(shop, huda), waits(shop)) == (0, 1, {ana: "not_spendable"})
    shop.at = later(days=14) - timedelta(seconds=1)
    look(shop)
    assert taken(shop, ana) == 0
    shop.at = later(days=14, hours=12)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (1, {})


def test_a_hold_that_timed_out_is_free(shop: Shop) -> None:
    ana = shop.customer()
    offered(shop, 50)
    shop.adjust(ana, 50)
    shop.hold(ana, 50, minutes=5)
    look(shop)
    assert taken(shop, ana) == 0
    shop.at = later(minutes=5)
    look(shop)
    assert taken(shop, ana) == 1


def test_what_waited_for_an_event_is_seen_when_it_happened(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending={"kind": "event", "event": "delivered", "within_days": 90})
    ana = shop.customer()
    offered(shop, 50)
    shop.earn(ana, 50)
    look(shop)
    assert waits(shop) == {ana: "not_spendable"}
    shop.at = later(minutes=1)
    shop.release_waiting(ana, "delivered")
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (1, {})


@pytest.mark.parametrize("debt", [1, 60])
def test_a_debt_is_paid_first(shop: Shop, debt: int) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    bought = shop.earn(ana, debt)
    shop.redeem(ana, shop.offer(debt))
    shop.take_back(bought)
    offered(shop, 50)
    shop.adjust(ana, 50)
    look(shop)
    assert (taken(shop, ana), shop.points(ana)[0]) == (0, 50 - debt)
    shop.adjust(ana, debt)
    look(shop)
    assert (taken(shop, ana), shop.points(ana)[0]) == (1, 0)


def test_the_dead_pay_for_nothing(shop: Shop) -> None:
    ana = shop.customer()
    offered(shop, 50)
    shop.adjust(ana, 30, expires_at=later(days=1))
    shop.adjust(ana, 20)
    shop.at = later(days=1)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (0, {})


def test_it_is_no_doing_of_the_customer_s(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "sliding", "days": 30})
    ana = shop.customer()
    shop.earn(ana, 60)
    (before,) = shop.rows("SELECT lapses_at FROM wallets")
    shop.at = later(days=5)
    offered(shop, 50)
    look(shop)
    assert taken(shop, ana) == 1
    assert shop.rows("SELECT lapses_at FROM wallets") == [before]
    shop.at = later(days=40)
    assert shop.points(ana) == (0, 0)


def test_the_price_is_the_tier_s(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana, ben = shop.customer(), shop.customer()
    offered(shop, 900, tier_prices={"silver": 450})
    shop.earn(ana, 1000)
    shop.adjust(ben, 899)
    look(shop)
    assert (taken(shop, ana), shop.points(ana)[0]) == (2, 100)
    assert (taken(shop, ben), waits(shop)) == (0, {})


@pytest.mark.parametrize(
    ("limit", "next_at"),
    [
        ({"at_most": 1, "per": "day"}, later(hours=12)),
        ({"at_most": 1, "per": "week"}, later(hours=12)),
        ({"at_most": 1, "per": "month"}, later(days=29, hours=12)),
        ({"at_most": 1, "per": "year"}, later(days=304, hours=12)),
    ],
)
def test_a_limit_of_their_own_is_waited_for(shop: Shop, limit: dict[str, Any], next_at: Any) -> None:
    shop.publish(time_zone="Asia/Riyadh")
    ana, huda = shop.customer(), shop.customer()
    offered(shop, 10, limits=[limit])
    shop.adjust(ana, 20)
    shop.adjust(huda, 10)
    look(shop)
    assert (taken(shop, ana), taken(shop, huda), waits(shop)) == (1, 1, {ana: "limit_reached"})
    shop.at = next_at - timedelta(microseconds=1)
    look(shop)
    assert taken(shop, ana) == 1
    shop.at = next_at
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (2, {})


def test_a_limit_for_ever_is_not_waited_for(shop: Shop) -> None:
    ana = shop.customer()
    offered(shop, 10, limits=[{"at_most": 1}])
    shop.adjust(ana, 20)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (1, {})


def test_who_is_blocked_gets_it_when_they_are_not(shop: Shop) -> None:
    ana = shop.customer()
    offered(shop, 10)
    shop.adjust(ana, 10)
    shop.customer(version=2, status="blocked", known=ana)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (0, {ana: "customer_blocked"})
    shop.customer(version=3, known=ana)
    shop.at = later(days=1)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (1, {})


def test_who_does_not_want_it_keeps_their_points(shop: Shop) -> None:
    ana = shop.customer()
    allow(shop, ana, False)
    offered(shop, 10)
    shop.adjust(ana, 10)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (0, {})


@pytest.mark.parametrize("who", ["stays", "goes"])
def test_after_a_merge_one_no_is_enough(shop: Shop, who: str) -> None:
    stays, goes = shop.customer(), shop.customer()
    offered(shop, 10)
    allow(shop, {"stays": stays, "goes": goes}[who], False)
    shop.adjust(goes, 10)
    merge = shop.merge(goes, stays)
    look(shop)
    assert (taken(shop, stays), taken(shop, goes)) == (0, 0)
    allow(shop, stays, True)
    look(shop)
    assert taken(shop, stays) == 1
    shop.unmerge(merge)


def test_nothing_is_taken_with_the_record_that_was_merged_away(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    stays, goes = shop.customer(), shop.customer()
    offered(shop, 10)
    shop.merge(goes, stays)
    shop.earn(goes, 10)
    look(shop)
    assert taken(shop, goes) == 0
    shop.follow()
    look(shop)
    assert (taken(shop, goes), taken(shop, stays)) == (0, 1)


def test_goods_are_prepared(shop: Shop) -> None:
    ana = shop.customer()
    offered(shop, 10, benefit={"kind": "goods", "name": NAME, "sku": "MUG"})
    shop.adjust(ana, 10)
    look(shop)
    assert shop.rows("SELECT status, automatic, voucher_id FROM redemptions") == [
        {"status": "issued", "automatic": True, "voucher_id": None}
    ]


def test_a_cancelled_one_waits_for_the_next_units(shop: Shop) -> None:
    ana = shop.customer()
    offered(shop, 10)
    shop.adjust(ana, 10)
    look(shop)
    (row,) = shop.rows("SELECT id FROM redemptions")
    shop.move(str(row["id"]), "cancelled")
    look(shop)
    assert (taken(shop, ana), shop.points(ana)[0]) == (1, 10)
    shop.adjust(ana, 1)
    look(shop)
    assert (taken(shop, ana), shop.points(ana)[0]) == (2, 1)


def test_a_withdrawn_one_is_not_taken(shop: Shop) -> None:
    ana = shop.customer()
    reward = offered(shop, 10)
    shop.adjust(ana, 10)
    with shop.database.transaction(shop.tenant_id) as db:
        withdraw_reward(db, shop.tenant_id, reward)
    look(shop)
    assert taken(shop, ana) == 0


def test_the_oldest_is_served_first(shop: Shop) -> None:
    ana = shop.customer()
    first, second = offered(shop, 30), offered(shop, 10, benefit=FREE_COFFEE)
    shop.adjust(ana, 50)
    look(shop)
    assert [row["reward_id"] for row in shop.rows("SELECT reward_id FROM redemptions ORDER BY id")] == [
        first,
        second,
        second,
    ]
    assert shop.at == NOON
