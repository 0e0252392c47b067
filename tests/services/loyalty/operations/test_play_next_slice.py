"""A backtest finds what playing the same baskets would have found, whoever dies. Source: docs/rules/backtest.md."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random

import orjson
import pytest

from services.loyalty.domain.backtest import Given, Tally, Worth
from services.loyalty.domain.effects import Effect, effects_from_json
from services.loyalty.operations import plan_backtest as planning
from services.loyalty.operations import play_next_slice as playing
from services.loyalty.operations.play_next_slice import TALLY, play_next_slice
from services.loyalty.schedules import play_backtest
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later

LIVE = (
    POINT_PER_RIYAL,
    rule("stamp_card", card="coffee", stamps_needed=5, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE),
    rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3),
)
DRAFT = (
    rule("earn", per=200, points=3),
    rule("earn", id="welcome", per=100, points=10, conditions=[{"kind": "first_purchase"}]),
    rule("stamp_card", card="coffee", stamps_needed=3, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE),
    rule("buy_x_get_y", selector={"skus": ["TEA"]}),
    rule("discount", percent_off=10, conditions=[{"kind": "spend_at_least", "amount": 4000}]),
    rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=1),
)


def play(shop: Shop, backtest_id: str) -> Tally:
    play_backtest(shop.database, shop.tenant_id, backtest_id, lambda: False)
    (row,) = shop.rows("SELECT status, result FROM backtests WHERE id = :id", id=backtest_id)
    assert row["status"] == "done"
    return TALLY.validate_json(row["result"])


def step(shop: Shop, backtest_id: str) -> bool:
    with shop.database.transaction(shop.tenant_id) as db:
        return play_next_slice(db, shop.tenant_id, backtest_id, at=shop.at)


def vouchers(shop: Shop, customer_id: str) -> list[str]:
    """What the customer has in their pocket, the oldest first."""
    found = shop.rows(
        "SELECT code FROM vouchers WHERE customer_id = :c AND status = 'issued' ORDER BY id", c=customer_id
    )
    return [row["code"] for row in found]


def busy_month(shop: Shop, seed: int) -> list[str]:
    """Sixty sales to four customers and some walk-ins; some show a voucher when they have one. The purchases' ids."""
    chance = Random(seed)
    people = [shop.customer() for _number in range(4)]
    sold = []
    for number in range(60):
        shop.at = later(hours=12 * number)
        who = chance.choice([*people, None])
        lines = [
            line(sku, chance.randint(1, 4), price)
            for sku, price in (("COFFEE", 1500), ("TEA", 700), ("GYM", 20000))
            if chance.random() < (0.1 if sku == "GYM" else 0.6)
        ]
        shown = vouchers(shop, who)[:1] if who and chance.random() < 0.7 else []
        sold.append(shop.sell(who, *lines, codes=shown).purchase.id)
    return sold


def played_again(other: Shop, shop: Shop) -> list[Effect]:
    """The same baskets, as they are left, sold by another shop; who showed a voucher then shows one now."""
    twins: dict[str, str] = {}
    effects: list[Effect] = []
    for row in shop.rows("SELECT * FROM purchases ORDER BY id"):
        basket = orjson.loads(row["basket"])
        gone: Mapping[str, int] = orjson.loads(row["returned"] or "{}")
        lines = [
            {**sold, "quantity": sold["quantity"] - gone.get(str(place), 0)}
            for place, sold in enumerate(basket["lines"])
            if sold["quantity"] > gone.get(str(place), 0)
        ]
        if not lines:
            continue
        other.at = row["recorded_at"]
        who = row["customer_id"]
        twin = None if who is None else twins.setdefault(who, "") or other.customer()
        if who is not None and twin is not None:
            twins[who] = twin
        shown = vouchers(other, twin)[: len(basket.get("codes", ()))] if twin else []
        sold_again = other.sell(twin, *lines, codes=shown).purchase
        effects += effects_from_json(sold_again.effects)
    return effects


def summed(effects: list[Effect]) -> Given:
    given = Given()
    for effect in effects:
        given.add(effect)
    return given


def by_rule(effects: list[Effect]) -> dict[str, Given]:
    rules = {getattr(effect, "rule", "voucher") for effect in effects}
    return {name: summed([each for each in effects if getattr(each, "rule", "voucher") == name]) for name in rules}


@pytest.mark.parametrize("seed", range(3))
def test_a_draft_gives_what_playing_the_same_baskets_gives(shop: Shop, other_shop: Shop, seed: int) -> None:
    program_id, _live = shop.publish(*LIVE)
    sold = busy_month(shop, seed)
    shop.take_back(sold[0])
    shop.take_back(sold[7], {0: 1})
    _program_id, draft = shop.draft(*DRAFT)
    tally = play(shop, shop.backtest(program_id, draft))
    other_shop.publish(*DRAFT)
    again = played_again(other_shop, shop)
    assert tally.now == summed(again)
    assert {name: each.given for name, each in tally.rules.items()} == by_rule(again)
    then = [
        effect for row in shop.rows("SELECT effects FROM purchases") for effect in effects_from_json(row["effects"])
    ]
    assert tally.then == summed(then)
    left = other_shop.rows("SELECT count(*) AS left FROM vouchers WHERE status = 'issued'")
    assert tally.vouchers_unused == left[0]["left"]
    kept = shop.rows("SELECT count(*) AS kept FROM purchases WHERE status <> 'returned'")[0]["kept"]
    assert tally.purchases == sum(week.purchases for week in tally.weeks.values()) == kept


def test_the_live_version_again_changes_nothing(shop: Shop) -> None:
    program_id, live = shop.publish(*LIVE)
    busy_month(shop, 5)
    tally = play(shop, shop.backtest(program_id, live, worths=(Worth("points", 1, 1),)))
    assert (tally.changed, tally.gaining, tally.losing, tally.same) == (0, 0, 0, 4)
    assert tally.now == tally.then
    assert (tally.alive_now, tally.touched > 0) == (tally.alive_then, True)
    assert (
        sum(shop.points(row["customer_id"])[0] for row in shop.rows("SELECT customer_id FROM customers"))
        == (tally.alive_now["points"])
    )


def test_a_period_begins_with_what_the_customer_had(shop: Shop) -> None:
    """Four stamps from before: the first coffee of the period fills the card."""
    program_id, live = shop.publish(*LIVE)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 4))
    shop.at = later(days=10)
    shop.sell(ana, line("COFFEE"))
    tally = play(shop, shop.backtest(program_id, live, since=later(days=5)))
    assert (tally.purchases, tally.now.vouchers, tally.changed) == (1, 1, 0)


def test_who_gains_and_who_loses(shop: Shop) -> None:
    program_id, _live = shop.publish(POINT_PER_RIYAL)
    ana, huda, salma = [shop.customer() for _number in range(3)]
    shop.sell(ana, line("COFFEE", 5))
    shop.sell(huda, line("TEA", 5))
    shop.sell(salma, line("BREAD", 1, 50))
    _program_id, draft = shop.draft(rule("earn", per=100, points=3, selector={"skus": ["COFFEE"]}))
    tally = play(shop, shop.backtest(program_id, draft, worths=(Worth("points", 100, 500),)))
    assert [(one.customer_id, one.then, one.now, one.difference) for one in tally.gainers] == [(ana, 250, 750, 500)]
    assert [(one.customer_id, one.then, one.now, one.difference) for one in tally.losers] == [(huda, 250, 0, -250)]
    assert (tally.gaining, tally.losing, tally.same) == (1, 1, 1)
    assert (tally.touched, tally.changed) == (1, 2)


def test_one_stores_purchases_are_counted_and_all_are_played(shop: Shop) -> None:
    program_id, live = shop.publish(*LIVE)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 4), store_id="jeddah-1")
    shop.sell(ana, line("COFFEE"))
    tally = play(shop, shop.backtest(program_id, live, store_id="riyadh-1"))
    assert (tally.purchases, tally.now.stamps, tally.now.vouchers) == (1, 1, 1)


def test_other_money_is_passed_over(shop: Shop) -> None:
    program_id, _live = shop.publish(POINT_PER_RIYAL)
    shop.sell(shop.customer())
    shop.sell(None)
    _program_id, draft = shop.draft(POINT_PER_RIYAL, currency="KWD")
    tally = play(shop, shop.backtest(program_id, draft))
    assert (tally.purchases, tally.skipped) == (0, 2)


def test_nothing_to_play_is_done_at_once(shop: Shop, other_shop: Shop) -> None:
    other_shop.publish(*LIVE)
    busy_month(other_shop, 1)
    program_id, live = shop.publish(*LIVE)
    assert play(shop, shop.backtest(program_id, live)) == Tally()


def test_it_goes_on_where_a_dead_process_left_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE_PURCHASES", 10)
    program_id, live = shop.publish(*LIVE)
    busy_month(shop, 2)
    whole = play(shop, shop.backtest(program_id, live))
    backtest_id = shop.backtest(program_id, live)
    assert [step(shop, backtest_id) for _number in range(3)] == [True, True, True]
    played = shop.rows(
        "SELECT number, xmin::text FROM backtest_slices WHERE backtest_id = :id AND result IS NOT NULL", id=backtest_id
    )
    assert len(played) == 2

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(playing, "play_each", die)
        with pytest.raises(KeyboardInterrupt):
            step(shop, backtest_id)
    assert play(shop, backtest_id) == whole
    kept = shop.rows("SELECT number, xmin::text FROM backtest_slices WHERE backtest_id = :id", id=backtest_id)
    assert [row for row in kept if row in played] == played


def test_several_play_it_together_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE_PURCHASES", 5)
    program_id, live = shop.publish(*LIVE)
    busy_month(shop, 3)
    alone = play(shop, shop.backtest(program_id, live))
    backtest_id = shop.backtest(program_id, live)
    with ThreadPoolExecutor(3) as processes:
        for _done in processes.map(
            lambda _number: play_backtest(shop.database, shop.tenant_id, backtest_id, lambda: False), range(3)
        ):
            pass
    assert play(shop, backtest_id) == alone


def test_one_that_fails_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    program_id, live = shop.publish(*LIVE)
    shop.sell(shop.customer())
    backtest_id = shop.backtest(program_id, live)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(playing, "play_each", fail)
    play_backtest(shop.database, shop.tenant_id, backtest_id, lambda: False)
    assert shop.rows("SELECT status FROM backtests") == [{"status": "failed"}]


def test_coupons_are_as_they_were_shown(shop: Shop) -> None:
    """A draft that gives more for the campaign finds its coupons again; one that was used up then stays used up."""
    eid = CouponCampaign(shop, "EID", uses_per_code=2, uses_per_customer=1)
    ana = shop.customer()
    shown = [eid.buy(who, "EID").purchase.discount for who in (ana, ana, shop.customer(), shop.customer())]
    assert shown == [200, 0, 200, 0]
    played = play(shop, shop.backtest(*shop.draft(eid.rule(percent_off=50))))
    assert (played.then.money, played.now.money) == (400, 1000)
