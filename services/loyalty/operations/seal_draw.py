"""Making lines of a draw's entries, some time after they were written. Source: docs/rules/draws.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from chassis.data.row_sets import RowSet
from services.loyalty.domain.draw_seal import DrawLine, entrant_of, first_link, next_link
from services.loyalty.operations.close_draw import close_draw
from services.loyalty.queries.draws import unsealed_entries
from services.loyalty.tables.prize_draws import PrizeDrawRow

ROWS_MAX = 2000
WITHOUT_END = 2**62
LINES = RowSet(
    "draw_lines",
    {
        "tenant_id": "text",
        "draw_id": "text",
        "line": "bigint",
        "position": "bigint",
        "entrant": "text",
        "entries": "bigint",
        "hash": "bytea",
    },
)
# As in seal_entries: positions are given out in order and committed in any, so that a line is only written when nothing
# can come before it any more. A draw that closes waits in the same way for those who still saw it open.
SNAPSHOT = text("""
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_to_run,
           (SELECT coalesce(max(position), 0) FROM draw_entries
            WHERE tenant_id = :tenant_id AND draw_id = :draw_id AND NOT late) AS last_position
""")


def seal_draw(db: Session, draw: PrizeDrawRow, *, at: datetime) -> int:
    """Lengthen the chain of a locked draw that is open or closing, and close it when all is in it.

    Returns whether anything was done: as long as it was, there may be more to do.
    """
    now = db.execute(SNAPSHOT, {"tenant_id": draw.tenant_id, "draw_id": draw.id}).one()
    closing = draw.status == "closing"
    if draw.ripe_after is None:
        if not closing and now.last_position <= draw.position:
            return 0
        draw.ripe_position, draw.ripe_after = now.last_position, now.next_to_run
        db.flush()
        return 1
    if now.oldest_running < draw.ripe_after:
        return 0
    sealed = lengthen(db, draw, until=WITHOUT_END if closing else draw.ripe_position)
    if sealed < ROWS_MAX:
        draw.ripe_after = None
        if closing:
            close_draw(db, draw, at=at)
    db.flush()
    return max(sealed, 1)


def lengthen(db: Session, draw: PrizeDrawRow, *, until: int) -> int:
    """Write the next lines, at most ROWS_MAX; returns how many."""
    link = draw.hash or first_link(draw.id, draw.commitment, draw.terms)
    entries = unsealed_entries(db, draw, until=until, limit=ROWS_MAX)
    rows = []
    for number, entry in enumerate(entries, start=draw.lines + 1):
        line = DrawLine(entrant_of(draw.id, entry.customer_id, bytes(entry.salt)), entry.entries)
        link = next_link(link, line)
        rows.append((draw.tenant_id, draw.id, number, entry.position, line.entrant, line.entries, link))
    if rows:
        with pipeline(db) as sending:
            LINES.insert(sending, rows)
        draw.hash, draw.position = link, entries[-1].position
        draw.lines += len(rows)
        draw.entries += sum(entry.entries for entry in entries)
    return len(rows)
