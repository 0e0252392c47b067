"""The tenant a key belongs to."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.web.caller import CurrentCaller
from chassis.web.problem_responses import problems
from chassis.web.transaction import Transaction, TransactionRoute
from gateway.operations.create_api_key import TenantMissing
from gateway.tables.tenants import TenantRow

router = APIRouter(route_class=TransactionRoute, tags=["access"])


class Tenant(BaseModel):
    """One business."""

    object: Literal["tenant"] = "tenant"
    id: str
    name: str
    livemode: bool
    currency: str
    time_zone: str
    created_at: datetime


@router.get("/v1/tenant", responses=problems(TenantMissing))
def get_tenant(db: Transaction, caller: CurrentCaller) -> Tenant:
    """Which tenant this key belongs to. Every key may ask."""
    tenant = db.get(TenantRow, caller.tenant_id)
    if tenant is None:
        raise TenantMissing(tenant_id=caller.tenant_id)
    return Tenant(
        id=tenant.tenant_id,
        name=tenant.name,
        livemode=tenant.livemode,
        currency=tenant.currency,
        time_zone=tenant.time_zone,
        created_at=tenant.created_at,
    )
