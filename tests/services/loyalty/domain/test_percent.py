from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from kernel.points import Rounding
from services.loyalty.domain.percent import Percent, percentage, quotient

PERCENT: TypeAdapter[Decimal] = TypeAdapter(Percent)


@pytest.mark.parametrize(
    ("numerator", "down", "half_up", "half_even", "up"),
    [
        pytest.param(0, 0, 0, 0, 0, id="nothing"),
        pytest.param(1, 0, 0, 0, 1, id="below half"),
        pytest.param(5, 0, 1, 0, 1, id="half of an even"),
        pytest.param(6, 0, 1, 1, 1, id="above half"),
        pytest.param(10, 1, 1, 1, 1, id="whole"),
        pytest.param(15, 1, 2, 2, 2, id="half of an odd"),
    ],
)
def test_quotient_by_ten(numerator: int, down: int, half_up: int, half_even: int, up: int) -> None:
    modes = (Rounding.DOWN, Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.UP)
    assert [quotient(numerator, 10, mode) for mode in modes] == [down, half_up, half_even, up]


@pytest.mark.parametrize(
    ("amount", "percent", "part"),
    [
        pytest.param(1000, "10", 100, id="whole"),
        pytest.param(999, "12.5", 125, id="half up: 124.875"),
        pytest.param(1, "50", 1, id="half up: 0.5"),
        pytest.param(3, "33.33", 1, id="two decimals"),
        pytest.param(999, "100", 999, id="all of it"),
        pytest.param(0, "10", 0, id="of nothing"),
    ],
)
def test_percentage(amount: int, percent: str, part: int) -> None:
    assert percentage(amount, Decimal(percent), Rounding.HALF_UP) == part


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("10", b"10", id="whole"),
        pytest.param("12.5", b"12.5", id="half"),
        pytest.param("100", b"100", id="all"),
    ],
)
def test_percent_reads_and_writes_exactly(written: str, read: bytes) -> None:
    percent = PERCENT.validate_json(written)
    assert percent == Decimal(written)
    assert PERCENT.dump_json(percent) == read


@pytest.mark.parametrize("written", ["0", "-1", "100.01", "12.345", '"10"', "true"])
def test_percent_refuses(written: str) -> None:
    with pytest.raises(ValidationError):
        PERCENT.validate_json(written)
