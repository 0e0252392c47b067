"""What holds for every rule of a program."""

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache, cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.loyalty.domain.basket import BY_POINTS
from services.loyalty.domain.clawback import Policy as Clawback
from services.loyalty.domain.expiry import Expiry, Never, Sliding, expires_at
from services.loyalty.domain.local_day import days_later
from services.loyalty.domain.pay_with_points import PayWithPoints
from services.loyalty.domain.pending import Pending, PendingEvent
from services.loyalty.domain.worth import UnitWorth, is_money
from services.loyalty.domain.written import UnitName


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zone_names():
        raise ValueError(f"{name!r} is not a time zone of the IANA database")
    return name


Cap = Annotated[int, Field(strict=True, ge=1, le=10**12)]
Period = Literal["day", "week", "month", "quarter", "year"]


NoticeDays = Annotated[int, Field(strict=True, ge=1, le=365)]


class UnitTerms(BaseModel):
    """How units of one kind live.

    `pending_days` is how long they wait before they can be spent, or `pending` says what for; `validity_from` says
    whether their life counts from then or from the purchase. At most `balance_max` fit into a wallet, `sale_max` are
    earned by one sale, and `period_max` in one `period` of the shop's calendar; what is over is cut, or all of it is
    refused. `clawback` is what happens to units that were spent before their purchase came back, `overspend` what
    happens when more is to be taken than there is. Customers are told `notice_days` before units die. `worth` is what
    reports count them for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    expiry: Expiry = Never(kind="never")
    pending_days: Annotated[int, Field(strict=True, ge=0, le=730)] = 0
    pending: Pending | None = None
    validity_from: Literal["spendable", "earning"] = "spendable"
    balance_max: Cap | None = None
    sale_max: Cap | None = None
    period_max: Cap | None = None
    period: Period = "month"
    over_max: Literal["cut", "refuse"] = "cut"
    clawback: Clawback = "debt"
    overspend: Literal["refuse", "clamp"] = "refuse"
    notice_days: Annotated[tuple[NoticeDays, ...], Field(max_length=5)] = ()
    worth: UnitWorth | None = None

    @model_validator(mode="after")
    def _waits_once(self) -> Self:
        if self.pending and self.pending_days:
            raise ValueError("give either pending or pending_days")
        return self

    def life(
        self, earned_at: datetime, zone: ZoneInfo, not_before: datetime | None = None
    ) -> tuple[datetime, datetime | None]:
        """When units earned at that moment can be spent, `not_before` some moment, and when they die, in UTC.

        Those that wait for an event would be spendable when they die: only the event makes something of them.
        """
        earned_at = earned_at.astimezone(UTC)
        if isinstance(self.pending, PendingEvent):
            dies_at = self.pending.dies_at(earned_at, zone)
            return dies_at, dies_at
        spendable_at = self._spendable_at(earned_at, zone)
        if not_before is not None:
            spendable_at = max(spendable_at, not_before.astimezone(UTC))
        counted_from = spendable_at if self.validity_from == "spendable" else earned_at
        return spendable_at, expires_at(self.expiry, counted_from, zone)

    @property
    def awaits(self) -> str | None:
        """The event that units wait for."""
        return self.pending.event if isinstance(self.pending, PendingEvent) else None

    @property
    def is_capped(self) -> bool:
        """Whether there is a most of it."""
        return any(most is not None for most in (self.balance_max, self.sale_max, self.period_max))

    @property
    def slides(self) -> bool:
        """Whether what the customer does moves the end of all units of this kind."""
        return isinstance(self.expiry, Sliding)

    def _spendable_at(self, earned_at: datetime, zone: ZoneInfo) -> datetime:
        if self.pending:
            assert not isinstance(self.pending, PendingEvent)
            return self.pending.spendable_at(earned_at, zone)
        return days_later(earned_at, self.pending_days, zone) if self.pending_days else earned_at


class FurtherUnit(UnitTerms):
    """Something else the program counts beside its main unit, with a life of its own."""

    unit: UnitName


UNNAMED = UnitTerms()


NO_TENDERS: frozenset[str] = frozenset()
NOT_EARNING = frozenset({BY_POINTS})


class Terms(UnitTerms):
    """The program's money, its zone, and what its wallets count: the main unit, whose terms stand here, and others.

    `several_percentages` says what becomes of more than one percentage on an order, `odd_cent` which line bears the
    minor unit that is left over when money is shared: "first" and "last" are the receipt's. `claim_days` is how long a
    sale to nobody can be claimed.
    """

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    unit: UnitName = "points"
    further_units: Annotated[tuple[FurtherUnit, ...], Field(max_length=20)] = ()
    code_case: Literal["ignored", "exact"] = "ignored"
    claim_days: Annotated[int, Field(strict=True, ge=0, le=3660)] = 30
    several_percentages: Literal["each_of_what_is_left", "best_only", "added_up"] = "each_of_what_is_left"
    odd_cent: Literal["largest_remainder", "first_line", "last_line"] = "largest_remainder"
    voucher_on_return: Literal["given_back", "kept_used"] = "given_back"
    pay_with_points: PayWithPoints | None = None

    @model_validator(mode="after")
    def _counts_each_unit_once(self) -> Self:
        names = [self.unit, *(further.unit for further in self.further_units)]
        if len(names) != len(set(names)):
            raise ValueError("two units have the same name")
        return self

    @model_validator(mode="after")
    def _pays_with_units_it_counts(self) -> Self:
        if self.paying_unit not in (self.unit, *(further.unit for further in self.further_units)):
            raise ValueError(f"{self.paying_unit} pays, which is none of the program's units")
        return self

    @property
    def paying_unit(self) -> str:
        """The unit that pays where points do."""
        return (self.pay_with_points and self.pay_with_points.unit) or self.unit

    @property
    def tenders_not_earning(self) -> frozenset[str]:
        """The tenders that no rule gives units for: what points pay for, unless the program says otherwise."""
        taken = self.pay_with_points
        return NOT_EARNING if taken is not None and not taken.earns else NO_TENDERS

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the shop's days."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def units(self) -> Mapping[str, UnitTerms]:
        """The terms of every unit the program counts, the main one first."""
        return {self.unit: self, **{further.unit: further for further in self.further_units}}

    def life_of_units(
        self, unit: str, earned_at: datetime, not_before: datetime | None = None
    ) -> tuple[datetime, datetime | None]:
        """When units earned at that moment can be spent, `not_before` some moment, and when they die, in UTC."""
        return self.of_unit(unit).life(earned_at, self.zone, not_before)

    def of_unit(self, unit: str) -> UnitTerms:
        """The terms of a kind of unit; units that the program does not name can be spent at once, and for ever."""
        return self.units.get(unit, UNNAMED)

    def worth_of(self, unit: str) -> Fraction | None:
        """Minor units of money that one unit is worth; none when the program does not say.

        Money is worth itself, and points that pay for orders are worth what they pay, unless something else is said.
        """
        if is_money(unit):
            return Fraction(1)
        if said := self.of_unit(unit).worth:
            return said.of_one
        pays = self.pay_with_points if unit == self.paying_unit else None
        return Fraction(pays.worth, pays.points) if pays else None

    @cached_property
    def sliding_units(self) -> tuple[str, ...]:
        """The kinds of unit that live as long as the customer is active."""
        return tuple(unit for unit, terms in self.units.items() if terms.slides)

    @cached_property
    def capped_units(self) -> tuple[str, ...]:
        """The kinds of unit of which there is a most."""
        return tuple(unit for unit, terms in self.units.items() if terms.is_capped)

    def end_of(self, unit: str, counted_from: datetime) -> datetime | None:
        """When units die whose life counts from that moment, in UTC."""
        return expires_at(self.of_unit(unit).expiry, counted_from, self.zone)

    def plain_code(self, code: str) -> str:
        """The code as this program compares it."""
        return code.casefold() if self.code_case == "ignored" else code
