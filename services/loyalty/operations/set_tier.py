"""Giving a customer a tier by hand. Source: docs/rules/tiers.md."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.tiers import NoTiers, TierEndsInThePast, TierUnknown
from services.loyalty.domain.tier_progress import Floor, Move
from services.loyalty.operations.note_tier import note_tier, post_move
from services.loyalty.queries.customers import locked
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import tier_record, up_to_date
from services.loyalty.tables.books import Books


def set_tier(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    floor: Floor,
    *,
    by: ByHand,
    at: datetime,
) -> None:
    """Let the customer be in no lower tier up to and with the floor's last day; a floor of before is replaced.

    What they earn above it stays theirs. Raises NoSuchCustomer, NoTiers, TierUnknown and TierEndsInThePast.
    """
    standing = locked(db, tenant_id, customer_id)
    program = SHELF.live(db, tenant_id, at)
    rules = program.document.tier_rules if program else None
    if rules is None:
        raise NoTiers
    if not rules.tiers.level_of(floor.tier):
        raise TierUnknown(tier=floor.tier)
    today = rules.day(at)
    if floor.until < today:
        raise TierEndsInThePast
    books = Books(at)
    record = tier_record(db, standing.owner)
    record = up_to_date(db, standing.owner, standing.purchases_version, rules, record, today)
    before = note_tier(books, standing, rules, record, today)
    _moves, told = rules.moves(before.told, before.progress, floor, today, before.admission(standing.segments))
    move = Move(on=today, before=before.told.tier, after=told.tier, ends_on=told.ends_on)
    post_move(books, standing, rules, move, floor=floor, by=by)
    books.keep_tier(standing, replace(before, floor=floor, told=told))
    books.close(db)
