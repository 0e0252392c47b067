"""Entering a customer in a draw by hand: the way in that needs no purchase. Source: docs/rules/draws.md."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.draws import DrawEntriesUsedUp, DrawNotOpen
from services.loyalty.queries.customers import locked, welcome
from services.loyalty.queries.draws import entries_in, entries_of_person, find_draw
from services.loyalty.tables.books import Books


@dataclass(frozen=True, slots=True)
class Entered:
    """Entries that were given, and how many the customer has in the draw with them."""

    id: str
    entries: int
    total: int


def give_draw_entries(
    db: Session,
    tenant_id: TenantId,
    draw_id: str,
    customer_id: CustomerId,
    entries: int,
    *,
    by: ByHand,
    at: datetime,
) -> Entered:
    """Give a customer entries in an open draw.

    Raises NoSuchCustomer, CustomerBlocked, DrawUnknown, DrawNotOpen, and DrawEntriesUsedUp when the draw leaves the
    customer fewer.
    """
    standing = welcome(locked(db, tenant_id, customer_id), customer_id)
    draw = find_draw(db, tenant_id, draw_id)
    if draw.status != "open" or not draw.opens_at <= at < draw.closes_at:
        raise DrawNotOpen(status=draw.status)
    total = entries_in(db, tenant_id, draw_id, customer_id) + entries
    with_others = entries_of_person(db, tenant_id, draw_id, customer_id) + entries
    if draw.entries_per_customer is not None and with_others > draw.entries_per_customer:
        raise DrawEntriesUsedUp(most=draw.entries_per_customer)
    books = Books(at)
    entry_id = books.enter_draw(standing, draw_id, entries, total, reason=by.reason, actor=by.actor)
    books.close(db)
    return Entered(entry_id, entries, total)
