"""Draws, and who has what in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.draw_proof import DrawProof, PublishedPick
from services.loyalty.domain.draw_seal import DrawLine
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.domain.refusals.draws import DrawUnknown, DrawWinUnknown
from services.loyalty.queries.wallet_merges import brought_to, same_person
from services.loyalty.tables.prize_draws import (
    DrawEntrantRow,
    DrawEntryRow,
    DrawLineRow,
    DrawPickRow,
    PrizeDrawRow,
)

LAST_ID = "~"
UNDER_WAY = text("""
    SELECT id FROM prize_draws WHERE tenant_id = :tenant_id AND (
        status IN ('open', 'closing') OR status = 'closed'
        OR status = 'drawn' AND EXISTS (
            SELECT FROM draw_picks p
            WHERE p.tenant_id = prize_draws.tenant_id AND p.draw_id = prize_draws.id AND p.status = 'won'))
    ORDER BY id
""")
UNSEALED = text("""
    SELECT e.position, e.customer_id, e.entries, t.salt
    FROM draw_entries e JOIN draw_entrants t
        ON t.tenant_id = e.tenant_id AND t.draw_id = e.draw_id AND t.customer_id = e.customer_id
    WHERE e.tenant_id = :tenant_id AND e.draw_id = :draw_id AND NOT e.late
      AND e.position > :after AND e.position <= :until
    ORDER BY e.position LIMIT :limit
""")


def find_draw(db: Session, tenant_id: TenantId, draw_id: str, *, lock: bool = False) -> PrizeDrawRow:
    """A draw as it is now. Raises DrawUnknown."""
    found = select(PrizeDrawRow).where(PrizeDrawRow.tenant_id == tenant_id, PrizeDrawRow.id == draw_id)
    if lock:
        found = found.with_for_update(key_share=True)
    draw = db.scalar(found.execution_options(populate_existing=True))
    if draw is None:
        raise DrawUnknown
    return draw


def terms_of(draw: PrizeDrawRow) -> DrawTerms:
    """What was promised."""
    return DrawTerms.model_validate_json(draw.terms)


def draws_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[PrizeDrawRow]:
    """The tenant's draws, the newest first."""
    return db.scalars(
        select(PrizeDrawRow)
        .where(PrizeDrawRow.tenant_id == tenant_id, PrizeDrawRow.id < (after or LAST_ID))
        .order_by(PrizeDrawRow.id.desc())
        .limit(limit)
    ).all()


def has_entries(db: Session, draw: PrizeDrawRow) -> bool:
    """Whether anybody was entered yet."""
    found = select(DrawEntryRow.id).where(DrawEntryRow.tenant_id == draw.tenant_id, DrawEntryRow.draw_id == draw.id)
    return db.scalar(found.limit(1)) is not None


def entries_in(db: Session, tenant_id: TenantId, draw_id: str, customer_id: CustomerId) -> int:
    """How many entries the customer has in the draw's list."""
    entrant = db.get(DrawEntrantRow, (tenant_id, draw_id, customer_id), populate_existing=True)
    return entrant.entries if entrant else 0


def entries_of_person(db: Session, tenant_id: TenantId, draw_id: str, customer_id: CustomerId) -> int:
    """How many entries the customer has in the draw's list with all who turned out to be the same person."""
    summed = select(func.coalesce(func.sum(DrawEntrantRow.entries), 0)).where(
        DrawEntrantRow.tenant_id == tenant_id,
        DrawEntrantRow.draw_id == draw_id,
        DrawEntrantRow.customer_id.in_(same_person(db, tenant_id, customer_id)),
    )
    return int(db.scalar(summed) or 0)


@dataclass(frozen=True, slots=True)
class Participation:
    """A draw, and whom of a person its list has: those who were merged stay entrants of their own."""

    draw: PrizeDrawRow
    entrants: Sequence[DrawEntrantRow]


def entered_by(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[Participation]:
    """The draws that the customer has been in, or who was merged into them, the newest first."""
    theirs = (
        DrawEntrantRow.tenant_id == tenant_id,
        DrawEntrantRow.customer_id.in_(brought_to(db, tenant_id, customer_id)),
    )
    draws = db.scalars(
        select(PrizeDrawRow)
        .where(
            PrizeDrawRow.tenant_id == tenant_id,
            PrizeDrawRow.id < (after or LAST_ID),
            PrizeDrawRow.id.in_(select(DrawEntrantRow.draw_id).where(*theirs)),
        )
        .order_by(PrizeDrawRow.id.desc())
        .limit(limit)
    ).all()
    found = select(DrawEntrantRow).where(*theirs, DrawEntrantRow.draw_id.in_([draw.id for draw in draws]))
    # The customer's own first.
    own_first = (DrawEntrantRow.customer_id != customer_id, DrawEntrantRow.customer_id)
    entrants: dict[str, list[DrawEntrantRow]] = {draw.id: [] for draw in draws}
    for entrant in db.scalars(found.order_by(*own_first)):
        entrants[entrant.draw_id].append(entrant)
    return [Participation(draw, entrants[draw.id]) for draw in draws]


def draws_under_way(db: Session, tenant_id: TenantId) -> list[str]:
    """The draws that time has still something to do with."""
    return list(db.scalars(UNDER_WAY, {"tenant_id": tenant_id}))


def unsealed_entries(db: Session, draw: PrizeDrawRow, *, until: int, limit: int) -> Sequence[Any]:
    """The next entries to become lines, in the order of their positions, with whose they are and the salt."""
    named = {"tenant_id": draw.tenant_id, "draw_id": draw.id, "after": draw.position, "until": until, "limit": limit}
    return db.execute(UNSEALED, named).all()


def lines_of(db: Session, draw: PrizeDrawRow) -> list[DrawLine]:
    """The published list, in order."""
    found = (
        select(DrawLineRow.entrant, DrawLineRow.entries)
        .where(DrawLineRow.tenant_id == draw.tenant_id, DrawLineRow.draw_id == draw.id)
        .order_by(DrawLineRow.line)
    )
    return [DrawLine(*row) for row in db.execute(found)]


def picks_of(db: Session, draw: PrizeDrawRow) -> Sequence[DrawPickRow]:
    """The picks, in order."""
    return db.scalars(
        select(DrawPickRow)
        .where(DrawPickRow.tenant_id == draw.tenant_id, DrawPickRow.draw_id == draw.id)
        .order_by(DrawPickRow.pick)
        .execution_options(populate_existing=True)
    ).all()


def find_win(db: Session, draw: PrizeDrawRow, pick: int) -> DrawPickRow:
    """A pick that has, or had, a prize. Raises DrawWinUnknown."""
    win = db.get(DrawPickRow, (draw.tenant_id, draw.id, pick), populate_existing=True)
    if win is None or win.slot is None:
        raise DrawWinUnknown
    return win


def wins_of(db: Session, tenant_id: TenantId, customer_id: CustomerId, draw_ids: Sequence[str]) -> list[DrawPickRow]:
    """What the customer won in these draws, or who was merged into them; or lost again."""
    return list(
        db.scalars(
            select(DrawPickRow)
            .where(
                DrawPickRow.tenant_id == tenant_id,
                DrawPickRow.customer_id.in_(brought_to(db, tenant_id, customer_id)),
                DrawPickRow.draw_id.in_(draw_ids),
                DrawPickRow.slot.is_not(None),
            )
            .order_by(DrawPickRow.draw_id, DrawPickRow.pick)
        )
    )


def sources_in(db: Session, draw: PrizeDrawRow, customer_id: str) -> list[tuple[str, int]]:
    """What brought a customer entries while the list was open, or took them back, in order."""
    found = (
        select(DrawEntryRow.source, DrawEntryRow.entries)
        .where(
            DrawEntryRow.tenant_id == draw.tenant_id,
            DrawEntryRow.draw_id == draw.id,
            DrawEntryRow.customer_id == customer_id,
            DrawEntryRow.late.is_(False),
        )
        .order_by(DrawEntryRow.position)
    )
    return [(row.source, row.entries) for row in db.execute(found)]


def came_by(db: Session, draw: PrizeDrawRow, source: str) -> int:
    """How many entries a source has brought by now, what came back after closing taken off."""
    summed = select(func.coalesce(func.sum(DrawEntryRow.entries), 0)).where(
        DrawEntryRow.tenant_id == draw.tenant_id, DrawEntryRow.draw_id == draw.id, DrawEntryRow.source == source
    )
    return int(db.scalar(summed) or 0)


def customers_of(db: Session, draw: PrizeDrawRow) -> dict[str, CustomerId]:
    """Who is behind each entrant of the list."""
    found = (
        select(DrawLineRow.entrant, DrawEntryRow.customer_id)
        .join(
            DrawEntryRow,
            (DrawEntryRow.tenant_id == DrawLineRow.tenant_id) & (DrawEntryRow.position == DrawLineRow.position),
        )
        .where(DrawLineRow.tenant_id == draw.tenant_id, DrawLineRow.draw_id == draw.id)
    )
    return {row.entrant: row.customer_id for row in db.execute(found)}


def proof_of(db: Session, draw: PrizeDrawRow) -> DrawProof:
    """What is published of a draw that is closed. The seed is in it once it was used."""
    assert draw.hash is not None, "it is closed"
    drawn = draw.status == "drawn"
    return DrawProof(
        draw_id=draw.id,
        terms=draw.terms,
        commitment=draw.commitment.hex(),
        lines=lines_of(db, draw),
        entries_hash=draw.hash.hex(),
        beacon=draw.beacon,
        seed=draw.seed.hex() if drawn else None,
        picks=[
            PublishedPick(
                ticket=pick.ticket,
                left=pick.tickets_left,
                entrant=pick.entrant,
                slot=pick.slot,
                status=cast(Any, pick.status),
                reason=cast(Any, pick.reason),
            )
            for pick in picks_of(db, draw)
        ],
    )
