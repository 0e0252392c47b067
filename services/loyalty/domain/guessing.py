"""When somebody who shows wrong codes is taken for guessing. Source: docs/rules/vouchers.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

WINDOW = timedelta(minutes=15)

Kind = Literal["key", "till", "customer"]

# A key may stand for all tills of a chain, a till serves many customers, and a customer has few codes.
WRONG_MAX: dict[Kind, int] = {"key": 100, "till": 20, "customer": 10}


@dataclass(frozen=True, slots=True)
class Wrong:
    """Wrong codes from one key, till or customer, counted from the first of them."""

    kind: Kind
    who: str
    wrong: int
    since: datetime

    def barred_until(self, at: datetime) -> datetime | None:
        """The end of the window in which too many were shown; None while there were not, or when it is over."""
        ends_at = self.since + WINDOW
        return ends_at if self.wrong >= WRONG_MAX[self.kind] and ends_at > at else None


@dataclass(frozen=True, slots=True)
class Guesser:
    """Where a code comes from: the key that asks, and the till and the customer where they are named."""

    key: str
    till: str | None = None
    customer: str | None = None

    def names(self) -> list[tuple[Kind, str]]:
        """All that wrong codes are counted for, always in the same order."""
        named: dict[Kind, str | None] = {"customer": self.customer, "key": self.key, "till": self.till}
        return [(kind, who) for kind, who in named.items() if who is not None]
