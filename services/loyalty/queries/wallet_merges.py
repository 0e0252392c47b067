"""Merges of wallets."""

from collections.abc import Iterable

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.lot import LotId
from services.loyalty.domain.refusals.wallets import MergeUnknown
from services.loyalty.queries.customers import all_locked
from services.loyalty.tables.moves import WalletMergeRow, person
from services.loyalty.tables.standings import Standing, StandingsRequest

PERSON = text(f"SELECT {person(':tenant_id', 'CAST(:customer_id AS text)')}")
BROUGHT = text("""
    WITH RECURSIVE brought (id) AS (
        SELECT CAST(:customer_id AS text)
        UNION
        SELECT m.from_customer_id FROM wallet_merges m JOIN brought ON m.into_customer_id = brought.id
        WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL
    )
    SELECT id FROM brought
""")
MOVED = text("""
    WITH RECURSIVE moved (id) AS (
        SELECT unnest(CAST(:lots AS text[]))
        UNION
        SELECT l.lot_id FROM moved
        JOIN merged_lots l ON l.tenant_id = :tenant_id AND l.origin_lot_id = moved.id
        JOIN wallet_merges m ON m.tenant_id = l.tenant_id AND m.id = l.merge_id AND m.undone_at IS NULL
    )
    SELECT id FROM moved
""")


def same_person(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> list[CustomerId]:
    """The customer, and all with whom they turned out to be one: what is counted of a person counts all of these."""
    found: list[CustomerId] = db.execute(PERSON, {"tenant_id": tenant_id, "customer_id": customer_id}).scalar_one()
    return found


def brought_to(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> list[CustomerId]:
    """The customer, and all who were merged into them: what a list of theirs shows."""
    return list(db.scalars(BROUGHT, {"tenant_id": tenant_id, "customer_id": customer_id}))


def survivor(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> CustomerId:
    """Who has what the customer gets: themselves, or whom they were merged into."""
    while (merge := merge_in_force(db, tenant_id, customer_id)) is not None:
        customer_id = merge.into_customer_id
    return customer_id


def lots_moved(db: Session, tenant_id: TenantId, lots: Iterable[LotId]) -> set[LotId]:
    """These lots, and what they are called since they came with merges that are in force."""
    return set(db.scalars(MOVED, {"tenant_id": tenant_id, "lots": sorted(lots)}))


def lock_with_survivor(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Standing | None:
    """A customer under lock, and with them who has what was theirs; None when loyalty does not know them."""
    while True:
        holder = survivor(db, tenant_id, customer_id)
        with pipeline(db) as asking:
            request = StandingsRequest(asking, [(tenant_id, customer_id), (tenant_id, holder)])
        standings = request.answer()
        # Somebody may have merged them, or undone that, while we waited for the locks.
        if survivor(db, tenant_id, customer_id) == holder:
            break
    standing = standings.get((tenant_id, customer_id))
    if standing is not None and holder != customer_id:
        standing.merged_into = standings[tenant_id, holder]
    return standing


def merge_in_force(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> WalletMergeRow | None:
    """The merge by which what the customer has goes to another one."""
    return db.scalars(
        select(WalletMergeRow).where(
            WalletMergeRow.tenant_id == tenant_id,
            WalletMergeRow.from_customer_id == customer_id,
            WalletMergeRow.undone_at.is_(None),
        )
    ).one_or_none()


def lock_merge(db: Session, tenant_id: TenantId, merge_id: str) -> tuple[WalletMergeRow, dict[CustomerId, Standing]]:
    """A merge and both its customers, who are locked. Raises MergeUnknown."""
    merge = db.get(WalletMergeRow, (tenant_id, merge_id))
    if merge is None:
        raise MergeUnknown
    standings = all_locked(db, tenant_id, [merge.from_customer_id, merge.into_customer_id])
    # Somebody may have undone it while we waited for the locks.
    db.refresh(merge)
    return merge, standings
