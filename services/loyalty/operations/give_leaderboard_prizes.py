"""Giving what the places of a leaderboard win. Source: docs/rules/leaderboards.md."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events.loyalty import LeaderboardWon
from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.give_award import give_award
from services.loyalty.queries.leaderboards import find_leaderboard, terms_of
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.queries.wallet_merges import survivor
from services.loyalty.tables.books import Books
from services.loyalty.tables.leaderboards import LeaderboardPlaceRow
from services.loyalty.tables.standings import Standing, lock_standing

BATCH_MAX = 20


def give_leaderboard_prizes(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Give some of the prizes that are due; returns how many. Each is given once, however often this dies in between.

    Who was merged wins for whom they were merged into. Who is blocked by then, or unknown, wins nothing. Without a live
    program the prizes wait for one.
    """
    program = SHELF.live(db, tenant_id, at)
    if program is None:
        return 0
    due = db.scalars(
        select(LeaderboardPlaceRow)
        .where(LeaderboardPlaceRow.tenant_id == tenant_id, LeaderboardPlaceRow.status == "due")
        .order_by(LeaderboardPlaceRow.customer_id, LeaderboardPlaceRow.round_id)
        .limit(BATCH_MAX)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    winners = [(survivor(db, tenant_id, won.customer_id), won) for won in due]
    # In the order in which everybody locks.
    for customer_id, won in sorted(winners, key=lambda winner: winner[0]):
        standing = lock_standing(db, tenant_id, customer_id)
        if standing is None or standing.status != "active":
            won.status = "passed_over"
        else:
            give(db, standing, program, won, at)
            won.status = "given"
    db.flush()
    return len(due)


def give(db: Session, standing: Standing, program: ShelvedProgram, won: LeaderboardPlaceRow, at: datetime) -> None:
    """Give one prize, and tell of it."""
    terms = terms_of(find_leaderboard(db, standing.tenant_id, won.leaderboard_id))
    assert won.prize is not None
    award, books = terms.prizes[won.prize].award, Books(at)
    given = give_award(
        db, books, standing, program, award, rule=won.leaderboard_id, source=won.round_id, occurred_at=at
    )
    books.postings.tell(
        LeaderboardWon(
            tenant_id=standing.tenant_id,
            customer_id=standing.customer_id,
            occurred_at=at,
            leaderboard_id=won.leaderboard_id,
            leaderboard_name=by_language(terms.name),
            round_id=won.round_id,
            place=won.place,
            facts=list(given.facts),
            balance=Points(standing.wallet(program.document.unit).balance),
        ),
        None,
    )
    books.close(db)
