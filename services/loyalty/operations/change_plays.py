"""Changing the plays that a purchase brought, after its sale. Source: docs/rules/instant-win.md."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.events.loyalty import AnyFact
from kernel.ids import TenantId
from services.loyalty.domain.difference import PlaysChange
from services.loyalty.operations.give_award import give_award
from services.loyalty.operations.take_award_back import take_row_back
from services.loyalty.queries.instant_wins import find_instant_win, terms_of
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.tables.awards import AwardRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.instant_wins import PlayRow
from services.loyalty.tables.standings import Standing


def change_plays(
    db: Session,
    books: Books,
    standing: Standing,
    change: PlaysChange,
    program: ShelvedProgram,
    *,
    source: str,
    change_id: str,
) -> list[AnyFact]:
    """Take plays of a source back, or give more, to the locked customer; returns what that moved beside them.

    Of a customer who was merged, who has what was won by now must be locked with them.

    Those go first that cost nobody anything: unplayed ones, then those that won nothing, then prizes, and what was
    handed over last, which stays in the customer's hands. Those that come anew are first the ones that were taken back,
    the prizes first: a play draws once, whatever becomes of its purchase.
    """
    plays, holder = plays_from(db, change, standing, source), standing.merged_into or standing
    if change.plays < 0:
        kept = sorted((play for play in plays if play.taken_back_at is None), key=worth)
        return [fact for play in kept[: -change.plays] for fact in take_back(db, books, holder, play)]
    gone = sorted((play for play in plays if play.taken_back_at is not None), key=worth, reverse=True)
    again = gone[: change.plays]
    facts = [fact for play in again for fact in restore(db, books, holder, play, program, change_id)]
    books.give_plays(
        standing, change.instant_win_id, change.plays - len(again), valid_until=change.valid_until, source=source
    )
    return facts


def plays_from(db: Session, change: PlaysChange, standing: Standing, source: str) -> Sequence[PlayRow]:
    """All plays of an instant win that the source brought, locked: whoever they were merged into may be playing."""
    return db.scalars(
        select(PlayRow)
        .where(
            PlayRow.tenant_id == standing.tenant_id,
            PlayRow.source == source,
            PlayRow.instant_win_id == change.instant_win_id,
        )
        .order_by(PlayRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def worth(play: PlayRow) -> int:
    """How much it takes from the customer that the play goes."""
    if play.outcome is None:
        return 0
    return 1 if play.outcome != "won" else 2 if play.handed_over_at is None else 3


def take_back(db: Session, books: Books, holder: Standing, play: PlayRow) -> list[AnyFact]:
    """Take a play, and what it won as far as that can be: the award goes by the clawback policy."""
    play.taken_back_at = books.at
    db.flush()
    awards = db.scalars(
        select(AwardRow).where(
            AwardRow.tenant_id == holder.tenant_id,
            or_(AwardRow.source == play.id, AwardRow.source.startswith(f"{play.id}/", autoescape=True)),
            AwardRow.taken_back_at.is_(None),
        )
    ).all()
    return [fact for row in awards for fact in take_row_back(db, books, holder, row)]


def restore(
    db: Session, books: Books, holder: Standing, play: PlayRow, program: ShelvedProgram, change_id: str
) -> Sequence[AnyFact]:
    """Let the customer have a play again, with what it won."""
    play.taken_back_at = None
    db.flush()
    if play.outcome != "won" or play.prize is None:
        return ()
    instant_win = find_instant_win(db, TenantId(play.tenant_id), play.instant_win_id)
    award = terms_of(instant_win).prizes[play.prize].award
    if award is None:
        return ()
    # Under a name of its own: what was given first was taken back.
    given = give_award(
        db,
        books,
        holder,
        program,
        award,
        rule=instant_win.instant_win,
        source=f"{play.id}/{change_id}",
        occurred_at=books.at,
    )
    return given.facts
