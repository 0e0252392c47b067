"""Digits as people type them."""

import unicodedata


def latin_digits(text: str) -> str:
    """The text with the decimal digits of every script (٣, ۳, 3) written 0 to 9."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
