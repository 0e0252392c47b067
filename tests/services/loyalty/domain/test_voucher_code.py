import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.voucher_code import (
    CHECK_SYMBOLS,
    DIGITS,
    LENGTH,
    displayed,
    is_voucher_code,
    normalised,
    voucher_code,
)

RANDOM = st.binary(min_size=10, max_size=10)


@pytest.mark.parametrize(
    ("random_bytes", "code"),
    [
        pytest.param(bytes(10), "00000000000000000", id="zero"),
        pytest.param(bytes(9) + b"\x01", "00000000000000011", id="one"),
        pytest.param(bytes(9) + b"\x24", "0000000000000014U", id="36: the last check symbol"),
        pytest.param(bytes(9) + b"\x25", "00000000000000150", id="37: round again"),
        pytest.param(b"\xff" * 10, "ZZZZZZZZZZZZZZZZ" + CHECK_SYMBOLS[(2**80 - 1) % 37], id="all ones"),
    ],
)
def test_code(random_bytes: bytes, code: str) -> None:
    assert voucher_code(random_bytes) == code


def test_is_shown_in_groups_of_four() -> None:
    assert displayed("0123456789ABCDEFG") == "0123-4567-89AB-CDEF-G"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("0000-0000-0000-0001-1", id="as shown"),
        pytest.param("oooo oooo oooo oool i", id="letters for digits, small, spaces"),
        pytest.param("OOOO-OOOO-OOOO-OOOI-L", id="letters for digits"),
        pytest.param("٠٠٠٠-٠٠٠٠-٠٠٠٠-٠٠٠١-١", id="Arabic digits"),
        pytest.param("۰۰۰۰۰۰۰۰۰۰۰۰۰۰۰۱۱", id="Persian digits"),
        pytest.param("\u20660000–0000–0000–0001–1\u2069", id="dashes and direction marks"),
    ],
)
def test_reads_what_people_type(typed: str) -> None:
    assert normalised(typed) == "00000000000000011"
    assert is_voucher_code(typed)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("0000000000000001", id="no check symbol"),
        pytest.param("000000000000000111", id="too long"),
        pytest.param("00000000000000012", id="wrong check symbol"),
        pytest.param("0000000000000U011", id="no digit"),
        pytest.param("WELCOME10", id="a coupon"),
        pytest.param("قهوة", id="a word"),
    ],
)
def test_knows_what_is_none(typed: str) -> None:
    assert not is_voucher_code(typed)


@given(RANDOM)
def test_every_code_is_recognised_however_it_is_shown(random_bytes: bytes) -> None:
    code = voucher_code(random_bytes)
    assert len(code) == LENGTH
    assert is_voucher_code(code)
    assert is_voucher_code(displayed(code).lower())


@given(RANDOM, st.integers(0, LENGTH - 2), st.sampled_from(DIGITS))
def test_one_mistyped_character_is_always_found(random_bytes: bytes, place: int, typed: str) -> None:
    code = voucher_code(random_bytes)
    assert is_voucher_code(code[:place] + typed + code[place + 1 :]) == (typed == code[place])


@given(RANDOM, st.integers(0, LENGTH - 3))
def test_two_neighbours_swapped_are_always_found(random_bytes: bytes, place: int) -> None:
    code = voucher_code(random_bytes)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_voucher_code(swapped) == (swapped == code)
