import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.clawback import Policy, absorb_debt, plan_clawback
from services.loyalty.domain.lot import Lot, LotId
from tests.services.loyalty.domain.lots import TODAY, lot


@pytest.mark.parametrize(
    ("lots", "amount", "lapsed", "drawn", "debt"),
    [
        pytest.param([lot("own", 100)], 40, 0, [("own", 40)], 0, id="from what the purchase made"),
        pytest.param(
            [lot("own", 100), lot("new", 50, earned="2026-05-01")],
            120,
            0,
            [("own", 100), ("new", 20)],
            0,
            id="then from the newest",
        ),
        pytest.param(
            [lot("own", 0), lot("old", 50, earned="2026-01-01"), lot("new", 50, earned="2026-05-01")],
            60,
            0,
            [("new", 50), ("old", 10)],
            0,
            id="newest before oldest",
        ),
        pytest.param([lot("own", 30)], 100, 0, [("own", 30)], 70, id="the rest is a debt"),
        pytest.param([], 100, 0, [], 100, id="all of it was spent"),
        pytest.param([lot("own", 100, spendable="2026-07-01")], 100, 0, [("own", 100)], 0, id="pending units too"),
        pytest.param(
            [lot("own", 100, "2026-05-01")], 100, 0, [("own", 100)], 0, id="its own units died, not yet swept"
        ),
        pytest.param([lot("own", 0, "2026-05-01")], 100, 100, [], 0, id="its own units died and were swept"),
        pytest.param(
            [lot("own", 0, "2026-05-01"), lot("x", 90)], 100, 40, [("x", 60)], 0, id="some were spent, some swept"
        ),
        pytest.param([lot("dead", 50, "2026-05-01"), lot("x", 5)], 20, 0, [("x", 5)], 15, id="the dead of others stay"),
        pytest.param([lot("own", 10), lot("debt", -5)], 20, 0, [("own", 10)], 10, id="an older debt pays nothing"),
        pytest.param([lot("own", 10)], 0, 0, [], 0, id="nothing to take"),
    ],
)
def test_plan_clawback(lots: list[Lot], amount: int, lapsed: int, drawn: list[tuple[str, int]], debt: int) -> None:
    clawback = plan_clawback(lots, amount, made={LotId("own")}, at=TODAY, lapsed=lapsed)
    assert [(draw.lot, draw.amount) for draw in clawback.draws] == drawn
    assert clawback.debt == debt


@pytest.mark.parametrize(
    ("policy", "lots", "amount", "drawn", "waived"),
    [
        pytest.param("clamp", [lot("own", 30)], 100, [("own", 30)], 70, id="stops at zero"),
        pytest.param("clamp", [lot("own", 30), lot("x", 50)], 70, [("own", 30), ("x", 40)], 0, id="others pay"),
        pytest.param("clamp", [lot("own", 30), lot("debt", -5)], 40, [("own", 30)], 10, id="no more debt"),
        pytest.param("pending_only", [lot("own", 100, spendable="2026-07-01")], 40, [("own", 40)], 0, id="pending"),
        pytest.param("pending_only", [lot("own", 100)], 40, [], 40, id="spendable units stay"),
        pytest.param("pending_only", [lot("x", 100, spendable="2026-07-01")], 40, [], 40, id="so do others' pending"),
    ],
)
def test_policies(policy: Policy, lots: list[Lot], amount: int, drawn: list[tuple[str, int]], waived: int) -> None:
    clawback = plan_clawback(lots, amount, made={LotId("own")}, at=TODAY, policy=policy)
    assert [(draw.lot, draw.amount) for draw in clawback.draws] == drawn
    assert (clawback.debt, clawback.waived) == (0, waived)


@given(st.lists(st.integers(0, 50), max_size=5), st.integers(0, 300))
def test_what_is_taken_and_what_is_owed_add_up(amounts: list[int], amount: int) -> None:
    lots = [lot(f"lot-{number}", remaining) for number, remaining in enumerate(amounts)]
    clawback = plan_clawback(lots, amount, made={LotId("lot-0")}, at=TODAY)
    assert sum(draw.amount for draw in clawback.draws) + clawback.debt == amount
    assert clawback.debt == max(0, amount - sum(amounts))


@pytest.mark.parametrize(
    ("earned", "debt", "paid", "kept"), [(100, 0, 0, 100), (100, 30, 30, 70), (100, 100, 100, 0), (30, 100, 30, 0)]
)
def test_absorb_debt(earned: int, debt: int, paid: int, kept: int) -> None:
    assert absorb_debt(earned, debt) == (paid, kept)
