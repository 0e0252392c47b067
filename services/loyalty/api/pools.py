"""Pools: customers who spend each other's units, a household."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.api.fields import Id, Units
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.api.transfers import TransferDocument
from services.loyalty.api.wallets import Unit
from services.loyalty.domain.offer import WalletUnit
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.wallets import InAnotherPool, InsufficientPoints, NotInPool, PoolFull, PoolUnknown
from services.loyalty.operations.gather_units import gather_units
from services.loyalty.operations.join_pool import MEMBERS_MAX, join_pool
from services.loyalty.operations.leave_pool import leave_pool
from services.loyalty.operations.open_pool import open_pool
from services.loyalty.queries.pools import find_pool, members_of, shares_of
from services.loyalty.tables.moves import PoolRow

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


class PoolRequest(BaseModel):
    """Who makes the pool, and who else is in it."""

    model_config = ConfigDict(extra="forbid")

    owner_id: Id
    customer_ids: Annotated[list[Id], Field(max_length=MEMBERS_MAX)] = []


class MemberRequest(BaseModel):
    """Who comes in."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id


class GatheringRequest(BaseModel):
    """Who is about to spend how much."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    amount: Units
    unit: WalletUnit = "points"


class ShareDocument(BaseModel):
    """What one of the pool has."""

    customer_id: str
    balance: int
    pending: int
    held: int
    available: int


class PoolDocument(BaseModel):
    """A pool, and what its customers have together. `available` is what any of them can gather."""

    object: str = "pool"
    id: str
    owner_id: str
    unit: str
    balance: int
    available: int
    customers: list[ShareDocument]
    created_at: datetime


class GatheringDocument(BaseModel):
    """The transfers that brought the units together; none when the customer had enough."""

    object: str = "gathering"
    pool_id: str
    customer_id: str
    unit: str
    transfers: list[TransferDocument]


@router.post(
    "/pools",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, CustomerBlocked, InAnotherPool, PoolFull),
    openapi_extra=MONEY_LIKE,
)
def create_pool(wish: PoolRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now) -> PoolDocument:
    """Let customers spend each other's units. What each earns stays theirs until one of them needs it."""
    introduce_customers(request, db, caller, wish.owner_id, *wish.customer_ids)
    others = [CustomerId(customer_id) for customer_id in wish.customer_ids]
    return document(db, open_pool(db, caller.tenant_id, CustomerId(wish.owner_id), others, at=now), "points", now)


@router.get("/pools/{pool_id}", dependencies=[needs("points:read")], responses=problems(PoolUnknown))
def read_pool(pool_id: str, db: Transaction, caller: CurrentCaller, now: Now, unit: Unit = "points") -> PoolDocument:
    """What the pool's customers have, each and together."""
    return document(db, find_pool(db, caller.tenant_id, pool_id), unit, now)


@router.post(
    "/pools/{pool_id}/customers",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(PoolUnknown, NoSuchCustomer, CustomerBlocked, InAnotherPool, PoolFull),
    openapi_extra=MONEY_LIKE,
)
def join(
    pool_id: str, wish: MemberRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> PoolDocument:
    """Let one more customer in."""
    introduce_customers(request, db, caller, wish.customer_id)
    pool = find_pool(db, caller.tenant_id, pool_id)
    join_pool(db, pool, [CustomerId(wish.customer_id)], at=now)
    return document(db, pool, "points", now)


@router.post(
    "/pools/{pool_id}/customers/{customer_id}/leave",
    dependencies=[needs("points:write")],
    responses=problems(PoolUnknown, NoSuchCustomer, NotInPool),
    openapi_extra=MONEY_LIKE,
)
def leave(pool_id: str, customer_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> PoolDocument:
    """Let a customer go, with what is theirs."""
    pool = leave_pool(db, caller.tenant_id, pool_id, CustomerId(customer_id), at=now)
    return document(db, pool, "points", now)


@router.post(
    "/pools/{pool_id}/gatherings",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(PoolUnknown, NotInPool, CustomerBlocked, InsufficientPoints),
    openapi_extra=MONEY_LIKE,
)
def gather(pool_id: str, wish: GatheringRequest, db: Transaction, caller: CurrentCaller, now: Now) -> GatheringDocument:
    """Bring the pool's units to the customer who is about to spend so many: those that die first, with their dates."""
    transfers = gather_units(
        db,
        caller.tenant_id,
        pool_id,
        CustomerId(wish.customer_id),
        unit=wish.unit,
        amount=Points(wish.amount),
        actor=caller.actor,
        at=now,
        trace=caller.request_id or None,
    )
    return GatheringDocument(
        pool_id=pool_id,
        customer_id=wish.customer_id,
        unit=wish.unit,
        transfers=[TransferDocument.model_validate(transfer) for transfer in transfers],
    )


def document(db: Session, pool: PoolRow, unit: str, now: datetime) -> PoolDocument:
    """A pool as the API answers it."""
    shares = shares_of(db, pool.tenant_id, members_of(db, pool), unit, at=now)
    return PoolDocument(
        id=pool.id,
        owner_id=pool.owner_id,
        unit=unit,
        balance=sum(share.view.balance for share in shares),
        available=sum(share.view.available for share in shares if not share.blocked),
        customers=[
            ShareDocument(
                customer_id=share.customer_id,
                balance=share.view.balance,
                pending=share.view.pending,
                held=share.view.held,
                available=share.view.available,
            )
            for share in shares
        ],
        created_at=pool.created_at,
    )
