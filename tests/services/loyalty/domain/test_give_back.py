"""Burned units come back to their own lots."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.give_back import LIFE_LEFT_MIN, Drawn, plan_give_back
from services.loyalty.domain.lot import Lot
from tests.services.loyalty.domain.lots import TODAY, lot


def burned(lots: list[Lot], amount: int) -> list[Drawn]:
    by_id = {each.id: each for each in lots}
    return [Drawn(by_id[draw.lot], draw.amount) for draw in plan_burn(lots, amount, at=TODAY)]


LOTS = [lot("soon", 50, "2026-08-01"), lot("later", 50, "2026-12-01"), lot("never", 50)]


@pytest.mark.parametrize(
    ("amount", "already", "back"),
    [
        pytest.param(120, 0, {"never": 20, "later": 50, "soon": 50}, id="all of it"),
        pytest.param(30, 0, {"never": 20, "later": 10}, id="the last to be burned first"),
        pytest.param(30, 30, {"later": 30}, id="after others came back"),
        pytest.param(0, 0, {}, id="nothing"),
    ],
)
def test_which_lots_get_them(amount: int, already: int, back: dict[str, int]) -> None:
    plan = plan_give_back(burned(LOTS, 120), amount, at=TODAY, already=already)
    assert {each.lot.id: each.amount for each in plan} == back
    assert not any(each.renewed for each in plan)


@pytest.mark.parametrize(
    ("left", "renewed"),
    [(timedelta(days=-1), True), (LIFE_LEFT_MIN - timedelta(seconds=1), True), (LIFE_LEFT_MIN, False)],
    ids=["dead", "dying", "alive"],
)
def test_they_live_for_a_week_at_least(left: timedelta, renewed: bool) -> None:
    (drawn,) = burned([lot("soon", 10, "2026-08-01")], 10)
    assert drawn.lot.expires_at is not None
    at = drawn.lot.expires_at - left
    (back,) = plan_give_back([drawn], 10, at=at)
    assert (back.renewed, back.expires_at) == (renewed, at + LIFE_LEFT_MIN if renewed else drawn.lot.expires_at)


amounts = st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["2026-08-01", "2026-12-01", None])), min_size=1)


@given(amounts, st.data())
def test_any_steps_back_end_where_a_smaller_burn_would_have(
    lots: list[tuple[int, str | None]], data: st.DataObject
) -> None:
    held = [lot(f"lot{number}", amount, expires) for number, (amount, expires) in enumerate(lots)]
    spent = data.draw(st.integers(1, sum(amount for amount, _ in lots)))
    drawn = burned(held, spent)
    left = {each.lot.id: each.amount for each in drawn}
    already = 0
    while already < spent and data.draw(st.booleans()):
        amount = data.draw(st.integers(1, spent - already))
        for each in plan_give_back(drawn, amount, at=TODAY, already=already):
            left[each.lot.id] -= each.amount
        already += amount
    kept = {each.lot.id: each.amount for each in burned(held, spent - already)} if already < spent else {}
    assert {name: amount for name, amount in left.items() if amount} == kept
