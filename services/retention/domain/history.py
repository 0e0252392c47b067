"""What retention is told about one tenant's customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kernel.ids import CustomerId


@dataclass(frozen=True, slots=True)
class Known:
    """A customer was heard of. Purchases and returns tell no facts: they have version 0."""

    customer_id: CustomerId
    at: datetime
    version: int = 0
    language: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer bought. `due` is in minor units of the currency."""

    purchase_id: str
    customer_id: CustomerId
    at: datetime
    currency: str
    due: int


@dataclass(frozen=True, slots=True)
class Return:
    """Part of a purchase came back, or it was corrected; `whole`: nothing is left of it."""

    purchase_id: str
    return_id: str
    customer_id: CustomerId
    at: datetime
    refund: int
    whole: bool


def in_sum(told: Iterable[Known]) -> list[Known]:
    """What all that comes to, once for each customer, by their ids: the newest facts, and the earliest moment.

    Of facts of the same version the first count.
    """
    found: dict[CustomerId, Known] = {}
    for one in told:
        before = found.get(one.customer_id)
        if before is None:
            found[one.customer_id] = one
        elif one.version > before.version or one.at < before.at:
            newer = one if one.version > before.version else before
            at = min(one.at, before.at)
            found[one.customer_id] = Known(one.customer_id, at, newer.version, newer.language, newer.status)
    return [found[customer_id] for customer_id in sorted(found)]
