"""Taking an award back. Source: docs/rules/awards.md."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from contracts.events.loyalty import AnyFact, PointsAccrued
from kernel.points import Points
from services.loyalty.operations.apply_effects import lots_of
from services.loyalty.operations.claw_back import claw_back
from services.loyalty.operations.wallet_room import count_earned
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.wallet_merges import lots_moved
from services.loyalty.tables.awards import AwardRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing

LAPSED = text("""
    SELECT coalesce(sum(amount), 0) FROM draws WHERE tenant_id = :tenant_id AND lot_id = ANY (:lots) AND kind = 'expiry'
""")
UNUSED = text("SELECT id FROM vouchers WHERE tenant_id = :tenant_id AND id = :voucher AND status = 'issued'")


def take_award_back(db: Session, books: Books, standing: Standing, *, rule: str, source: str) -> tuple[AnyFact, ...]:
    """Take from a locked customer what a rule gave for the source; nothing when that was done before, or never given.

    Units that were spent are as the clawback policy of the version that gave them says; those that died are not taken
    again. Of a customer who was merged, who has them by now must be locked with them. A voucher that nobody used is
    revoked. Returns the facts to tell; the books stay open.
    """
    row = db.scalars(
        select(AwardRow)
        .where(
            AwardRow.tenant_id == standing.tenant_id,
            AwardRow.source == source,
            AwardRow.rule == rule,
            AwardRow.customer_id == standing.customer_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.taken_back_at is not None:
        return ()
    return take_row_back(db, books, standing, row)


def take_row_back(db: Session, books: Books, standing: Standing, row: AwardRow) -> tuple[AnyFact, ...]:
    """Take an award that was not taken back yet. Its customer may have been merged with the locked one since."""
    row.taken_back_at = books.at
    db.flush()
    if row.voucher_id is not None:
        revoke(db, books, standing, row.voucher_id)
    if not row.units:
        return ()
    assert row.unit is not None
    take_units_back(db, books, standing.merged_into or standing, row, row.unit)
    return (PointsAccrued(unit=row.unit, amount=Points(-row.units)),)


def take_units_back(db: Session, books: Books, standing: Standing, row: AwardRow, unit: str) -> None:
    """Take the units of an award from the wallet of who has them now."""
    program = SHELF.program(db, row.tenant_id, row.program_id, row.program_version)
    assert program is not None, "a published version stays"
    wallet = books.open_wallet(db, standing, unit)
    made = {next(lots_of(row.id))}
    if standing.customer_id != row.customer_id:
        made |= lots_moved(db, standing.tenant_id, made)
    lapsed = int(db.execute(LAPSED, {"tenant_id": row.tenant_id, "lots": sorted(made)}).scalar_one())
    count_earned(books, standing, wallet, -row.units, program.document, row.occurred_at)
    claw_back(
        books,
        standing,
        wallet,
        row.units,
        made=made,
        reference=row.source,
        lapsed=lapsed,
        policy=program.document.of_unit(unit).clawback,
    )


def revoke(db: Session, books: Books, standing: Standing, voucher_id: str) -> None:
    """Revoke a voucher, unless it was used. One that these books have given is not written yet."""
    named = {"tenant_id": standing.tenant_id, "voucher": voucher_id}
    is_new = any(row[1] == voucher_id for row in books.postings.vouchers)
    if is_new or db.execute(UNUSED, named).first() is not None:
        books.postings.voucher_marks.append((standing.tenant_id, voucher_id, "revoked", None, books.at))
