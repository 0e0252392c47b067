"""Kinds of fields that requests of this service have in common."""

from datetime import date
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError


class Wish(BaseModel):
    """A request's body: nothing it does not know, and no value of another type than stated."""

    model_config = ConfigDict(extra="forbid", strict=True)


def known_zone(name: str) -> str:
    """A zone of the IANA database."""
    if name not in available_timezones():
        raise PydanticCustomError("time_zone_unknown", "Not a time zone of the IANA database, such as Asia/Riyadh.")
    return name


def written_day(value: Any) -> Any:
    """A day is written as text: a number would be read as seconds since 1970."""
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", "Write a day as YYYY-MM-DD.")
    return value


LINE = r"^[^\x00-\x1f\x7f]+$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)]
ShortLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=LINE)]
Wording = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Day = Annotated[date, Field(strict=False), BeforeValidator(written_day)]
TimeZone = Annotated[str, AfterValidator(known_zone), Field(examples=["Asia/Riyadh"])]
Country = Annotated[
    str,
    Field(
        pattern="^[A-Z]{2}$",
        examples=["SA"],
        description="Where a phone number without a country code is read (ISO 3166).",
    ),
]
Metadata = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=LINE)],
        Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")],
    ],
    Field(max_length=50, description="The tenant's own notes: 50 keys of 40 characters, values of 500."),
]


def home_country(request: Request) -> str:
    """The country of this installation."""
    country: str = request.app.state.settings.country
    return country


HomeCountry = Annotated[str, Depends(home_country)]
