"""How text, days, hours and moments are written in documents."""

from datetime import date, datetime, time
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"

YEAR_MIN, YEAR_MAX = 1970, 9998
When = TypeVar("When", date, datetime)

Words = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=ONE_LINE)]


# A group of customers that the tenant makes.
SegmentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
# What a wallet counts.
UnitName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]


def _written(value: Any) -> Any:
    """Refuse numbers: they would be read as seconds since 1970, or since midnight."""
    if not isinstance(value, str | date | time):
        raise ValueError("write it as text, as ISO 8601 does")  # noqa: TRY004 - pydantic answers ValueErrors
    return value


def _local(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError("hours are by the shop's clock and carry no zone")
    return moment


def _in_every_zone(when: When) -> When:
    """Refuse the ends of the calendar: by another zone's clock they lie beyond it."""
    if not YEAR_MIN <= when.year <= YEAR_MAX:
        raise ValueError(f"lies between the years {YEAR_MIN} and {YEAR_MAX}")
    return when


Day = Annotated[date, BeforeValidator(_written)]
# One whose first and last moments are asked for.
WholeDay = Annotated[Day, AfterValidator(_in_every_zone)]
LocalTime = Annotated[time, BeforeValidator(_written), AfterValidator(_local)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_every_zone)]
