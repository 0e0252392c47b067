"""The definitions of docs/retention.md once more, written as plainly as possible and sharing no code with the service.

Works on lists of purchases, one after the other, without any of the service's shortcuts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, median_low
from zoneinfo import ZoneInfo


@dataclass
class Sale:
    """One purchase, and the moment at which all of it came back."""

    customer: str
    at: datetime
    returned_at: datetime | None = None


@dataclass
class Shop:
    """All that ever happened at one tenant."""

    zone: ZoneInfo
    sales: list[Sale] = field(default_factory=list)
    signed_up: dict[str, datetime] = field(default_factory=dict)

    def days(self, customer: str, at: datetime) -> list[date]:
        """The days on which a customer came, as known at a moment."""
        return sorted(
            {
                sale.at.astimezone(self.zone).date()
                for sale in self.sales
                if sale.customer == customer
                and sale.at <= at
                and not (sale.returned_at is not None and sale.returned_at <= at)
            }
        )

    def customers(self, at: datetime) -> set[str]:
        """Who was known at a moment: by signing up, by buying, or by bringing back."""
        known = {customer for customer, signed_up in self.signed_up.items() if signed_up <= at}
        return known | {sale.customer for sale in self.sales if min(sale.at, sale.returned_at or sale.at) <= at}

    def figures(self, first_on: date, last_on: date, at: datetime) -> dict[str, object]:
        """The figures of a period, from who came on each of its days."""
        came = {customer: self.days(customer, at) for customer in self.customers(at)}
        length = (last_on - first_on).days + 1
        start = who_came(came, first_on - timedelta(days=length), first_on - timedelta(days=1))
        end = who_came(came, first_on, last_on)
        known_before = who_came(came, date.min, first_on - timedelta(days=1))
        inside = {customer: [day for day in came[customer] if first_on <= day <= last_on] for customer in end}
        gaps = [(days[index + 1] - days[index]).days for days in inside.values() for index in range(len(days) - 1)]
        return {
            "customers_at_start": len(start),
            "customers_active": len(end),
            "customers_new": len(end - start),
            "customers_first_time": len(end - known_before),
            "customers_returned": len((end & known_before) - start),
            "retention_rate": (len(start & end), len(start)),
            "churn_rate": (len(start - end), len(start)),
            "repeat_rate": (sum(len(days) > 1 for days in inside.values()), len(end)),
            "gap_average": (sum(gaps), len(gaps)),
        }

    def stages(self, at: datetime) -> dict[str, str]:
        """Every customer's stage at a moment."""
        came = {customer: self.days(customer, at) for customer in self.customers(at)}
        own = [median(gaps_of(days)[-12:]) for days in came.values() if len(days) >= 3]
        usual = median_low(own) if own else 30
        today = at.astimezone(self.zone).date()
        return {customer: stage(days, usual, today) for customer, days in came.items()}


def who_came(came: dict[str, list[date]], first_on: date, last_on: date) -> set[str]:
    return {customer for customer, days in came.items() if any(first_on <= day <= last_on for day in days)}


def gaps_of(days: Iterable[date]) -> list[int]:
    in_order = sorted(days)
    return [(in_order[index] - in_order[index - 1]).days for index in range(1, len(in_order))]


def stage(days: list[date], usual: float, today: date) -> str:
    if not days:
        return "prospect"
    gaps = gaps_of(days)
    now = median(gaps[-12:]) if len(days) >= 3 else usual
    silence = (today - days[-1]).days
    if silence > 6 * now:
        return "lapsed"
    if silence > 3 * now:
        return "slipping"
    before = median(gaps[:-1][-12:]) if len(days) >= 4 else usual
    if gaps and gaps[-1] > 6 * before:
        return "won_back"
    return "new" if len(days) < 3 else "active"
