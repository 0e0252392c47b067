"""What the rules may ask about a customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from pydantic import PlainSerializer

from services.loyalty.domain.reward import Reward

# Written in order, so that the same facts are the same text.
Segments = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherFacts:
    """A voucher whose code is among the basket's and which belongs to the customer. `code` is in its plain form.

    `reserved`: another checkout has it to itself.
    """

    code: str
    reward: Reward
    valid_until: datetime | None = None
    used: bool = False
    reserved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFacts:
    """A customer just before the purchase. A return is worked out from the same facts as its sale.

    `stamps` is what each card shows (below zero when stamps were taken back that had been used up);
    `memberships` is the last day of each plan; `segments` are the groups the tenant has put the customer into.
    `room` is how many more units of a capped kind they may get.
    `tier` is the one they stand in, and `joined_on` the day in the shop on which they came.
    """

    id: str
    purchases: int = 0
    stamps: Mapping[str, int] = field(default_factory=dict)
    room: Mapping[str, int] = field(default_factory=dict)
    memberships: Mapping[str, date] = field(default_factory=dict)
    vouchers: tuple[VoucherFacts, ...] = ()
    tier: str | None = None
    segments: Segments = frozenset()
    birthday: date | None = None
    joined_on: date | None = None
