"""A play is drawn once, and stock, budget and limits are exact however many play at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from contracts.events.loyalty import InstantWinWon
from services.loyalty.domain.instant_picks import drawn_by
from services.loyalty.domain.instant_win_proof import faults_of
from services.loyalty.domain.refusals.customers import CustomerBlocked
from services.loyalty.domain.refusals.instant_wins import (
    InstantWinNotOpen,
    InstantWinUnknown,
    PlayExpired,
    PlayUnknown,
)
from services.loyalty.domain.refusals.programs import NoLiveProgram
from services.loyalty.queries.instant_wins import terms_of
from tests.services.loyalty.domain.instant_wins import BAG, NAME, POINTS
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later


def test_what_is_drawn_follows_from_the_secret_and_the_id(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(out_of=3)
    row = wheels.read(instant_win_id)
    for play in wheels.give(instant_win_id, ana, 12):
        played = wheels.play(instant_win_id, play)
        assert played.prize == drawn_by(row.secret, play, terms_of(row))
        assert played.outcome == ("nothing" if played.prize is None else "won")
    assert shop.breaches() == []


def test_points_and_a_voucher_are_given_at_once_and_told(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    wheels, ana = InstantWins(shop), shop.customer()
    prize = {**POINTS, "award": {"points": 50, "reward": FREE_COFFEE}}
    instant_win_id = wheels.create(prizes=[prize])
    (play,) = wheels.give(instant_win_id, ana)
    for _ in range(3):
        assert wheels.play(instant_win_id, play).outcome == "won"
    assert shop.balance(ana).available == 50
    (told,) = [event for event in shop.told() if isinstance(event, InstantWinWon)]
    assert (told.customer_id, told.play_id, told.balance) == (ana, play, 50)
    assert (told.instant_win_name, told.prize_name) == (NAME, POINTS["name"])
    assert [fact.kind for fact in told.facts] == ["accrue", "voucher"]
    assert len(shop.rows("SELECT * FROM vouchers WHERE source = :play", play=play)) == 1
    assert shop.breaches() == []


def test_two_at_once_draw_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(prizes=[POINTS])
    (play,) = wheels.give(instant_win_id, ana)
    with ThreadPoolExecutor(6) as tills:
        answers = list(tills.map(lambda _turn: wheels.play(instant_win_id, play), range(6)))
    assert {(answer.outcome, answer.turn, answer.played_at) for answer in answers} == {("won", 1, shop.at)}
    assert shop.balance(ana).available == 50


def test_the_stock_is_exact_when_two_hundred_play_at_once(shop: Shop) -> None:
    wheels = InstantWins(shop)
    instant_win_id = wheels.create(prizes=[{**BAG, "stock": 10}])
    plays = [play for _ in range(20) for play in wheels.give(instant_win_id, shop.customer(), 10)]
    with ThreadPoolExecutor(8) as tills:
        list(tills.map(lambda play: wheels.play(instant_win_id, play), plays))
    assert wheels.outcomes(instant_win_id) == Counter(won=10, out_of_stock=190)
    wheels.stop(instant_win_id)
    assert list(faults_of(wheels.proof(instant_win_id))) == []
    assert shop.breaches() == []


def test_the_budget_is_exact_when_many_play_at_once(shop: Shop) -> None:
    wheels = InstantWins(shop)
    prizes = [{**BAG, "worth": 100}, {**BAG, "worth": 30}]
    instant_win_id = wheels.create(out_of=2, budget=1000, prizes=prizes)
    plays = [play for _ in range(6) for play in wheels.give(instant_win_id, shop.customer(), 10)]
    with ThreadPoolExecutor(8) as tills:
        list(tills.map(lambda play: wheels.play(instant_win_id, play), plays))
    won = Counter(row["prize"] for row in shop.rows("SELECT prize FROM plays WHERE outcome = 'won'"))
    assert 1000 - 100 < won[0] * 100 + won[1] * 30 <= 1000
    wheels.stop(instant_win_id)
    assert list(faults_of(wheels.proof(instant_win_id))) == []


def test_a_customer_wins_as_often_as_they_may_and_the_next_day_again(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    wheels, ana, ben = InstantWins(shop), shop.customer(), shop.customer()
    instant_win_id = wheels.create(wins_per_customer={"at_most": 2, "per": "day"})
    plays = wheels.give(instant_win_id, ana, 8)
    with ThreadPoolExecutor(6) as tills:
        list(tills.map(lambda play: wheels.play(instant_win_id, play), plays[:6]))
    assert wheels.outcomes(instant_win_id) == Counter({"won": 2, "limit_reached": 4, None: 2})
    (bens,) = wheels.give(instant_win_id, ben)
    assert wheels.play(instant_win_id, bens).outcome == "won"
    # Midnight in Riyadh, twelve hours after its noon.
    assert wheels.play(instant_win_id, plays[6], at=later(hours=12, seconds=-1)).outcome == "limit_reached"
    assert wheels.play(instant_win_id, plays[7], at=later(hours=12)).outcome == "won"
    wheels.stop(instant_win_id)
    assert list(faults_of(wheels.proof(instant_win_id))) == []


def test_a_limit_for_ever(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(wins_per_customer={"at_most": 1})
    first, second = wheels.give(instant_win_id, ana, 2)
    assert wheels.play(instant_win_id, first).outcome == "won"
    assert wheels.play(instant_win_id, second, at=later(days=6)).outcome == "limit_reached"


def test_who_was_merged_plays_for_the_other_and_is_counted_with_them(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    wheels, ana, ben = InstantWins(shop), shop.customer(), shop.customer()
    instant_win_id = wheels.create(prizes=[POINTS], wins_per_customer={"at_most": 2})
    before, play = wheels.give(instant_win_id, ana, 2)
    wheels.play(instant_win_id, before)
    merge_id = shop.merge(ana, ben)
    assert wheels.play(instant_win_id, play).outcome == "won"
    assert shop.balance(ben).available == 100
    (bens,) = wheels.give(instant_win_id, ben)
    assert wheels.play(instant_win_id, bens).outcome == "limit_reached"
    shop.unmerge(merge_id)
    (another,) = wheels.give(instant_win_id, ben)
    assert wheels.play(instant_win_id, another).outcome == "won", "the other is counted for themselves again"
    assert shop.breaches() == []


def test_an_award_waits_for_a_program_and_nothing_is_drawn_until_then(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(prizes=[{**POINTS, "stock": 1}])
    (play,) = wheels.give(instant_win_id, ana)
    with pytest.raises(NoLiveProgram):
        wheels.play(instant_win_id, play)
    assert wheels.outcomes(instant_win_id) == Counter({None: 1})
    shop.publish(POINT_PER_RIYAL)
    assert wheels.play(instant_win_id, play).outcome == "won"


def test_refused(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(play_days=2)
    first, second = wheels.give(instant_win_id, ana, 2)
    with pytest.raises(PlayUnknown):
        wheels.play(instant_win_id, "ply_nobodys")
    with pytest.raises(InstantWinUnknown):
        InstantWins(other_shop).play(instant_win_id, first)
    wheels.play(instant_win_id, first)
    shop.customer(known=ana, version=2, status="blocked")
    with pytest.raises(CustomerBlocked):
        wheels.play(instant_win_id, second)
    assert wheels.play(instant_win_id, first).outcome == "won", "the same answer ever after"
    shop.customer(known=ana, version=3)
    with pytest.raises(PlayExpired):
        wheels.play(instant_win_id, second, at=later(days=2))
    with pytest.raises(InstantWinNotOpen):
        wheels.play(instant_win_id, second, at=later(days=7))
    assert wheels.play(instant_win_id, second, at=later(days=2) - timedelta(seconds=1)).outcome == "won"
