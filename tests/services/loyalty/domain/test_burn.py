from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.burn import plan_burn, spendable
from services.loyalty.domain.lot import Lot
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from tests.services.loyalty.domain.lots import TODAY, day, lot


@pytest.mark.parametrize(
    ("lots", "amount", "drawn"),
    [
        pytest.param([lot("a", 100)], 100, [("a", 100)], id="all of it"),
        pytest.param([lot("a", 100)], 1, [("a", 1)], id="some of it"),
        pytest.param(
            [lot("march", 100, "2027-03-01"), lot("feb", 50, "2027-02-01")],
            120,
            [("feb", 50), ("march", 70)],
            id="soonest to expire first",
        ),
        pytest.param(
            [lot("ever", 30), lot("feb", 30, "2027-02-01")], 40, [("feb", 30), ("ever", 10)], id="never-expiring last"
        ),
        pytest.param(
            [lot("new", 30, earned="2026-02-01"), lot("old", 30, earned="2026-01-01")],
            30,
            [("old", 30)],
            id="then the oldest",
        ),
        pytest.param([lot("b", 30), lot("a", 30)], 30, [("a", 30)], id="then by id"),
        pytest.param([lot("empty", 0, "2027-01-01"), lot("a", 5)], 5, [("a", 5)], id="nothing from an empty lot"),
        pytest.param([lot("dead", 50, "2026-06-01"), lot("a", 5)], 5, [("a", 5)], id="nothing from a dead lot"),
        pytest.param(
            [lot("soon", 50, "2026-07-01", spendable="2026-06-02"), lot("a", 5)], 5, [("a", 5)], id="nothing pending"
        ),
    ],
)
def test_plan_burn(lots: list[Lot], amount: int, drawn: list[tuple[str, int]]) -> None:
    assert [(draw.lot, draw.amount) for draw in plan_burn(lots, amount, at=TODAY)] == drawn


@pytest.mark.parametrize(
    ("lots", "held", "available"),
    [
        pytest.param([], 0, 0, id="an empty wallet"),
        pytest.param([lot("a", 100)], 0, 100, id="one lot"),
        pytest.param([lot("a", 100)], 30, 70, id="some is held"),
        pytest.param([lot("a", 100), lot("debt", -30)], 0, 70, id="a debt"),
        pytest.param([lot("a", 10), lot("debt", -30)], 0, 0, id="never below zero"),
        pytest.param([lot("a", 100, spendable="2026-06-02")], 0, 0, id="pending"),
    ],
)
def test_refuses_to_spend_more_than_there_is(lots: list[Lot], held: int, available: int) -> None:
    assert spendable(lots, at=TODAY, held=held) == available
    if available:
        assert sum(draw.amount for draw in plan_burn(lots, available, at=TODAY, held=held)) == available
    with pytest.raises(InsufficientPoints) as refused:
        plan_burn(lots, available + 1, at=TODAY, held=held)
    assert refused.value.params == {"needed": available + 1, "available": available}


MICROSECOND = timedelta(microseconds=1)


def test_a_lot_lives_from_the_moment_it_is_spendable_until_just_before_it_expires() -> None:
    one = lot("a", 10, "2026-07-01", spendable="2026-06-01")
    moments = [day("2026-06-01") - MICROSECOND, day("2026-06-01"), day("2026-07-01") - MICROSECOND, day("2026-07-01")]
    assert [spendable([one], at=moment) for moment in moments] == [0, 10, 10, 0]


lots = st.lists(
    st.builds(
        lot,
        st.uuids().map(str),
        st.integers(0, 100),
        st.sampled_from([None, "2026-05-31", "2026-06-02", "2027-01-01"]),
        earned=st.sampled_from(["2026-01-01", "2026-02-01"]),
    ),
    max_size=6,
)


@given(lots, st.integers(1, 600))
def test_draws_add_up_and_no_lot_gives_more_than_it_has(wallet: list[Lot], amount: int) -> None:
    try:
        draws = plan_burn(wallet, amount, at=TODAY)
    except InsufficientPoints:
        assert spendable(wallet, at=TODAY) < amount
        return
    left = {each.id: each for each in wallet}
    assert sum(draw.amount for draw in draws) == amount
    assert all(0 < draw.amount <= left[draw.lot].remaining and left[draw.lot].is_spendable(TODAY) for draw in draws)


@pytest.mark.parametrize(
    ("amount", "held", "taken"),
    [
        pytest.param(100, 0, 70, id="what there is"),
        pytest.param(70, 0, 70, id="enough"),
        pytest.param(100, 30, 40, id="what is held stays"),
    ],
)
def test_a_clamp_takes_what_there_is(amount: int, held: int, taken: int) -> None:
    draws = plan_burn([lot("a", 70)], amount, at=TODAY, held=held, clamp=True)
    assert sum(draw.amount for draw in draws) == taken


def test_a_clamp_refuses_when_there_is_nothing() -> None:
    with pytest.raises(InsufficientPoints) as refused:
        plan_burn([lot("a", 70)], 10, at=TODAY, held=70, clamp=True)
    assert refused.value.params == {"needed": 10, "available": 0}
