import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import EXPONENTS, Money, exponent, shared, shared_in_turn


@pytest.mark.parametrize(
    ("currency", "decimals"), [("SAR", 2), ("KWD", 3), ("BHD", 3), ("OMR", 3), ("JOD", 3), ("TND", 3), ("JPY", 0)]
)
def test_exponent(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


def test_exponents_are_those_of_the_unicode_tables() -> None:
    # CLDR counts the dinar of Iraq by the coins in use, ISO 4217 by its thousandths.
    fractions = get_global("currency_fractions")
    differing = {code for code in EXPONENTS if fractions.get(code, fractions["DEFAULT"])[0] != exponent(code)}
    assert differing == {"IQD"}


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1250, "SAR"), "12.50 SAR"),
        (Money(1250, "KWD"), "1.250 KWD"),
        (Money(1250, "JPY"), "1250 JPY"),
        (Money(-5, "SAR"), "-0.05 SAR"),
        (Money(0, "KWD"), "0.000 KWD"),
    ],
)
def test_money_as_people_write_it(money: Money, text: str) -> None:
    assert str(money) == text


@pytest.mark.parametrize(
    ("amount", "weights", "pieces"),
    [
        pytest.param(100, [1, 1, 1], [34, 33, 33], id="the odd cent goes to the first of equals"),
        pytest.param(100, [1, 2], [33, 67], id="to the largest remainder"),
        pytest.param(5, [3, 3, 4], [2, 1, 2], id="two odd cents"),
        pytest.param(100, [0, 5, 0], [0, 100, 0], id="no weight, no piece"),
        pytest.param(7, [0, 0], [7, 0], id="no weights at all"),
        pytest.param(7, [], [], id="nobody to share with"),
        pytest.param(0, [1, 2], [0, 0], id="nothing to share"),
    ],
)
def test_shared(amount: int, weights: list[int], pieces: list[int]) -> None:
    assert shared(amount, weights) == pieces


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(lambda all_: sum(all_) > 0),
)
def test_pieces_add_up_and_each_is_within_one_of_its_due(amount: int, weights: list[int]) -> None:
    pieces = shared(amount, weights)
    total = sum(weights)
    assert sum(pieces) == amount
    assert all(abs(piece * total - amount * weight) < total for piece, weight in zip(pieces, weights, strict=True))


@pytest.mark.parametrize(
    ("amount", "weights", "pieces"),
    [
        pytest.param(10, [33, 33, 34], [4, 3, 3], id="the odd one to the first"),
        pytest.param(9, [1, 5, 5], [1, 4, 4], id="no more than there is"),
        pytest.param(100, [1, 50, 50], [1, 50, 49], id="then to the next"),
        pytest.param(0, [0, 0], [0, 0], id="nothing"),
    ],
)
def test_shared_in_turn(amount: int, weights: list[int], pieces: list[int]) -> None:
    assert shared_in_turn(amount, weights) == pieces


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20), st.data())
def test_pieces_in_turn_add_up_and_none_is_more_than_its_weight(weights: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(weights)))
    pieces = shared_in_turn(amount, weights)
    assert sum(pieces) == amount
    assert all(0 <= piece <= weight for piece, weight in zip(pieces, weights, strict=True))
