"""A membership under its customer's lock, with all that changes of it by hand have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts.events.loyalty import MembershipChanged, MembershipChangeKind
from kernel.ids import TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.membership import TimeEntry, membership_view
from services.loyalty.domain.plan import Plan
from services.loyalty.operations.apply_effects import by_language, record_time
from services.loyalty.queries.customers import locked
from services.loyalty.queries.memberships import membership_row, plan_of
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Membership, Standing


@dataclass(slots=True)
class OpenMembership:
    """A membership whose customer is locked. `today` is the day in the shop."""

    db: Session
    books: Books
    standing: Standing
    membership: Membership
    plan: Plan
    entries: tuple[TimeEntry, ...]
    today: date

    def record(self, added: Iterable[TimeEntry], reference: str, by: ByHand) -> None:
        """Write entries of time."""
        added = tuple(added)
        record_time(
            self.books,
            self.standing,
            self.plan.id,
            self.membership,
            self.entries,
            added,
            reference,
            reason=by.reason or None,
            actor=by.actor,
        )
        self.entries = (*self.entries, *added)

    def tell(self, change: MembershipChangeKind, by: ByHand, **more: Any) -> None:
        """Tell others what was changed."""
        view = membership_view(self.entries)
        event = MembershipChanged(
            tenant_id=self.standing.tenant_id,
            customer_id=self.standing.customer_id,
            occurred_at=self.books.at,
            membership_id=self.membership.id,
            plan=self.plan.id,
            plan_name=by_language(self.plan.name),
            change=change,
            ends_on=view.ends_on if view else self.membership.ends_on,
            **more,
        )
        self.books.postings.tell(event, by.trace)


def open_membership(db: Session, tenant_id: TenantId, membership_id: str, *, at: datetime) -> OpenMembership:
    """Lock the membership's customer and read its time. Raises MembershipUnknown."""
    row = membership_row(db, tenant_id, membership_id)
    return opened(db, locked(db, tenant_id, row.customer_id), row.plan, at=at)


def opened(db: Session, standing: Standing, plan: str, *, at: datetime) -> OpenMembership:
    """The membership on a plan of a customer who is locked already."""
    membership = standing.memberships[plan]
    books = Books(at)
    return OpenMembership(
        db=db,
        books=books,
        standing=standing,
        membership=membership,
        plan=plan_of(db, standing.tenant_id, plan),
        entries=books.time_entries(db, standing, membership),
        today=local_date(at, zone_of(db, standing.tenant_id)),
    )
