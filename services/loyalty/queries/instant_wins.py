"""Instant wins, and their plays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.instant_win_proof import InstantWinProof, PublishedPlay
from services.loyalty.domain.refusals.instant_wins import InstantWinUnknown, PlayUnknown
from services.loyalty.queries.wallet_merges import brought_to, same_person
from services.loyalty.tables.instant_wins import InstantPrizeRow, InstantWinRow, PlayRow

LAST_ID = "~"
# Those who play do not wait for each other, those who drew a prize do, and who ends it waits for everybody who plays.
Lock = Literal["play", "win", "end"]


def find_instant_win(
    db: Session, tenant_id: TenantId, instant_win_id: str, *, lock: Lock | None = None
) -> InstantWinRow:
    """An instant win as it is now. Raises InstantWinUnknown."""
    found = select(InstantWinRow).where(InstantWinRow.tenant_id == tenant_id, InstantWinRow.id == instant_win_id)
    if lock:
        found = found.with_for_update(read=lock == "play", key_share=lock != "end")
    instant_win = db.scalar(found.execution_options(populate_existing=True))
    if instant_win is None:
        raise InstantWinUnknown
    return instant_win


def terms_of(instant_win: InstantWinRow) -> InstantWinTerms:
    """What was promised."""
    return InstantWinTerms.model_validate_json(instant_win.terms)


def status_at(instant_win: InstantWinRow, at: datetime) -> str:
    """Where an instant win stands by the clock: announced, open, closing, ended or stopped."""
    if instant_win.status != "open":
        return instant_win.status
    if at < instant_win.opens_at:
        return "announced"
    return "open" if at < instant_win.closes_at else "closing"


def instant_wins_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[InstantWinRow]:
    """The tenant's instant wins, the newest first."""
    return db.scalars(
        select(InstantWinRow)
        .where(InstantWinRow.tenant_id == tenant_id, InstantWinRow.id < (after or LAST_ID))
        .order_by(InstantWinRow.id.desc())
        .limit(limit)
    ).all()


def has_plays(db: Session, instant_win: InstantWinRow) -> bool:
    """Whether anybody was given a play yet."""
    found = select(PlayRow.id).where(
        PlayRow.tenant_id == instant_win.tenant_id, PlayRow.instant_win_id == instant_win.id
    )
    return db.scalar(found.limit(1)) is not None


def instant_wins_over(db: Session, tenant_id: TenantId, at: datetime) -> list[str]:
    """Those whose time is over, and whose secret is not shown yet."""
    found = select(InstantWinRow.id).where(
        InstantWinRow.tenant_id == tenant_id, InstantWinRow.status == "open", InstantWinRow.closes_at <= at
    )
    return list(db.scalars(found.order_by(InstantWinRow.id)))


def won_of(db: Session, instant_win: InstantWinRow, prizes: int) -> list[int]:
    """How many of each prize were won, by its place in the terms."""
    counts = dict.fromkeys(range(prizes), 0)
    found = select(InstantPrizeRow).where(
        InstantPrizeRow.tenant_id == instant_win.tenant_id, InstantPrizeRow.instant_win_id == instant_win.id
    )
    for row in db.scalars(found.execution_options(populate_existing=True)):
        counts[row.prize] = row.won
    return list(counts.values())


def wins_since(db: Session, play: PlayRow, since: datetime | None) -> int:
    """How often the play's customer has won in the same instant win from that moment on, under whatever id.

    What was taken back counts too.
    """
    found = select(func.count()).where(
        PlayRow.tenant_id == play.tenant_id,
        PlayRow.instant_win_id == play.instant_win_id,
        PlayRow.customer_id.in_(same_person(db, TenantId(play.tenant_id), play.customer_id)),
        PlayRow.outcome == "won",
    )
    if since is not None:
        found = found.where(PlayRow.played_at >= since)
    return db.scalar(found) or 0


def find_play(db: Session, tenant_id: TenantId, instant_win_id: str, play_id: str, *, lock: bool = False) -> PlayRow:
    """A play as it is now. Raises InstantWinUnknown and PlayUnknown."""
    play = db.get(PlayRow, (tenant_id, play_id), populate_existing=True, with_for_update=lock)
    if play is None or play.instant_win_id != instant_win_id:
        find_instant_win(db, tenant_id, instant_win_id)
        raise PlayUnknown
    return play


def plays_in(
    db: Session, instant_win: InstantWinRow, *, outcome: str | None, after: str | None, limit: int
) -> Sequence[PlayRow]:
    """The plays of an instant win, the newest first; only those with the outcome, if one is given."""
    found = select(PlayRow).where(
        PlayRow.tenant_id == instant_win.tenant_id,
        PlayRow.instant_win_id == instant_win.id,
        PlayRow.id < (after or LAST_ID),
    )
    if outcome is not None:
        found = found.where(PlayRow.outcome == outcome)
    return db.scalars(found.order_by(PlayRow.id.desc()).limit(limit)).all()


def plays_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[tuple[PlayRow, InstantWinRow]]:
    """The plays that a customer was given, or who was merged into them, the newest first, each with its instant win."""
    rows = db.execute(
        select(PlayRow, InstantWinRow)
        .join(
            InstantWinRow,
            (InstantWinRow.tenant_id == PlayRow.tenant_id) & (InstantWinRow.id == PlayRow.instant_win_id),
        )
        .where(
            PlayRow.tenant_id == tenant_id,
            PlayRow.customer_id.in_(brought_to(db, tenant_id, customer_id)),
            PlayRow.id < (after or LAST_ID),
        )
        .order_by(PlayRow.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def proof_of(db: Session, instant_win: InstantWinRow) -> InstantWinProof:
    """What is published of an instant win that is over: every play that was played, and nothing of people."""
    played = select(PlayRow).where(
        PlayRow.tenant_id == instant_win.tenant_id,
        PlayRow.instant_win_id == instant_win.id,
        PlayRow.played_at.is_not(None),
    )
    return InstantWinProof(
        instant_win_id=instant_win.id,
        terms=instant_win.terms,
        commitment=instant_win.commitment.hex(),
        secret=instant_win.secret.hex(),
        plays=[
            PublishedPlay(play=play.id, prize=play.prize, turn=play.turn, outcome=cast(Any, play.outcome))
            for play in db.scalars(played.order_by(PlayRow.id).execution_options(populate_existing=True))
        ],
    )
