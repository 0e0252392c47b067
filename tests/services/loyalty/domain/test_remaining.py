import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.refusals.purchases import ReturnTooLarge
from services.loyalty.domain.remaining import remaining_basket
from tests.services.loyalty.domain.build import basket, line

SOLD = basket(line("A", 3, 1000, discount=100, tax=50), line("B", 1, 500))


@pytest.mark.parametrize(
    ("returned", "kept"),
    [
        pytest.param({}, [(3, 100, 50), (1, 0, 0)], id="nothing"),
        pytest.param({0: 1}, [(2, 66, 33), (1, 0, 0)], id="one of three: its share goes with it"),
        pytest.param({0: 2}, [(1, 33, 16), (1, 0, 0)], id="two of three"),
        pytest.param({0: 3}, [(0, 0, 0), (1, 0, 0)], id="a whole line stays in its place"),
        pytest.param({0: 3, 1: 1}, [(0, 0, 0), (0, 0, 0)], id="everything"),
    ],
)
def test_remaining_basket(returned: dict[int, int], kept: list[tuple[int, int, int]]) -> None:
    remaining = remaining_basket(SOLD, returned)
    assert [(each.quantity, each.discount, each.tax) for each in remaining.lines] == kept
    assert remaining.external_id == SOLD.external_id


@pytest.mark.parametrize(
    ("returned", "params"),
    [
        pytest.param({0: 4}, {"line": 0, "left": 3, "returned": 4}, id="more than bought"),
        pytest.param({1: -1}, {"line": 1, "left": 1, "returned": -1}, id="less than nothing"),
        pytest.param({2: 1}, {"line": 2, "left": 0, "returned": 1}, id="no such line"),
        pytest.param({-1: 1}, {"line": -1, "left": 0, "returned": 1}, id="not counted from the end"),
    ],
)
def test_refuses(returned: dict[int, int], params: dict[str, int]) -> None:
    with pytest.raises(ReturnTooLarge) as refused:
        remaining_basket(SOLD, returned)
    assert refused.value.params == params


@given(st.integers(1, 50), st.integers(0, 1000), st.data())
def test_a_line_never_costs_more_for_fewer_units(quantity: int, price: int, data: st.DataObject) -> None:
    discount = data.draw(st.integers(0, quantity * price))
    sold = basket(line(quantity=quantity, price=price, discount=discount))
    totals = [remaining_basket(sold, {0: returned}).lines[0].total for returned in range(quantity + 1)]
    assert totals == sorted(totals, reverse=True)
    assert totals[-1] == 0
