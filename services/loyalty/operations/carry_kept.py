"""Tiers kept of segments that somebody left go with them, when two turn out to be one. Source: docs/wallets.md."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import tier_records
from services.loyalty.tables.books import Books
from services.loyalty.tables.moves import MergedThingRow, WalletMergeRow
from services.loyalty.tables.standings import Standing


def carry_kept(db: Session, merge: WalletMergeRow, source: Standing, into: Standing, *, at: datetime) -> None:
    """Let the second have what the first keeps of segments of which the second keeps nothing.

    After an undo only the first has it again. Both must be locked; where that leaves them on the ladder is noted by
    whoever calls.
    """
    program = SHELF.live(db, into.tenant_id, at)
    rules = program.document.tier_rules if program else None
    if rules is None:
        return
    records, today = tier_records(db, [source.owner, into.owner]), rules.day(at)
    theirs, ours = records[source.owner].kept, dict(records[into.owner].kept)
    if merge.undone_at is None:
        came = {
            segment: floor
            for segment, floor in theirs.items()
            if floor.until >= today and (segment not in ours or ours[segment].until < today)
        }
        named = {"tenant_id": merge.tenant_id, "merge_id": merge.id, "kind": "kept"}
        db.add_all(MergedThingRow(**named, id=segment) for segment in came)
        ours |= came
    else:
        came = {segment: floor for segment in brought(db, merge) if (floor := theirs.get(segment)) is not None}
        ours = {segment: floor for segment, floor in ours.items() if came.get(segment) != floor}
    if came:
        books = Books(at)
        books.keep_tier(into, replace(records[into.owner], kept=ours))
        books.close(db)


def brought(db: Session, merge: WalletMergeRow) -> list[str]:
    """The segments of which a tier came with the merge."""
    found = select(MergedThingRow.id).where(
        MergedThingRow.tenant_id == merge.tenant_id, MergedThingRow.merge_id == merge.id, MergedThingRow.kind == "kept"
    )
    return list(db.scalars(found))
