"""One customer's membership, as tests change it by hand."""

from datetime import date

from kernel.ids import CustomerId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.membership import TimeEntry, stretches
from services.loyalty.operations.cancel_membership import Cancellation, cancel_membership
from services.loyalty.operations.change_plan import change_plan
from services.loyalty.operations.freeze_membership import freeze_membership
from services.loyalty.operations.give_days import give_days
from services.loyalty.operations.leave_family import leave_family
from services.loyalty.operations.resume_membership import resume_membership
from services.loyalty.operations.share_membership import share_membership
from services.loyalty.queries.memberships import family_of
from services.loyalty.tables.memberships import read_time_entries
from tests.services.loyalty.domain.build import NAME, line, rule
from tests.services.loyalty.shop import Shop

GYM_YEAR = rule("membership_bonus", plan="gym", selector={"skus": ["GYM12"]}, paid_months=12, bonus_months=3)
GYM = {"id": "gym", "name": NAME}
YEAR = line("GYM12", 1, 120_000)
STAFF = ByHand(actor="key_test", reason="asked for it")


def day(text: str) -> date:
    return date.fromisoformat(text)


class Memberships:
    """A customer's membership on one plan."""

    def __init__(self, shop: Shop, customer_id: CustomerId, plan: str = "gym") -> None:
        self.shop = shop
        query = "SELECT id FROM memberships WHERE customer_id = :customer_id AND plan = :plan"
        (found,) = shop.rows(query, customer_id=customer_id, plan=plan)
        self.id = str(found["id"])

    def freeze(self, begin: str | None = None, until: str | None = None) -> None:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            freeze_membership(
                db,
                self.shop.tenant_id,
                self.id,
                from_date=day(begin) if begin else None,
                until_date=day(until) if until else None,
                by=STAFF,
                at=self.shop.at,
            )

    def resume(self) -> None:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            resume_membership(db, self.shop.tenant_id, self.id, by=STAFF, at=self.shop.at)

    def give(self, days: int) -> None:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            give_days(db, self.shop.tenant_id, self.id, days, by=STAFF, at=self.shop.at)

    def change(self, plan: str) -> "str":
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return change_plan(db, self.shop.tenant_id, self.id, plan, by=STAFF, at=self.shop.at)

    def cancel(self, last_day: str | None = None, *, try_only: bool = False) -> Cancellation:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            last = day(last_day) if last_day else None
            return cancel_membership(
                db, self.shop.tenant_id, self.id, last_day=last, by=STAFF, at=self.shop.at, try_only=try_only
            )

    def share(self, customer_id: CustomerId) -> None:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            share_membership(db, self.shop.tenant_id, self.id, customer_id, by=STAFF, at=self.shop.at)

    def part(self, customer_id: CustomerId) -> None:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            leave_family(db, self.shop.tenant_id, self.id, customer_id, by=STAFF, at=self.shop.at)

    def family(self) -> list[str]:
        """Who shares it, who came first first."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return [place.customer_id for place in family_of(db, self.shop.tenant_id, self.id)]

    def entries(self) -> tuple[TimeEntry, ...]:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return read_time_entries(db, self.shop.tenant_id, self.id)

    def time(self) -> list[tuple[str, str, str | None]]:
        """The stretches: kind, from, until."""
        return [
            (each.kind, str(each.from_date), str(each.until_date) if each.until_date else None)
            for each in stretches(self.entries())
        ]

    def last_day(self) -> str:
        """The last day, as the row remembers it."""
        (row,) = self.shop.rows("SELECT ends_on FROM memberships WHERE id = :id", id=self.id)
        return str(row["ends_on"])


def sold(shop: Shop, *plans: dict[str, object]) -> Memberships:
    """A year and three months of the gym for 1,200.00, sold on 2 March 2036."""
    shop.publish(GYM_YEAR, plans=plans)
    customer = shop.customer()
    shop.sell(customer, YEAR)
    return Memberships(shop, customer)
