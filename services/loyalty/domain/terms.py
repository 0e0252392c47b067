"""What holds for every rule of a program."""

from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.loyalty.domain.expiry import Expiry, Never, expires_at
from services.loyalty.domain.local_day import days_later


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zone_names():
        raise ValueError(f"{name!r} is not a time zone of the IANA database")
    return name


class Terms(BaseModel):
    """The program's money, its zone, what its wallet counts, and how long that lives.

    `pending_days` is how long units wait before they can be spent; `validity_from` says whether their life counts
    from then or from the purchase.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    unit: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")] = "points"
    expiry: Expiry = Never(kind="never")
    pending_days: Annotated[int, Field(strict=True, ge=0, le=730)] = 0
    validity_from: Literal["spendable", "earning"] = "spendable"
    code_case: Literal["ignored", "exact"] = "ignored"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the shop's days."""
        return ZoneInfo(self.time_zone)

    def life_of_units(self, earned_at: datetime) -> tuple[datetime, datetime | None]:
        """When units earned at that moment can be spent, and when they die, in UTC."""
        earned_at = earned_at.astimezone(UTC)
        spendable_at = days_later(earned_at, self.pending_days, self.zone) if self.pending_days else earned_at
        counted_from = spendable_at if self.validity_from == "spendable" else earned_at
        return spendable_at, expires_at(self.expiry, counted_from, self.zone)

    def plain_code(self, code: str) -> str:
        """The code as this program compares it."""
        return code.casefold() if self.code_case == "ignored" else code
