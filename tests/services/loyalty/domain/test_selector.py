from typing import Any

import pytest

from services.loyalty.domain.lines import Lines
from services.loyalty.domain.selector import Selector
from tests.services.loyalty.domain.build import basket, line

LINES = Lines(
    basket(
        line("COFFEE", categories=["drinks", "hot"]),
        line("WATER", categories=["drinks"]),
        line("BREAD", categories=["food"]),
        line("BAG", categories=["twice", "twice"]),
    ).lines
)


@pytest.mark.parametrize(
    ("selector", "places"),
    [
        pytest.param({}, [0, 1, 2, 3], id="everything"),
        pytest.param({"skus": ["BREAD"]}, [2], id="by sku"),
        pytest.param({"categories": ["drinks"]}, [0, 1], id="by category"),
        pytest.param({"categories": ["drinks", "hot"]}, [0, 1], id="in two of the categories, once"),
        pytest.param({"skus": ["BAG"], "categories": ["hot"]}, [0, 3], id="by either"),
        pytest.param({"except_categories": ["drinks"]}, [2, 3], id="all but a category"),
        pytest.param({"except_skus": ["BAG", "BREAD"]}, [0, 1], id="all but some skus"),
        pytest.param({"categories": ["drinks"], "except_skus": ["WATER"]}, [0], id="a category but one sku"),
        pytest.param({"skus": ["COFFEE"], "except_categories": ["hot"]}, [], id="the exception wins"),
        pytest.param({"skus": ["coffee"]}, [], id="letter case matters"),
        pytest.param({"categories": ["hot", "food"]}, [0, 2], id="in the order of the lines"),
        pytest.param({"skus": ["BREAD", "BAG", "TEA"]}, [2, 3], id="by some skus"),
        pytest.param({"categories": ["twice"]}, [3], id="in a category that the line names twice"),
    ],
)
def test_select(selector: dict[str, Any], places: list[int]) -> None:
    assert list(Selector.model_validate(selector).select(LINES)) == places


def test_reads_the_same_however_it_was_written() -> None:
    one = Selector.model_validate({"skus": ["B", "A", "C", "A"]})
    assert one.model_dump(mode="json")["skus"] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("kinds", "places"),
    [
        pytest.param({}, [0], id="articles alone"),
        pytest.param({"kinds": ["shipping"]}, [1], id="delivery"),
        pytest.param({"kinds": ["article", "shipping"]}, [0, 1], id="articles and delivery"),
        pytest.param({"kinds": ["gift_card"], "except_skus": ["CARD"]}, [], id="no gift cards but this one"),
    ],
)
def test_kinds_of_lines(kinds: dict[str, Any], places: list[int]) -> None:
    lines = basket(line("BREAD"), line("POST", kind="shipping"), line("CARD", kind="gift_card")).lines
    assert list(Selector.model_validate(kinds).select(Lines(lines))) == places
    assert list(Selector.model_validate(kinds).select(Lines(lines[:1]))) == [p for p in places if p == 0]


@pytest.mark.parametrize(
    ("selector", "everything"),
    [
        pytest.param({}, True, id="all articles"),
        pytest.param({"kinds": ["article", "shipping"]}, True, id="and more"),
        pytest.param({"kinds": ["shipping"]}, False, id="delivery alone"),
        pytest.param({"except_skus": ["BAG"]}, False, id="all but one"),
    ],
)
def test_is_everything(selector: dict[str, Any], everything: bool) -> None:
    assert Selector.model_validate(selector).is_everything is everything
