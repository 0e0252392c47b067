"""Ratios keep both numbers and have no value without a basis."""

import pytest

from services.retention.domain.ratio import Ratio


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent", "decimal"),
    [
        pytest.param(5, 6, "83.33", "0.83", id="rounds down below the half"),
        pytest.param(1, 16, "6.25", "0.06", id="exact"),
        pytest.param(1, 800, "0.13", "0.00", id="half rounds up"),
        pytest.param(0, 4, "0.00", "0.00", id="nothing of something is zero"),
        pytest.param(7, 7, "100.00", "1.00", id="all of it"),
        pytest.param(15, 2, "750.00", "7.50", id="above one"),
        pytest.param(0, 0, None, None, id="without a basis there is no value"),
    ],
)
def test_ratio(numerator: int, denominator: int, percent: str | None, decimal: str | None) -> None:
    ratio = Ratio(numerator, denominator)
    assert (ratio.percent, ratio.decimal) == (percent, decimal)
