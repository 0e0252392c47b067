"""Putting a customer into a segment, or taking them out of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.customers import TooManySegments
from services.loyalty.operations.note_tier import note_tier
from services.loyalty.queries.customers import locked
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import tier_record, up_to_date
from services.loyalty.tables.books import Books
from services.loyalty.tables.customers import CustomerRow
from services.loyalty.tables.standings import Standing

SEGMENTS_MAX = 100


def change_segment(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, segment: str, *, inside: bool, at: datetime
) -> Sequence[str]:
    """See to it that the customer is in the segment, or is not; answers the segments they are in then.

    Again changes nothing. Rules that ask for a segment know it from the next sale on; sales of before, and their
    returns, keep to what was then. Where a tier asks for the segment, what changes is noted at once.
    Raises NoSuchCustomer and TooManySegments.
    """
    standing = locked(db, tenant_id, customer_id)
    before = standing.segments
    if (segment in before) is inside:
        return before
    after = sorted({*before, segment} if inside else set(before) - {segment})
    if len(after) > SEGMENTS_MAX:
        raise TooManySegments(most=SEGMENTS_MAX)
    named = (CustomerRow.tenant_id == tenant_id, CustomerRow.customer_id == customer_id)
    db.execute(update(CustomerRow).where(*named).values(segments=after))
    change_tier(db, standing, segment, after, at=at)
    return after


def change_tier(db: Session, standing: Standing, segment: str, after: Sequence[str], *, at: datetime) -> None:
    """Note where a locked customer stands who is in these segments now, if a tier asks for the one that changed."""
    program = SHELF.live(db, standing.tenant_id, at)
    rules = program.document.tier_rules if program else None
    if rules is None or segment not in rules.tiers.segments:
        return
    today = rules.day(at)
    record = tier_record(db, standing.owner)
    record = up_to_date(db, standing.owner, standing.purchases_version, rules, record, today)
    kept = {name: floor for name, floor in record.kept.items() if name != segment and floor.until >= today}
    if segment not in after:
        leaving = rules.kept_on_leaving(record.progress, record.admission(standing.segments), segment, today)
        kept |= {segment: leaving} if leaving else {}
    standing.segments = after
    books = Books(at)
    note_tier(books, standing, rules, replace(record, kept=kept), today)
    books.close(db)
