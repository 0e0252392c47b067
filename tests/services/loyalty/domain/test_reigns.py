"""Which version decided at a moment. Source: docs/rules/programs.md."""

from datetime import timedelta

import pytest

from services.loyalty.domain.reigns import Reign, reign_at
from tests.services.loyalty.domain.build import NOON

ONE = Reign("prg_1", 1, NOON, NOON + timedelta(days=10))
TWO = Reign("prg_1", 2, NOON + timedelta(days=10), NOON + timedelta(days=20))
OTHER = Reign("prg_2", 1, NOON + timedelta(days=30))


@pytest.mark.parametrize(
    ("reigns", "days", "decides"),
    [
        pytest.param([ONE, TWO], 0, ONE, id="from its first moment"),
        pytest.param([ONE, TWO], 9.9, ONE, id="late, the version of then"),
        pytest.param([TWO, ONE], 10, TWO, id="the change itself, in any order"),
        pytest.param([ONE, TWO, OTHER], 25, None, id="between two programs"),
        pytest.param([ONE, TWO, OTHER], 31, OTHER, id="the live one"),
        pytest.param([ONE, TWO, OTHER], -5, OTHER, id="before the first of all, the live one"),
        pytest.param([ONE, TWO], -5, None, id="before the first, and none is live"),
        pytest.param([], 0, None, id="no program"),
    ],
)
def test_the_version_of_a_moment(reigns: list[Reign], days: float, decides: Reign | None) -> None:
    assert reign_at(reigns, NOON + timedelta(days=days)) == decides
