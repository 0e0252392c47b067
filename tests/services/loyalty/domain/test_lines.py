from itertools import permutations
from typing import Any

import pytest

from services.loyalty.domain.lines import Lines
from tests.services.loyalty.domain.build import basket, line


def of(*lines: dict[str, Any]) -> Lines:
    return Lines(basket(*lines).lines)


def test_columns() -> None:
    lines = of(line("TEA", 3, 500, discount=100), line("POST", 1, 2000, kind="shipping"), line("TEA", 1, 450))
    assert (list(lines.quantities), lines.subtotals, lines.totals) == ([3, 1, 1], [1500, 2000, 450], [1400, 2000, 450])
    assert lines.by_sku == {"TEA": [0, 2], "POST": [1]}
    assert not lines.only_articles
    assert of(line("TEA")).only_articles


def test_places_of_categories() -> None:
    lines = of(line("TEA", categories=["hot", "drinks"]), line("BAG"), line("ICED", categories=["drinks", "drinks"]))
    assert lines.by_category == {"hot": [0], "drinks": [0, 2]}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([line("TEA"), line("BREAD"), line("CAKE")], id="of different articles"),
        pytest.param([line("TEA", 2), line("TEA", 1), line("BREAD")], id="of the same article"),
        pytest.param([line("TEA", name="b"), line("TEA", name="a"), line("TEA", price=5)], id="that differ in little"),
    ],
)
def test_ranks_go_by_what_lines_say(lines: list[dict[str, Any]]) -> None:
    first, *others = (
        [order[place] for place in sorted(found.places, key=found.ranks.__getitem__)]
        for order in permutations(lines)
        for found in [of(*order)]
    )
    assert all(other == first for other in others)
