"""Settling what an offline allowance did not cover. Source: docs/rules/offline.md."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from contracts.events.loyalty import OfflineConflictSettled
from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn, spendable
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.offline import OfflineConflictResolved
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.customers import locked
from services.loyalty.queries.offline import find_conflict
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.offline import OfflineConflictRow
from services.loyalty.tables.standings import Standing

Resolution = Literal["write_off", "debt", "collected"]


def settle_conflict(
    db: Session,
    tenant_id: TenantId,
    conflict_id: str,
    resolution: Resolution,
    *,
    by: ByHand,
    at: datetime,
) -> OfflineConflictRow:
    """Write it off, note that it was collected, or charge the units: what can be spent now, the rest as a debt.

    Raises OfflineConflictUnknown and OfflineConflictResolved.
    """
    standing = locked(db, tenant_id, find_conflict(db, tenant_id, conflict_id).customer_id)
    conflict = find_conflict(db, tenant_id, conflict_id)
    if conflict.resolution is not None:
        raise OfflineConflictResolved(resolution=conflict.resolution)
    books = Books(at)
    charged = conflict.units if resolution == "debt" else Points(0)
    if charged:
        charge(db, books, standing, conflict)
    conflict.resolution, conflict.note, conflict.actor, conflict.resolved_at = resolution, by.reason, by.actor, at
    books.postings.tell(
        OfflineConflictSettled(
            tenant_id=tenant_id,
            customer_id=conflict.customer_id,
            occurred_at=at,
            conflict_id=conflict.id,
            purchase_id=conflict.purchase_id,
            resolution=resolution,
            unit=conflict.unit,
            charged=charged,
            currency=conflict.currency,
            amount=conflict.amount,
        ),
        by.trace,
    )
    books.close(db)
    db.flush()
    return conflict


def charge(db: Session, books: Books, standing: Standing, conflict: OfflineConflictRow) -> None:
    """Burn the units as far as they can be spent; later ones pay the rest first."""
    wallet = books.open_wallet(db, standing, conflict.unit)
    time_out_holds_of(db, books, standing, wallet)
    lots = wallet.open_lots
    there = min(conflict.units, spendable(lots, at=books.at, held=wallet.held))
    burned = movement("burn", "redeemed", conflict.id, books.at)
    if there:
        books.take(standing, wallet, burned, plan_burn(lots, there, at=books.at, held=wallet.held))
    if conflict.units > there:
        owed = movement("burn", "redeemed", conflict.id, books.at)
        books.add(standing, wallet, owed, there - conflict.units, spendable_at=books.at, expires_at=None)
