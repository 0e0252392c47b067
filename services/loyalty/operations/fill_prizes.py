"""Passing prizes on until each is somebody's who may have it. Source: docs/rules/draws.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import DrawWon
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.draw_proof import Reason
from services.loyalty.domain.local_day import days_later
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.draws import came_by, picks_of, terms_of
from services.loyalty.queries.wallet_merges import survivor
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.customers import CustomerRow
from services.loyalty.tables.prize_draws import DrawPickRow, PrizeDrawRow

HOLDING = ("won", "claimed", "handed_over")


def fill_prizes(db: Session, draw: PrizeDrawRow, *, new: bool = False, at: datetime) -> int:
    """Look at every prize of a locked, drawn draw that nobody has claimed, and pass it on where that is needed.

    `new` when all of them were won just now. Returns how many were passed on.
    """
    terms, picks = terms_of(draw), picks_of(db, draw)
    passed = 0
    for pick in picks:
        if pick.status == "won" and (reason := why_not(db, draw, terms, pick, picks, at)):
            pass_over(pick, reason, at=at)
            passed += 1
        elif pick.status == "won" and new:
            win(db, draw, terms, pick, at=at)
    waiting = [pick for pick in picks if pick.status == "waiting"]
    for slot in given_up(picks):
        while waiting:
            pick = waiting.pop(0)
            pick.slot, pick.status = slot, "won"
            reason = why_not(db, draw, terms, pick, picks, at)
            if reason is None:
                win(db, draw, terms, pick, at=at)
                break
            pass_over(pick, reason, at=at)
            passed += 1
    db.flush()
    return passed


def pass_over(
    pick: DrawPickRow, reason: Reason, *, at: datetime, note: str | None = None, actor: str | None = None
) -> None:
    """Take a prize from who was picked for it. It keeps its place, so that everybody sees whose turn it was."""
    pick.status, pick.reason, pick.note, pick.actor, pick.updated_at = "passed_over", reason, note, actor, at


def given_up(picks: Sequence[DrawPickRow]) -> list[int]:
    """The prizes that their last holder does not have any more, the first prize first."""
    holders = {pick.slot: pick for pick in picks if pick.slot is not None}
    return sorted(slot for slot, pick in holders.items() if slot is not None and pick.status == "passed_over")


def win(db: Session, draw: PrizeDrawRow, terms: DrawTerms, pick: DrawPickRow, *, at: datetime) -> None:
    """Tell somebody that a prize is theirs, and until when they can claim it."""
    assert pick.slot is not None, "there is something to win"
    tenant_id = TenantId(draw.tenant_id)
    if terms.claim_days is not None:
        pick.claim_until = days_later(at, terms.claim_days, zone_of(db, tenant_id))
    pick.updated_at = at
    publish(
        db,
        DrawWon(
            tenant_id=tenant_id,
            customer_id=survivor(db, tenant_id, pick.customer_id),
            occurred_at=at,
            draw_id=draw.id,
            draw_name=by_language(terms.name),
            prize_name=by_language(terms.prizes[terms.prize_of_slot[pick.slot]].name),
            pick=pick.pick,
            claim_until=pick.claim_until,
        ),
    )


def why_not(
    db: Session, draw: PrizeDrawRow, terms: DrawTerms, pick: DrawPickRow, picks: Sequence[DrawPickRow], at: datetime
) -> Reason | None:
    """What keeps somebody from a prize they were picked for; None when nothing does."""
    tenant_id = TenantId(draw.tenant_id)
    winner = survivor(db, tenant_id, pick.customer_id)
    if is_blocked(db, tenant_id, winner):
        return "blocked"
    # Of what a purchase brought, the last entries went back first.
    if pick.nth_of_source >= came_by(db, draw, pick.source):
        return "returned"
    if pick.claim_until is not None and at >= pick.claim_until:
        return "unclaimed"
    if terms.one_win_per_customer:
        held = [other for other in picks if other.pick < pick.pick and other.status in HOLDING]
        if winner in {survivor(db, tenant_id, other.customer_id) for other in held}:
            return "won_before"
    return None


def is_blocked(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> bool:
    """Whether the customer may not take part by now."""
    found = select(CustomerRow.status).where(CustomerRow.tenant_id == tenant_id, CustomerRow.customer_id == customer_id)
    return db.scalar(found) != "active"
