"""What a pool gathers: the units that die first, whoever has them, and of nobody more than they can spend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import CustomerId
from services.loyalty.domain.lot import Lot
from services.loyalty.domain.pooling import plan_gathering
from tests.services.loyalty.domain.lots import TODAY, lot

ANA, OMAR = CustomerId("ana"), CustomerId("omar")


@pytest.mark.parametrize(
    ("ana", "omar", "able", "needed", "shares"),
    [
        pytest.param([lot("a", 100)], [], (100, 0), 40, {ANA: 40}, id="from the one who has"),
        pytest.param(
            [lot("a", 100, "2026-09-01")],
            [lot("b", 30, "2026-07-01")],
            (100, 30),
            50,
            {OMAR: 30, ANA: 20},
            id="the soonest to die first",
        ),
        pytest.param(
            [lot("a", 10, "2026-07-01"), lot("c", 90)],
            [lot("b", 30, "2026-08-01")],
            (100, 30),
            60,
            {ANA: 30, OMAR: 30},
            id="back and forth",
        ),
        pytest.param([lot("a", 100)], [lot("b", 30)], (25, 30), 50, {ANA: 25, OMAR: 25}, id="some of it is held"),
        pytest.param([lot("a", 100, spendable="2026-07-01")], [lot("b", 30)], (0, 30), 30, {OMAR: 30}, id="pending"),
        pytest.param([lot("a", 100)], [lot("b", 30)], (100, 30), 0, {}, id="nothing is needed"),
    ],
)
def test_plan_gathering(
    ana: list[Lot], omar: list[Lot], able: tuple[int, int], needed: int, shares: dict[CustomerId, int]
) -> None:
    lots = {ANA: ana, OMAR: omar}
    assert plan_gathering(lots, {ANA: able[0], OMAR: able[1]}, needed, at=TODAY) == shares


@given(st.lists(st.integers(1, 50), max_size=4), st.lists(st.integers(1, 50), max_size=4), st.integers(0, 300))
def test_it_comes_to_what_is_needed_or_to_all_there_is(ana: list[int], omar: list[int], needed: int) -> None:
    lots = {
        ANA: [lot(f"a{n}", amount) for n, amount in enumerate(ana)],
        OMAR: [lot(f"b{n}", amount, "2026-09-01") for n, amount in enumerate(omar)],
    }
    shares = plan_gathering(lots, {ANA: sum(ana), OMAR: sum(omar)}, needed, at=TODAY)
    assert sum(shares.values()) == min(needed, sum(ana) + sum(omar))
    assert shares.get(ANA, 0) == max(0, min(needed - sum(omar), sum(ana)))
