"""Codes made for a campaign."""

from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.coupon import plain
from services.loyalty.domain.coupon_code import coupon_code
from services.loyalty.domain.voucher_code import CHECK_SYMBOLS, DIGITS

NUMBERS = st.integers(min_value=10, max_value=24).flatmap(
    lambda length: st.tuples(st.integers(min_value=0, max_value=32**length - 1), st.just(length))
)


def test_it_is_a_prefix_the_characters_and_a_check_symbol() -> None:
    assert coupon_code("EID-", 0, 10) == "EID-00000000000"
    assert coupon_code("", 32**10 - 1, 10) == "ZZZZZZZZZZ" + CHECK_SYMBOLS[(32**10 - 1) % 37]


@given(NUMBERS, NUMBERS)
def test_different_numbers_are_different_codes(one: tuple[int, int], other: tuple[int, int]) -> None:
    codes = {coupon_code("EID-", *each) for each in (one, other)}
    assert len({plain(code, "ignored") for code in codes}) == len({one, other})


@given(NUMBERS)
def test_it_is_read_however_it_is_typed(number: tuple[int, int]) -> None:
    code = coupon_code("Eid-", *number)
    assert set(code[4:-1]) <= set(DIGITS)
    assert plain(f" {code[:6].lower()} {code[6:]}", "ignored") == plain(code, "ignored")
