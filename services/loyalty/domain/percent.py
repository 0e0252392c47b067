"""Percentages: written as people write them, exact to two decimals."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from kernel.points import Rounding


def _as_number(percent: Decimal) -> int | float:
    return int(percent) if percent == int(percent) else float(percent)


def _a_number(value: Any) -> Any:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise ValueError("write it as a number")  # noqa: TRY004 - pydantic answers ValueErrors
    return value


Percent = Annotated[
    Decimal,
    Field(gt=0, le=100, decimal_places=2),
    BeforeValidator(_a_number),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 100, "multipleOf": 0.01}),
    PlainSerializer(_as_number, return_type=int | float, when_used="json"),
]

WHOLE = Decimal(100)
# Python takes longer to find a member of an enumeration than to divide.
DOWN, UP, HALF_UP = Rounding.DOWN, Rounding.UP, Rounding.HALF_UP


def percentage(amount: int, percent: Decimal, rounding: Rounding) -> int:
    """That part of the amount, in the same units. Never more than the amount, which is not below zero."""
    return quotient(amount * int(percent * 100), 10_000, rounding)


def quotient(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A division of whole numbers that are not below zero, rounded as named."""
    whole, rest = divmod(numerator, denominator)
    if rest == 0 or rounding is DOWN:
        return whole
    if rounding is UP:
        return whole + 1
    if 2 * rest == denominator:
        return whole + (rounding is HALF_UP or whole % 2)
    return whole + (2 * rest > denominator)
