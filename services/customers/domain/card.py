"""Codes on loyalty cards in one spelling."""

import re

from services.customers.domain.digits import latin_digits
from services.customers.domain.refusals import InvalidCard

GAPS = re.compile(r"[\s-]+")
CODE = re.compile(r"[A-Z0-9]{4,40}")


def normal_card(written: str) -> str:
    """The code in capital letters and Latin digits, without blanks and hyphens. Raises InvalidCard."""
    code = GAPS.sub("", latin_digits(written)).upper()
    if not CODE.fullmatch(code):
        raise InvalidCard
    return code
