"""Sealing the ledger, some time after it was written. Source: docs/ledger.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from chassis.data.row_sets import RowSet
from kernel.ids import TenantId
from services.loyalty.domain.seal import EMPTY, seal
from services.loyalty.queries.sealed import head_of, unsealed
from services.loyalty.tables.seals import LedgerHeadRow

SEALS = RowSet("entry_seals", {"tenant_id": "text", "position": "bigint", "hash": "bytea"})
BEGIN = text("""
    INSERT INTO ledger_heads (tenant_id, entries, position, hash, ripe_position, ripe_after, sealed_at)
    VALUES (:tenant_id, 0, 0, :hash, 0, 0, :at) ON CONFLICT DO NOTHING
""")
# Positions are given out in order, but committed in any: a transaction that runs may still show up below the last one.
# Those that began to write after this moment get higher positions; so once all that run now are over, nothing can come
# any more at or below the position that is the last one now.
SNAPSHOT = text("""
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_to_run,
           (SELECT coalesce(max(position), 0) FROM entries WHERE tenant_id = :tenant_id) AS last_position
""")


def seal_entries(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Seal entries below the safe horizon, at most ROWS_MAX; returns how many. Twice at once seals each once."""
    now = db.execute(SNAPSHOT, {"tenant_id": tenant_id}).one()
    head = head_of(db, tenant_id)
    if head is None:
        if not now.last_position:
            return 0
        db.execute(BEGIN, {"tenant_id": tenant_id, "hash": EMPTY, "at": at})
    head = locked_head(db, tenant_id)
    sealed = 0
    if now.oldest_running >= head.ripe_after:
        sealed = seal_up_to(db, head, head.ripe_position, at=at)
    if head.position >= head.ripe_position and now.last_position > head.ripe_position:
        head.ripe_position, head.ripe_after = now.last_position, now.next_to_run
    db.flush()
    return sealed


def seal_up_to(db: Session, head: LedgerHeadRow, until: int, *, at: datetime) -> int:
    """Lengthen the chain; returns by how many entries."""
    entries = unsealed(db, head.tenant_id, after=head.position, until=until)
    if not entries:
        head.position = max(head.position, until)
        return 0
    link, rows = head.hash, []
    for entry in entries:
        link = seal(link, entry)
        rows.append((entry.tenant_id, entry.position, link))
    with pipeline(db) as sending:
        SEALS.insert(sending, rows)
    head.hash, head.position, head.sealed_at = link, entries[-1].position, at
    head.entries += len(entries)
    return len(entries)


def locked_head(db: Session, tenant_id: TenantId) -> LedgerHeadRow:
    """The end of the chain, which only one process lengthens at a time."""
    head = db.get(LedgerHeadRow, tenant_id, with_for_update=True, populate_existing=True)
    assert head is not None, "it was begun"
    return head
