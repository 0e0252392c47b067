"""Making a prize the winner's. Source: docs/rules/draws.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import AnyFact, DrawPrizeClaimed
from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.domain.refusals.draws import DrawWinSettled
from services.loyalty.domain.refusals.programs import NoLiveProgram
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.fill_prizes import fill_prizes
from services.loyalty.operations.give_award import give_award
from services.loyalty.queries.customers import locked
from services.loyalty.queries.draws import find_draw, find_win, picks_of, terms_of
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.wallet_merges import survivor
from services.loyalty.tables.books import Books
from services.loyalty.tables.prize_draws import DrawPickRow, PrizeDrawRow


def claim_prize(
    db: Session, tenant_id: TenantId, draw_id: str, pick: int, *, actor: str, at: datetime, trace: str | None = None
) -> DrawPickRow:
    """Let a winner have what they won, its award included. Again changes nothing.

    Where it turns out that they may not have it any more, it is passed on, and the pick says so. Raises DrawUnknown,
    DrawWinUnknown, DrawWinSettled, and NoLiveProgram where there is an award.
    """
    draw = find_draw(db, tenant_id, draw_id, lock=True)
    win = find_win(db, draw, pick)
    if win.status in ("claimed", "handed_over"):
        return win
    if win.status != "won":
        raise DrawWinSettled(status=win.status)
    fill_prizes(db, draw, at=at)
    if win.status == "won":
        give_prize(db, draw, terms_of(draw), win, actor=actor, at=at, trace=trace)
    return win


def claim_at_once(db: Session, draw: PrizeDrawRow, *, at: datetime) -> int:
    """Give the prizes that nobody has to claim, those of a locked draw; returns how many.

    An award waits for a live program.
    """
    terms = terms_of(draw)
    if terms.claim_days is not None:
        return 0
    live = SHELF.live(db, TenantId(draw.tenant_id), at) is not None
    due = [win for win in picks_of(db, draw) if win.status == "won" and (live or award_of(terms, win) is None)]
    for win in due:
        give_prize(db, draw, terms, win, actor=None, at=at, trace=None)
    return len(due)


def award_of(terms: DrawTerms, win: DrawPickRow) -> object:
    """What is given with a prize, if anything is."""
    assert win.slot is not None, "it was won"
    return terms.prizes[terms.prize_of_slot[win.slot]].award


def give_prize(
    db: Session,
    draw: PrizeDrawRow,
    terms: DrawTerms,
    win: DrawPickRow,
    *,
    actor: str | None,
    at: datetime,
    trace: str | None,
) -> None:
    """Give a prize that was won: once, for the award is named after the pick."""
    assert win.slot is not None, "it was won"
    tenant_id = TenantId(draw.tenant_id)
    prize = terms.prizes[terms.prize_of_slot[win.slot]]
    standing = locked(db, tenant_id, survivor(db, tenant_id, win.customer_id))
    books, facts, balance = Books(at), tuple[AnyFact, ...](), None
    if prize.award is not None:
        program = SHELF.live(db, tenant_id, at)
        if program is None:
            raise NoLiveProgram
        source = f"{draw.id}/{win.pick}"
        given = give_award(db, books, standing, program, prize.award, rule=terms.draw, source=source, occurred_at=at)
        facts, balance = given.facts, Points(standing.wallet(program.document.unit).balance)
    win.status, win.actor, win.updated_at = "claimed", actor, at
    books.postings.tell(
        DrawPrizeClaimed(
            tenant_id=tenant_id,
            customer_id=standing.customer_id,
            occurred_at=at,
            draw_id=draw.id,
            draw_name=by_language(terms.name),
            prize_name=by_language(prize.name),
            pick=win.pick,
            facts=list(facts),
            balance=balance,
        ),
        trace,
    )
    books.close(db)
    db.flush()
