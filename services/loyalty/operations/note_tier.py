"""Noting where a customer stands on the ladder. Source: docs/rules/tiers.md."""

from dataclasses import replace
from datetime import date

from kernel.ids import new_id
from services.loyalty.domain.tier_progress import Move, TierRules
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing
from services.loyalty.tables.tiers import TierRecord


def note_tier(books: Books, standing: Standing, rules: TierRules, record: TierRecord, day: date) -> TierRecord:
    """Post where the customer stands that day, and every step there from what was last noted.

    The customer is locked, and the record up to date; it is answered as it is now.
    """
    moves, told = rules.moves(record.told, record.progress, record.floor, day)
    for move in moves:
        post_move(books, standing, rules, move)
    noted = replace(record, told=told, progress=rules.compact(record.progress))
    books.keep_tier(standing, noted)
    return noted


def post_move(books: Books, standing: Standing, rules: TierRules, move: Move) -> None:
    """Post a step up or down."""
    risen = rules.tiers.level_of(move.after or "") > rules.tiers.level_of(move.before or "")
    change = "upgraded" if risen else "downgraded"
    named = (standing.tenant_id, new_id("tch"), standing.customer_id)
    # It has no end of its own, and nobody did it: no reason, no actor.
    books.postings.tier_changes.append((*named, change, move.before, move.after, move.on, None, None, None, books.at))
