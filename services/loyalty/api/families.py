"""Families: customers who share somebody's membership."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id, by_hand
from services.loyalty.api.membership_changes import Wish, as_it_is
from services.loyalty.api.memberships import MembershipDocument, MembershipId
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.memberships import (
    FamilyFull,
    InFamily,
    MembershipOver,
    MembershipUnknown,
    NotInFamily,
)
from services.loyalty.domain.refusals.wallets import SameCustomer
from services.loyalty.operations.leave_family import leave_family
from services.loyalty.operations.share_membership import share_membership

router = APIRouter(prefix="/v1/memberships/{membership_id}/family", tags=["memberships"], route_class=TransactionRoute)


class FamilyRequest(Wish):
    """Who comes into the family."""

    customer_id: Id


@router.post(
    "",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(
        MembershipUnknown, NoSuchCustomer, CustomerBlocked, SameCustomer, MembershipOver, InFamily, FamilyFull
    ),
    openapi_extra=MONEY_LIKE,
)
def create(
    membership_id: MembershipId, wish: FamilyRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> MembershipDocument:
    """Let a customer share the membership, as many as its plan allows."""
    introduce_customers(request, db, caller, wish.customer_id)
    share_membership(db, caller.tenant_id, membership_id, CustomerId(wish.customer_id), by=by_hand(caller), at=now)
    return as_it_is(membership_id, db, caller, now)


@router.delete(
    "/{relative_id}", dependencies=[needs("points:write")], responses=problems(MembershipUnknown, NotInFamily)
)
def delete(
    membership_id: MembershipId,
    relative_id: Annotated[str, Path(max_length=64)],
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> MembershipDocument:
    """Take a customer out of the family; what they did with the membership before stays."""
    leave_family(db, caller.tenant_id, membership_id, CustomerId(relative_id), by=by_hand(caller), at=now)
    return as_it_is(membership_id, db, caller, now)
