"""Putting a customer into a segment, or taking them out of it."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.customers import TooManySegments
from services.loyalty.queries.customers import locked
from services.loyalty.tables.customers import CustomerRow

SEGMENTS_MAX = 100


def change_segment(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, segment: str, *, inside: bool
) -> Sequence[str]:
    """See to it that the customer is in the segment, or is not; answers the segments they are in then.

    Again changes nothing. Rules that ask for a segment know it from the next sale on; sales of before, and their
    returns, keep to what was then. Raises NoSuchCustomer and TooManySegments.
    """
    before = locked(db, tenant_id, customer_id).segments
    if (segment in before) is inside:
        return before
    after = sorted({*before, segment} if inside else set(before) - {segment})
    if len(after) > SEGMENTS_MAX:
        raise TooManySegments(most=SEGMENTS_MAX)
    named = (CustomerRow.tenant_id == tenant_id, CustomerRow.customer_id == customer_id)
    db.execute(update(CustomerRow).where(*named).values(segments=after))
    return after
