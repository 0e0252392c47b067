"""What the rules may ask about a customer."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Annotated

from pydantic import PlainSerializer

from services.loyalty.domain.reward import Reward
from services.loyalty.domain.value import value

# Written in order, so that the same facts are the same text.
Segments = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]


@value(frozen=True, slots=True, kw_only=True)
class VoucherFacts:
    """A voucher whose code is among the basket's and which belongs to the customer. `code` is in its plain form.

    `reserved`: another checkout has it to itself.
    """

    code: str
    reward: Reward
    valid_until: datetime | None = None
    used: bool = False
    reserved: bool = False


@value(frozen=True, slots=True, kw_only=True)
class PlanDays:
    """The last day of time on a plan, as far as it is known, and its latest freeze: until just before a day."""

    ends_on: date
    frozen_from: date | None = None
    frozen_until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether time passes on that day. Days of grace are for renewing: no time passes on them."""
        frozen = self.frozen_from is not None and self.frozen_from <= day
        if frozen and (self.frozen_until is None or day < self.frozen_until):
            return False
        return day <= self.ends_on


@value(frozen=True, slots=True, kw_only=True)
class DrawFacts:
    """A draw that rules may give entries to. `closed`: none comes in any more, whenever it was earned.

    `left` is how many more the customer may have; None when there is no end to it.
    """

    id: str
    opens_at: datetime
    closes_at: datetime
    closed: bool = False
    left: int | None = None


@value(frozen=True, slots=True, kw_only=True)
class InstantWinFacts:
    """An instant win that rules may give plays of. `closed`: it is over, whenever a play was earned.

    A play is good for `play_days` of the shop, or as long as the instant win is open.
    """

    id: str
    opens_at: datetime
    closes_at: datetime
    play_days: int | None = None
    closed: bool = False


@value(frozen=True, slots=True, kw_only=True)
class CustomerFacts:
    """A customer just before the purchase. A return is worked out from the same facts as its sale.

    `stamps` is what each card shows (below zero when stamps were taken back that had been used up);
    `memberships` is the last day of each plan of their own, `freezes` the latest freeze of those that had one, and
    `shared` the plans of which they are in somebody's family. `segments` are the groups the tenant has put the
    customer into. `room` is how many more units of a capped kind they may get.
    `draws` and `instant_wins` are those that the program's rules name. `tier` is the one they stand in. `birthday` is a
    month and a day, `joined_on` the day on which they came; both are only known to rules that ask.
    """

    id: str
    purchases: int = 0
    stamps: Mapping[str, int] = field(default_factory=dict)
    room: Mapping[str, int] = field(default_factory=dict)
    memberships: Mapping[str, date] = field(default_factory=dict)
    freezes: Mapping[str, tuple[date, date | None]] = field(default_factory=dict)
    shared: Mapping[str, PlanDays] = field(default_factory=dict)
    vouchers: tuple[VoucherFacts, ...] = ()
    tier: str | None = None
    segments: Segments = frozenset()
    birthday: str | None = None
    joined_on: date | None = None
    draws: Mapping[str, DrawFacts] = field(default_factory=dict)
    instant_wins: Mapping[str, InstantWinFacts] = field(default_factory=dict)

    def has_plan(self, plan: str, day: date) -> bool:
        """Whether time of theirs, or time they share, passes on that plan on that day."""
        frozen_from, frozen_until = self.freezes.get(plan, (None, None))
        own = self.memberships.get(plan)
        days = PlanDays(ends_on=own, frozen_from=frozen_from, frozen_until=frozen_until) if own else None
        return any(time is not None and time.holds(day) for time in (days, self.shared.get(plan)))
