"""Giving units free that waited for something to happen."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from contracts.events.loyalty import PointsReleased
from kernel.ids import CustomerId, TenantId
from kernel.points import Points
from services.loyalty.domain.terms import Terms
from services.loyalty.queries.customers import locked
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.automatic import look_again
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing, Wallet


class Released(NamedTuple):
    """Units that can be spent from now on."""

    unit: str
    amount: int


def release_units(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    event: str,
    *,
    purchase_id: str | None,
    at: datetime,
    trace: str | None = None,
) -> list[Released]:
    """Let the customer spend what waited for the event: all of it, or what one purchase earned.

    Their life counts from now, under the live program. Said again, there is nothing left to free.
    Raises NoSuchCustomer.
    """
    standing = locked(db, tenant_id, customer_id)
    program = SHELF.live(db, tenant_id, at)
    terms = program.document if program else None
    books = Books(at)
    released = [
        Released(wallet.unit, amount)
        for wallet in list(standing.wallets.values())
        if (amount := release_from(db, books, standing, wallet, terms, event, purchase_id))
    ]
    for unit, amount in released:
        books.postings.tell(
            PointsReleased(
                tenant_id=tenant_id,
                customer_id=customer_id,
                occurred_at=at,
                unit=unit,
                amount=Points(amount),
                balance=Points(standing.wallet(unit).balance),
            ),
            trace,
        )
    books.close(db)
    if released:
        look_again(db, standing.owner, at)
    return released


def release_from(
    db: Session,
    books: Books,
    standing: Standing,
    wallet: Wallet,
    terms: Terms | None,
    event: str,
    purchase_id: str | None,
) -> int:
    """Free what waits in one wallet, unless it has died; returns how many units."""
    books.open_wallet(db, standing, wallet.unit)
    waiting = [
        opened.lot
        for opened in (wallet.lots or {}).values()
        if opened.awaits == event
        and purchase_id in (None, opened.reference)
        and opened.lot.remaining > 0
        and not opened.lot.is_expired(books.at)
    ]
    for lot in waiting:
        expires_at = terms.end_of(wallet.unit, books.at) if terms else None
        slides = terms.of_unit(wallet.unit).slides if terms else False
        books.release(standing, wallet, lot.id, expires_at=expires_at, sliding=slides)
    return sum(lot.remaining for lot in waiting)
