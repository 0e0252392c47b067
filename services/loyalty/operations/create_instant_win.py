"""Announcing an instant win. Source: docs/rules/instant-win.md."""

import secrets
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import InstantWinAnnounced
from kernel.ids import TenantId, new_id
from services.loyalty.domain.draw_seal import SEED_BYTES, commitment_of
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.refusals.awards import AwardUnitUnknown
from services.loyalty.domain.refusals.instant_wins import InstantWinClosesTooSoon, InstantWinNameTaken
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.instant_wins import find_instant_win
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.instant_wins import InstantWinRow


def create_instant_win(
    db: Session, tenant_id: TenantId, terms: InstantWinTerms, *, at: datetime, trace: str | None = None
) -> InstantWinRow:
    """Announce an instant win: its secret is chosen, and committed to, before there can be a play.

    Raises InstantWinClosesTooSoon, AwardUnitUnknown, and InstantWinNameTaken while one that rules call the same is
    open.
    """
    if terms.closes_at <= at:
        raise InstantWinClosesTooSoon
    check_units(db, tenant_id, terms, at)
    secret, instant_win_id = secrets.token_bytes(SEED_BYTES), new_id("iwn")
    made = db.scalar(
        insert(InstantWinRow)
        .values(
            tenant_id=tenant_id,
            id=instant_win_id,
            status="open",
            secret=secret,
            commitment=commitment_of(secret),
            turns=0,
            version=1,
            created_at=at,
            **columns_of(terms),
        )
        .on_conflict_do_nothing()
        .returning(InstantWinRow.id)
    )
    if made is None:
        raise InstantWinNameTaken(instant_win=terms.instant_win)
    instant_win = find_instant_win(db, tenant_id, instant_win_id)
    announce(db, instant_win, terms, at=at, trace=trace)
    return instant_win


def check_units(db: Session, tenant_id: TenantId, terms: InstantWinTerms, at: datetime) -> None:
    """Raises AwardUnitUnknown when a prize gives units that the live program, if there is one, does not have."""
    program = SHELF.live(db, tenant_id, at)
    if program is None:
        return
    for prize in terms.prizes:
        unit = prize.award.unit if prize.award else None
        if unit is not None and unit not in program.document.units:
            raise AwardUnitUnknown(unit=unit)


def columns_of(terms: InstantWinTerms) -> dict[str, object]:
    """The terms as the row keeps them."""
    return {
        "instant_win": terms.instant_win,
        "terms": terms.as_text(),
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
        "play_days": terms.play_days,
    }


def announce(
    db: Session, instant_win: InstantWinRow, terms: InstantWinTerms, *, at: datetime, trace: str | None
) -> None:
    """Tell others what is promised from now on."""
    publish(
        db,
        InstantWinAnnounced(
            tenant_id=TenantId(instant_win.tenant_id),
            customer_id=None,
            occurred_at=at,
            instant_win_id=instant_win.id,
            instant_win_name=by_language(terms.name),
            commitment=instant_win.commitment.hex(),
            terms=instant_win.terms,
            opens_at=terms.opens_at,
            closes_at=terms.closes_at,
        ),
        trace=trace,
    )
