"""Changing what a purchase has in a draw, after its sale. Source: docs/rules/draws.md."""

from sqlalchemy.orm import Session

from services.loyalty.queries.draws import entries_in, find_draw
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing


def change_entries(db: Session, books: Books, standing: Standing, draw_id: str, entries: int, *, source: str) -> None:
    """Put so many entries of the locked customer in, or take them back when below zero.

    While the draw is open the list gets a line more. Afterwards it is what it is, and only what the source is worth by
    now is noted: a pick that it paid for is passed over.
    """
    draw = find_draw(db, standing.tenant_id, draw_id)
    if draw.status != "open" or books.at >= draw.closes_at:
        books.enter_draw_late(standing, draw_id, entries, source=source)
        return
    before = entries_in(db, standing.tenant_id, draw_id, standing.customer_id)
    books.enter_draw(standing, draw_id, entries, before + entries, source=source)
