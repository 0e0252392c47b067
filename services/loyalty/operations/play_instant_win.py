"""Playing a play: what it draws is fixed when it is given. Source: docs/rules/instant-win.md."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.loyalty import AnyFact, InstantWinWon
from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.domain.instant_picks import Outcome, drawn_by, kept_back
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.local_day import day_start, local_date
from services.loyalty.domain.period import period_start
from services.loyalty.domain.refusals.instant_wins import InstantWinNotOpen, PlayExpired, PlayTakenBack
from services.loyalty.domain.refusals.programs import NoLiveProgram
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.give_award import give_award
from services.loyalty.queries.customers import locked, welcome
from services.loyalty.queries.instant_wins import (
    find_instant_win,
    find_play,
    status_at,
    terms_of,
    wins_since,
    won_of,
)
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.wallet_merges import survivor
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.books import Books
from services.loyalty.tables.instant_wins import InstantPrizeRow, InstantWinRow, PlayRow
from services.loyalty.tables.standings import Standing


def play_instant_win(
    db: Session, tenant_id: TenantId, instant_win_id: str, play_id: str, *, at: datetime, trace: str | None = None
) -> PlayRow:
    """Draw what a play draws, and give what it wins. A play that was played answers what it answered then.

    Raises InstantWinUnknown, PlayUnknown, PlayTakenBack, PlayExpired, InstantWinNotOpen and CustomerBlocked; and
    NoLiveProgram where it wins an award, which waits for a program: nothing is drawn then.
    """
    standing = lock_player(db, find_play(db, tenant_id, instant_win_id, play_id))
    play = find_play(db, tenant_id, instant_win_id, play_id, lock=True)
    if play.outcome is not None:
        return play
    if play.taken_back_at is not None:
        raise PlayTakenBack
    welcome(standing, standing.customer_id)
    instant_win = find_instant_win(db, tenant_id, instant_win_id, lock="play")
    if (status := status_at(instant_win, at)) != "open":
        raise InstantWinNotOpen(status=status)
    if at >= play.valid_until:
        raise PlayExpired
    terms = terms_of(instant_win)
    prize = drawn_by(instant_win.secret, play.id, terms)
    if prize is None:
        play.played_at, play.outcome = at, "nothing"
    else:
        outcome = take_turn(db, instant_win, terms, play, prize, at=at)
        play.played_at, play.prize, play.turn, play.outcome = at, prize, instant_win.turns, outcome
    db.flush()
    if prize is not None and play.outcome == "won":
        give_prize(db, standing, instant_win, terms, play, prize, at=at, trace=trace)
    return play


def lock_player(db: Session, play: PlayRow) -> Standing:
    """Who plays it, under lock: the customer it was given to, or whom they were merged into. Raises NoSuchCustomer."""
    tenant_id = TenantId(play.tenant_id)
    while True:
        standing = locked(db, tenant_id, survivor(db, tenant_id, play.customer_id))
        # They may have been merged while we waited.
        if standing.customer_id == survivor(db, tenant_id, play.customer_id):
            return standing


def take_turn(
    db: Session, instant_win: InstantWinRow, terms: InstantWinTerms, play: PlayRow, prize: int, *, at: datetime
) -> Outcome:
    """Say what comes of a drawn prize: one play after the other, so that stock and budget are exact."""
    find_instant_win(db, TenantId(instant_win.tenant_id), instant_win.id, lock="win")
    instant_win.turns += 1
    if is_at_limit(db, terms, play, at):
        return "limit_reached"
    outcome = kept_back(terms, prize, won_of(db, instant_win, len(terms.prizes)))
    if outcome == "won":
        one = insert(InstantPrizeRow).values(
            tenant_id=instant_win.tenant_id, instant_win_id=instant_win.id, prize=prize, won=1
        )
        key = ["tenant_id", "instant_win_id", "prize"]
        db.execute(one.on_conflict_do_update(index_elements=key, set_={"won": InstantPrizeRow.won + 1}))
    return outcome


def is_at_limit(db: Session, terms: InstantWinTerms, play: PlayRow, at: datetime) -> bool:
    """Whether the locked customer has won as often as they may."""
    limit, since = terms.wins_per_customer, None
    if limit is None:
        return False
    if limit.per != "ever":
        zone = zone_of(db, TenantId(play.tenant_id))
        since = day_start(period_start(limit.per, local_date(at, zone)), zone)
    return wins_since(db, play, since) >= limit.at_most


def give_prize(
    db: Session,
    standing: Standing,
    instant_win: InstantWinRow,
    terms: InstantWinTerms,
    play: PlayRow,
    prize: int,
    *,
    at: datetime,
    trace: str | None,
) -> None:
    """Give a prize that was won, and tell of it. The award is named after the play, and given once."""
    award, books, facts, balance = terms.prizes[prize].award, Books(at), tuple[AnyFact, ...](), None
    if award is not None:
        program = SHELF.live(db, standing.tenant_id, at)
        if program is None:
            raise NoLiveProgram
        given = give_award(
            db, books, standing, program, award, rule=instant_win.instant_win, source=play.id, occurred_at=at
        )
        facts, balance = given.facts, Points(standing.wallet(program.document.unit).balance)
    books.postings.tell(
        InstantWinWon(
            tenant_id=standing.tenant_id,
            customer_id=standing.customer_id,
            occurred_at=at,
            instant_win_id=instant_win.id,
            instant_win_name=by_language(terms.name),
            prize_name=by_language(terms.prizes[prize].name),
            play_id=play.id,
            facts=list(facts),
            balance=balance,
        ),
        trace,
    )
    books.close(db)
