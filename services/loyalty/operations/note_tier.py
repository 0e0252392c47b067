"""Noting where a customer stands on the ladder. Source: docs/rules/tiers.md."""

from dataclasses import replace
from datetime import date

from contracts.events.loyalty import TierChanged, TierChangeKind
from kernel.ids import new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.tier_progress import Floor, Move, TierRules
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing
from services.loyalty.tables.tiers import TierRecord


def note_tier(books: Books, standing: Standing, rules: TierRules, record: TierRecord, day: date) -> TierRecord:
    """Post where the customer stands that day, and every step there from what was last noted.

    The customer is locked, and the record up to date; it is answered as it is now.
    """
    moves, told = rules.moves(record.told, record.progress, record.floor, day, record.admission(standing.segments))
    for move in moves:
        post_move(books, standing, rules, move)
    noted = replace(record, told=told, progress=rules.compact(record.progress))
    books.keep_tier(standing, noted)
    return noted


def post_move(
    books: Books,
    standing: Standing,
    rules: TierRules,
    move: Move,
    *,
    floor: Floor | None = None,
    by: ByHand | None = None,
) -> None:
    """Post a step up or down, or a floor that somebody gave, which may change no tier."""
    before, after = [rules.tiers.level_of(tier or "") for tier in (move.before, move.after)]
    change: TierChangeKind = "set" if floor else "upgraded" if after > before else "downgraded"
    tier = rules.tiers.at_level(after)
    until = floor.until if floor else move.ends_on
    why = (by.reason, by.actor) if by else (None, None)
    books.postings.tier_changes.append(
        (
            standing.tenant_id,
            new_id("tch"),
            standing.customer_id,
            change,
            move.before,
            floor.tier if floor else move.after,
            move.on,
            until,
            *why,
            books.at,
        )
    )
    books.postings.tell(
        TierChanged(
            tenant_id=standing.tenant_id,
            customer_id=standing.customer_id,
            occurred_at=books.at,
            change=change,
            before=move.before,
            tier=move.after,
            tier_name=by_language(tier.name) if tier else None,
            happened_on=move.on,
            ends_on=move.ends_on,
        ),
        by.trace if by else None,
    )
