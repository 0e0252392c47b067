"""Stages: both sides of every edge."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.retention.domain.rhythm import Rhythm
from services.retention.domain.stage import Basis, Stage, Yardstick, standing_of

LAST = date(2026, 6, 1)


def rhythm(
    visits: int, gap: str | None = None, *, gap_last: int | None = None, gap_before: str | None = None
) -> Rhythm:
    return Rhythm(
        visits,
        LAST - timedelta(days=300),
        LAST,
        None if gap is None else Decimal(gap),
        gap_last,
        None if gap_before is None else Decimal(gap_before),
    )


WEEKLY = rhythm(20, "7", gap_last=7, gap_before="7")
ONCE = rhythm(1)
TWICE = rhythm(2, gap_last=40)


@pytest.mark.parametrize(
    ("known", "tenant_gap", "days", "stage", "basis"),
    [
        pytest.param(None, "7", 0, Stage.PROSPECT, None, id="never came"),
        pytest.param(WEEKLY, None, 0, Stage.ACTIVE, Basis.OWN, id="came today"),
        pytest.param(WEEKLY, None, 21, Stage.ACTIVE, Basis.OWN, id="three gaps are not late yet"),
        pytest.param(WEEKLY, None, 22, Stage.SLIPPING, Basis.OWN, id="more than three are"),
        pytest.param(WEEKLY, None, 42, Stage.SLIPPING, Basis.OWN, id="six gaps are slipping still"),
        pytest.param(WEEKLY, None, 43, Stage.LAPSED, Basis.OWN, id="more than six are lapsed"),
        pytest.param(rhythm(3, "2.5"), None, 7, Stage.ACTIVE, Basis.OWN, id="half days: 7 is within 7.5"),
        pytest.param(rhythm(3, "2.5"), None, 8, Stage.SLIPPING, Basis.OWN, id="half days: 8 is beyond"),
        pytest.param(WEEKLY, "100", 43, Stage.LAPSED, Basis.OWN, id="one's own rhythm beats the tenant's"),
        pytest.param(ONCE, "10", 30, Stage.NEW, Basis.TENANT, id="new by the tenant's gap"),
        pytest.param(ONCE, "10", 31, Stage.SLIPPING, Basis.TENANT, id="slipping by the tenant's gap"),
        pytest.param(ONCE, "10", 61, Stage.LAPSED, Basis.TENANT, id="lapsed by the tenant's gap"),
        pytest.param(ONCE, None, 90, Stage.NEW, Basis.DEFAULT, id="new by thirty days"),
        pytest.param(ONCE, None, 91, Stage.SLIPPING, Basis.DEFAULT, id="slipping by thirty days"),
        pytest.param(TWICE, "10", 1, Stage.NEW, Basis.TENANT, id="two visits are new"),
        pytest.param(TWICE, "6", 1, Stage.WON_BACK, Basis.TENANT, id="unless a long silence lay between"),
        pytest.param(rhythm(9, "7", gap_last=42, gap_before="7"), None, 1, Stage.ACTIVE, Basis.OWN, id="only late"),
        pytest.param(rhythm(9, "7", gap_last=43, gap_before="7"), None, 1, Stage.WON_BACK, Basis.OWN, id="won back"),
        pytest.param(
            rhythm(9, "7", gap_last=43, gap_before="7"), None, 22, Stage.SLIPPING, Basis.OWN, id="and slipping again"
        ),
    ],
)
def test_stage(known: Rhythm | None, tenant_gap: str | None, days: int, stage: Stage, basis: Basis | None) -> None:
    gap = None if tenant_gap is None else Decimal(tenant_gap)
    standing = standing_of(known, gap, on=LAST + timedelta(days=days))
    assert standing.stage is stage
    assert (standing.yardstick and standing.yardstick.basis) is basis


def test_lateness_is_counted_in_gaps() -> None:
    standing = standing_of(rhythm(3, "7.5"), None, on=LAST + timedelta(days=16))
    assert standing.yardstick == Yardstick(Decimal("7.5"), Basis.OWN)
    assert standing.lateness.decimal == "2.13"


def test_a_prospect_has_no_lateness_rather_than_none_at_all() -> None:
    assert standing_of(None, Decimal(7), on=LAST).lateness.decimal is None


def test_a_till_ahead_of_the_clock_is_no_silence() -> None:
    assert standing_of(WEEKLY, None, on=LAST - timedelta(days=1)).days_since == 0
