"""Codes that many may use, and the campaign they belong to. Source: docs/rules/coupons.md."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.loyalty.domain.basket import Code
from services.loyalty.domain.name import Name
from services.loyalty.domain.voucher_code import normalised
from services.loyalty.domain.written import Day

USES_MAX = 10**9
CODES_GIVEN_MAX = 100

CodeCase = Literal["ignored", "exact"]
OnReturn = Literal["given_back", "kept_used"]
Uses = Annotated[int, Field(strict=True, ge=1, le=USES_MAX)]
# Why a coupon that a basket shows cannot be used, whatever the basket.
Bar = Literal["stopped", "used_up", "used_by_customer", "reserved"]

# Digits of Arabic and Persian keyboards; and marks nobody sees: of the writing direction, and of a file's start.
READ_AS = str.maketrans(
    {
        **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
        **dict.fromkeys("\u061c\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"),
    }
)


class Campaign(BaseModel):
    """What holds for all codes of a campaign. Both days are days in the shop, and both are inside.

    A use is a sale in which a rule that asks for the campaign did something. Each code can be used `uses_per_code`
    times, by each customer the campaign's codes together `uses_per_customer` times, and in all `uses_in_total` times.
    `code_case` says whether letter case matters, `on_return` what becomes of a use when the sale comes back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    starts_on: Day | None = None
    ends_on: Day | None = None
    uses_per_code: Uses | None = None
    uses_per_customer: Uses | None = None
    uses_in_total: Uses | None = None
    code_case: CodeCase = "ignored"
    on_return: OnReturn = "given_back"

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on is before starts_on")
        return self


GivenCodes = Annotated[
    tuple[Annotated[Code, StringConstraints(strip_whitespace=True)], ...], Field(max_length=CODES_GIVEN_MAX)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponFacts:
    """A coupon whose code is among the basket's: `code` in its plain form, and as it was `written` for people.

    `barred` is why nobody can use it now; `per_customer` says that only a known customer can.
    """

    code: str
    written: str
    campaign: str
    starts_on: date | None = None
    ends_on: date | None = None
    per_customer: bool = False
    barred: Bar | None = None


class Reading(NamedTuple):
    """A shown code as campaigns of that letter case compare it."""

    code_case: CodeCase
    code: str


def plain(code: str, code_case: CodeCase) -> str:
    """The form in which a code is kept and compared.

    Where case is ignored, codes are read like a voucher's: small letters, gaps, and O for 0, I or L for 1. Exact codes
    are only freed of the spaces around them. Arabic and Persian digits are digits in both, and marks that nobody sees
    are nothing.
    """
    seen = code.translate(READ_AS).strip()
    return normalised(seen) if code_case == "ignored" else seen


def readings(codes: Iterable[str]) -> Iterator[Reading]:
    """All that a basket's codes may mean."""
    for code in codes:
        for code_case in ("ignored", "exact"):
            if form := plain(code, code_case):
                yield Reading(code_case, form)
