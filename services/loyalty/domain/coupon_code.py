"""Codes made for a campaign: they cannot be guessed and are hard to mistype. Source: docs/rules/coupons.md."""

from services.loyalty.domain.voucher_code import DIGITS, check_symbol

BITS_OF_A_CHARACTER = 5
LENGTH_MIN, LENGTH_DEFAULT, LENGTH_MAX = 10, 12, 24
NUMBER_MAX = 100_000


def coupon_code(prefix: str, number: int, length: int) -> str:
    """The prefix, `length` characters for a random number of five bits for each, and a check symbol for them."""
    shifts = range(BITS_OF_A_CHARACTER * (length - 1), -1, -BITS_OF_A_CHARACTER)
    return prefix + "".join([DIGITS[number >> shift & 31] for shift in shifts]) + check_symbol(number)
