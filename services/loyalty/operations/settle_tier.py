"""Seeing where a customer stands on the ladder after something else than a sale. Source: docs/rules/tiers.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.loyalty.operations.note_tier import note_tier
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import tier_record, up_to_date
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing


def settle_tier(db: Session, standing: Standing, *, at: datetime, purchases_changed: bool = False) -> None:
    """Note where a locked customer stands by all that is written, when the live program has tiers.

    `purchases_changed` says that other purchases count for them now than before, which nobody has counted yet.
    """
    if purchases_changed:
        changed = Books(at)
        changed.count_purchase(standing, 0)
        changed.close(db)
    program = SHELF.live(db, standing.tenant_id, at)
    rules = program.document.tier_rules if program else None
    if rules is None:
        return
    today = rules.day(at)
    record = tier_record(db, standing.owner)
    record = up_to_date(db, standing.owner, standing.purchases_version, rules, record, today)
    books = Books(at)
    note_tier(books, standing, rules, record, today)
    books.close(db)
