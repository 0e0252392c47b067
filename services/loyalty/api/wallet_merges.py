"""Wallet merges: two customers found to be one person."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id, Reason, by_hand
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import MergedAlready, MergeUndone, MergeUnknown, SameCustomer, UnitsHeld
from services.loyalty.operations.merge_wallets import merge_wallets
from services.loyalty.operations.undo_merge import undo_merge

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


class MergeRequest(BaseModel):
    """Whose wallets go to whom, and why."""

    model_config = ConfigDict(extra="forbid")

    from_customer_id: Id
    into_customer_id: Id
    reason: Reason


class MergeDocument(BaseModel):
    """A merge, in force until it is undone."""

    model_config = ConfigDict(from_attributes=True)

    object: str = "wallet_merge"
    id: str
    from_customer_id: str
    into_customer_id: str
    reason: str
    actor: str
    recorded_at: datetime
    undone_at: datetime | None


@router.post(
    "/wallet_merges",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, SameCustomer, MergedAlready, UnitsHeld),
    openapi_extra=MONEY_LIKE,
)
def create_merge(
    wish: MergeRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> MergeDocument:
    """Bring all units of one customer to another, each lot with its own dates. What comes later follows."""
    introduce_customers(request, db, caller, wish.from_customer_id, wish.into_customer_id)
    merge = merge_wallets(
        db,
        caller.tenant_id,
        source=CustomerId(wish.from_customer_id),
        into=CustomerId(wish.into_customer_id),
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return MergeDocument.model_validate(merge)


@router.post(
    "/wallet_merges/{merge_id}/undo",
    dependencies=[needs("points:write")],
    responses=problems(MergeUnknown, MergeUndone, MergedAlready, UnitsHeld),
    openapi_extra=MONEY_LIKE,
)
def undo(merge_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> MergeDocument:
    """Give back what is left of what a merge brought."""
    merge = undo_merge(db, caller.tenant_id, merge_id, at=now, trace=caller.request_id or None)
    return MergeDocument.model_validate(merge)
