"""Plays that a purchase brings, and what becomes of them when it changes."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import orjson
import pytest
from sqlalchemy.orm import Session

from chassis.data.pipelines import Pipeline, pipeline
from contracts.events.loyalty import PlaysGiven, PurchaseRecorded, PurchaseReturned
from kernel.ids import CustomerId
from services.loyalty.domain.instant_win_proof import faults_of
from services.loyalty.domain.refusals.instant_wins import NothingToHandOver, PlayTakenBack
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.tables import open_instant_wins, standings
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.domain.instant_wins import BAG, POINTS
from tests.services.loyalty.instant_wins import PLAY_PER_TEN, PLAY_PER_VISIT, InstantWins
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later


def unspent(shop: Shop, customer_id: CustomerId) -> list[str]:
    """The customer's plays that were not taken back."""
    query = "SELECT id FROM plays WHERE customer_id = :id AND taken_back_at IS NULL ORDER BY id"
    return [row["id"] for row in shop.rows(query, id=customer_id)]


def luck(wheels: InstantWins, instant_win_id: str, plays: list[str]) -> dict[str | None, list[str]]:
    """Play these; answers which came to what."""
    came: dict[str | None, list[str]] = {"won": [], "nothing": []}
    for play in plays:
        came[wheels.play(instant_win_id, play).outcome].append(play)
    return came


def test_a_sale_brings_plays_and_says_so(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(play_days=2)
    shop.publish(PLAY_PER_TEN)
    sold = shop.sell(ana, line("TEA", 1, 3999)).purchase
    assert len(wheels.plays(ana)) == 3
    for row in shop.rows("SELECT * FROM plays"):
        assert (row["source"], row["reason"], row["valid_until"]) == (sold.id, None, later(days=2))
    (told,) = [event for event in shop.told() if isinstance(event, PurchaseRecorded)]
    assert told.facts == [PlaysGiven(instant_win="spring", instant_win_id=instant_win_id, plays=3)]
    assert wheels.play(instant_win_id, wheels.plays(ana)[0]).outcome == "won"
    assert shop.breaches() == []


def test_the_same_receipt_brings_them_once(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.create()
    shop.publish(PLAY_PER_VISIT)
    sale = shop.sale(ana)
    for _ in range(3):
        shop.record(sale)
    assert len(wheels.plays(ana)) == 1


def test_sales_of_one_batch_bring_each_its_own(shop: Shop) -> None:
    wheels, ana, ben = InstantWins(shop), shop.customer(), shop.customer()
    wheels.create()
    shop.publish(PLAY_PER_VISIT)
    shop.record(*[shop.sale(who) for who in (ana, ben, ana, None)])
    assert (len(wheels.plays(ana)), len(wheels.plays(ben))) == (2, 1)
    assert shop.breaches() == []


def test_a_quote_says_how_many_and_gives_none(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.create()
    shop.publish(PLAY_PER_TEN)
    basket = shop.sale(ana, line("TEA", 1, 3999)).basket
    with shop.database.transaction(shop.tenant_id) as db:
        evaluation, _program = quote_basket(db, shop.tenant_id, basket, at=shop.at)
    assert [effect.plays for effect in evaluation.effects if effect.kind == "give_plays"] == [3]
    assert wheels.plays(ana) == []


def test_a_name_that_is_used_again_means_the_newest(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    first = wheels.create()
    shop.publish(PLAY_PER_VISIT)
    wheels.stop(first)
    shop.sell(ana)
    assert wheels.plays(ana) == []
    second = wheels.create()
    shop.sell(ana)
    assert wheels.outcomes(second) == Counter({None: 1})


def test_a_walk_in_who_is_known_later_has_the_plays_then(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.create()
    shop.publish(PLAY_PER_VISIT)
    sold = shop.sell(None).purchase
    assert shop.rows("SELECT * FROM plays") == []
    shop.claim(sold.id, ana)
    assert len(wheels.plays(ana)) == 1
    assert shop.breaches() == []


def test_one_that_is_over_gives_none_to_a_sale_that_comes_late(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.create()
    shop.publish(PLAY_PER_VISIT)
    shop.at = later(days=7)
    sold = shop.sell(ana, occurred_at=later(days=6).isoformat()).purchase
    assert [miss["condition"] for miss in orjson.loads(sold.misses)] == ["instant_win_closed"]
    assert wheels.plays(ana) == []


def test_a_sale_asks_for_its_instant_wins_together_with_the_rest(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the program is known, no sale needs a round trip of its own for them; and without the rule none asks."""
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.create()
    shop.publish(PLAY_PER_VISIT)
    shop.sell(ana)
    asked: list[Session] = []

    @contextmanager
    def counted(db: Session) -> Iterator[Pipeline]:
        asked.append(db)
        with pipeline(db) as asking:
            yield asking

    monkeypatch.setattr(standings, "pipeline", counted)
    shop.sell(ana)
    assert (len(wheels.plays(ana)), asked) == (2, [])
    wheels.create(instant_win="autumn")
    shop.publish(rule("instant_win", instant_win="autumn"))
    shop.sell(ana)
    assert len(asked) == 1
    shop.publish(POINT_PER_RIYAL)
    shop.sell(ana)
    monkeypatch.setattr(open_instant_wins, "READ", "this would be asked")
    shop.sell(ana)
    assert len(asked) == 1


def test_what_costs_nobody_anything_goes_first(shop: Shop) -> None:
    """The page's table: three plays, of which one won, one won nothing, and one was not played."""
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(out_of=2, prizes=[POINTS])
    shop.publish(PLAY_PER_TEN)
    while True:
        sold = shop.sell(ana, line("TEA", 3, 1000)).purchase
        plays = [play for play in unspent(shop, ana) if play in wheels.from_source(sold.id)]
        came = luck(wheels, instant_win_id, plays[:2])
        if len(came["won"]) == 1:
            break
    won, nothing, unplayed = came["won"][0], came["nothing"][0], plays[2]
    before = shop.balance(ana).available
    for gone in (unplayed, nothing):
        shop.take_back(sold.id, {0: 1})
        assert gone not in unspent(shop, ana)
        assert (won in unspent(shop, ana), shop.balance(ana).available) == (True, before)
    shop.take_back(sold.id)
    assert won not in unspent(shop, ana)
    assert shop.balance(ana).available == before - 50
    with pytest.raises(PlayTakenBack):
        wheels.play(instant_win_id, unplayed)
    assert wheels.play(instant_win_id, won).outcome == "won", "the same answer ever after"
    wheels.stop(instant_win_id)
    assert list(faults_of(wheels.proof(instant_win_id))) == []
    assert shop.breaches() == []


def test_a_reopened_sale_has_the_same_plays_and_what_they_won(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(prizes=[POINTS])
    shop.publish(PLAY_PER_TEN)
    sold = shop.sell(ana, line("TEA", 3, 1000)).purchase
    plays = wheels.plays(ana)
    wheels.play(instant_win_id, plays[0])
    for _ in range(2):
        shop.void(sold.id)
        assert (unspent(shop, ana), shop.balance(ana).available) == ([], 0)
        shop.reopen(sold.id)
        assert (unspent(shop, ana), shop.balance(ana).available) == (plays, 50)
    assert wheels.plays(ana) == plays, "no play is drawn twice"
    assert wheels.play(instant_win_id, plays[1]).outcome == "won"
    assert shop.breaches() == []


def test_an_edit_gives_more_after_those_that_were_taken(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.create()
    shop.publish(PLAY_PER_TEN)
    sold = shop.sell(ana, line("TEA", 2, 1000)).purchase
    first = wheels.plays(ana)
    shop.edit(sold.id, line("TEA", 1, 1000))
    assert len(unspent(shop, ana)) == 1
    shop.edit(sold.id, line("TEA", 3, 1000))
    assert set(first) < set(unspent(shop, ana))
    assert len(wheels.plays(ana)) == 3
    (_one, last) = [event for event in shop.told() if isinstance(event, PurchaseReturned)]
    assert [fact.plays for fact in last.facts if isinstance(fact, PlaysGiven)] == [2]
    assert shop.breaches() == []


def test_points_that_were_spent_are_a_debt_and_a_voucher_is_revoked(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(prizes=[{**POINTS, "award": {"points": 50, "reward": FREE_COFFEE}}])
    shop.publish(PLAY_PER_VISIT)
    sold = shop.sell(ana).purchase
    wheels.play(instant_win_id, wheels.plays(ana)[0])
    shop.redeem(ana, shop.offer(30))
    shop.take_back(sold.id)
    assert shop.rows("SELECT balance, debt FROM wallets WHERE customer_id = :id", id=ana) == [
        {"balance": -30, "debt": 30}
    ]
    (voucher,) = shop.rows("SELECT status FROM vouchers WHERE source LIKE 'ply_%'")
    assert voucher["status"] == "revoked"
    (told,) = [event for event in shop.told() if isinstance(event, PurchaseReturned)]
    assert [fact.kind for fact in told.facts] == ["accrue", "plays"]
    assert shop.breaches() == []


def test_what_was_handed_over_stays_and_what_was_not_goes(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(prizes=[{**BAG, "stock": 5}])
    shop.publish(PLAY_PER_TEN)
    sold = shop.sell(ana, line("TEA", 2, 1000)).purchase
    kept, other = wheels.plays(ana)
    for play in (kept, other):
        wheels.play(instant_win_id, play)
    wheels.hand_over(instant_win_id, kept)
    shop.take_back(sold.id, {0: 1})
    assert unspent(shop, ana) == [kept], "what is still in the shop goes first"
    with pytest.raises(NothingToHandOver):
        wheels.hand_over(instant_win_id, other)
    shop.take_back(sold.id)
    assert wheels.hand_over(instant_win_id, kept).handed_over_at is not None
    wheels.stop(instant_win_id)
    assert list(faults_of(wheels.proof(instant_win_id))) == []
    assert shop.breaches() == []


def test_playing_and_bringing_back_at_once(shop: Shop) -> None:
    """Either it was played first and the prize is taken back, or it cannot be played any more."""
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(prizes=[POINTS])
    shop.publish(PLAY_PER_VISIT)
    for _ in range(5):
        sold = shop.sell(ana).purchase
        (play,) = wheels.from_source(sold.id)

        def act(turn: int, play: str = play, purchase_id: str = sold.id) -> bool:
            if turn:
                shop.take_back(purchase_id)
                return True
            try:
                wheels.play(instant_win_id, play)
            except PlayTakenBack:
                return False
            return True

        with ThreadPoolExecutor(2) as hands:
            list(hands.map(act, range(2)))
        assert (unspent(shop, ana), shop.balance(ana).available) == ([], 0)
    assert shop.breaches() == []


def test_a_prize_that_went_to_whom_they_were_merged_into_comes_back(shop: Shop) -> None:
    wheels, ana, ben = InstantWins(shop), shop.customer(), shop.customer()
    instant_win_id = wheels.create(prizes=[POINTS])
    shop.publish(PLAY_PER_VISIT)
    sold = shop.sell(ana).purchase
    (play,) = wheels.plays(ana)
    shop.merge(ana, ben)
    wheels.play(instant_win_id, play)
    assert shop.balance(ben).available == 50
    shop.take_back(sold.id)
    shop.follow()
    assert shop.balance(ben).available == 0
    assert shop.breaches() == []
