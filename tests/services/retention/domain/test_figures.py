"""The formulas, on numbers worked out by hand."""

import pytest

from services.retention.domain import figures
from services.retention.domain.figures import Counts
from services.retention.domain.ratio import Ratio

# Ten customers at the start; seven came again, three are new and one came back from long ago.
MONTH = Counts(at_start=10, kept=7, first_time=3, returned=1, repeating=5, gaps=8, gap_days=60)
NOBODY = Counts(at_start=0, kept=0, first_time=0, returned=0, repeating=0, gaps=0, gap_days=0)
FIRST_MONTH = Counts(at_start=0, kept=0, first_time=4, returned=0, repeating=0, gaps=0, gap_days=0)


@pytest.mark.parametrize(
    ("formula", "month", "nobody", "first_month"),
    [
        pytest.param(figures.customers_active, 11, 0, 4, id="E"),
        pytest.param(figures.customers_new, 4, 0, 4, id="N"),
        pytest.param(figures.retention_rate, Ratio(7, 10), Ratio(0, 0), Ratio(0, 0), id="(E - N) / S"),
        pytest.param(figures.churn_rate, Ratio(3, 10), Ratio(0, 0), Ratio(0, 0), id="1 - (E - N) / S"),
        pytest.param(figures.repeat_rate, Ratio(5, 11), Ratio(0, 0), Ratio(0, 4), id="repeat rate"),
        pytest.param(figures.gap_average, Ratio(60, 8), Ratio(0, 0), Ratio(0, 0), id="average gap"),
    ],
)
def test_figure(formula, month: object, nobody: object, first_month: object) -> None:  # type: ignore[no-untyped-def]
    assert [formula(counts) for counts in (MONTH, NOBODY, FIRST_MONTH)] == [month, nobody, first_month]
