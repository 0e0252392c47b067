"""Segments: groups of customers that a tenant makes, and that rules may ask for."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.refusals.customers import NoSuchCustomer, TooManySegments
from services.loyalty.domain.written import SegmentName
from services.loyalty.operations.change_segment import change_segment
from services.loyalty.queries.segments import segments_of

router = APIRouter(prefix="/v1/customers/{customer_id}", tags=["segments"], route_class=TransactionRoute)

Segment = Annotated[SegmentName, Path()]


class SegmentsDocument(BaseModel):
    """The segments a customer is in, in order."""

    object: str = "segments"
    customer_id: str
    segments: Sequence[str]


@router.get("/segments", dependencies=[needs("customers:read")], responses=problems(NoSuchCustomer))
def read(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller) -> SegmentsDocument:
    """The segments the customer was put into."""
    return SegmentsDocument(customer_id=customer_id, segments=segments_of(db, caller.tenant_id, customer_id))


@router.put(
    "/segments/{segment}",
    dependencies=[needs("customers:write")],
    responses=problems(NoSuchCustomer, TooManySegments),
)
def put_into(
    customer_id: KnownCustomer, segment: Segment, db: Transaction, caller: CurrentCaller, now: Now
) -> SegmentsDocument:
    """Put the customer into a segment; a name that is new makes one. Again changes nothing."""
    segments = change_segment(db, caller.tenant_id, customer_id, segment, inside=True, at=now)
    return SegmentsDocument(customer_id=customer_id, segments=segments)


@router.delete("/segments/{segment}", dependencies=[needs("customers:write")], responses=problems(NoSuchCustomer))
def take_out(
    customer_id: KnownCustomer, segment: Segment, db: Transaction, caller: CurrentCaller, now: Now
) -> SegmentsDocument:
    """Take the customer out of a segment. Again changes nothing."""
    segments = change_segment(db, caller.tenant_id, customer_id, segment, inside=False, at=now)
    return SegmentsDocument(customer_id=customer_id, segments=segments)
