"""Customers whose first purchase is faster than the event that tells of them: loyalty asks, once, and goes on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import anyio.to_thread
import httpx
from fastapi import FastAPI
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.logging import log
from chassis.web.caller import Asking, Caller
from chassis.web.internal_client import InternalClient
from kernel.clock import utc_now
from kernel.ids import CustomerId, TenantId, is_id
from services.loyalty.operations.learn_customer import learn_customer
from services.loyalty.operations.record_purchases import Sale
from services.loyalty.queries.customers import is_known


async def introduce(app: FastAPI, sales: Sequence[Sale]) -> bool:
    """Ask the customers service about the customers of these sales; whether it knew any of them."""
    return await anyio.to_thread.run_sync(introduce_each, app.state.database, app.state.customers, sales)


def introduce_each(database: Database, customers: InternalClient, sales: Sequence[Sale]) -> bool:
    """Ask about each customer once and keep what is answered."""
    owners = sorted({sale.owner for sale in sales if sale.owner})
    known = [(tenant_id, facts) for tenant_id, wanted in owners if (facts := ask(customers, tenant_id, wanted))]
    for tenant_id, facts in known:
        with database.transaction(tenant_id) as db:
            keep(db, tenant_id, facts)
    return bool(known)


def introduce_customers(request: Asking, db: Session, caller: Caller, *customer_ids: str | None) -> None:
    """Ask about those of these customers whom loyalty has not heard of yet; about nobody, nothing."""
    # In one order, as everybody: so nobody waits in a circle.
    for named in sorted(filter(None, customer_ids)):
        customer_id = CustomerId(named)
        if not is_known(db, caller.tenant_id, customer_id):
            introduce_one(db, request.app.state.customers, caller.tenant_id, customer_id)


def introduce_one(db: Session, customers: InternalClient, tenant_id: TenantId, customer_id: CustomerId) -> bool:
    """Ask about one customer and keep what is answered; whether there is such a customer."""
    facts = ask(customers, tenant_id, customer_id)
    if facts is None:
        return False
    keep(db, tenant_id, facts)
    return True


def ask(customers: InternalClient, tenant_id: TenantId, customer_id: CustomerId) -> dict[str, Any] | None:
    """The facts of one customer. A service that is away knows nobody; and nobody is known by what is not an id."""
    if not is_id(customer_id, "cus"):
        return None
    try:
        answer = customers.get(f"/internal/customers/{customer_id}", tenant_id)
    except httpx.HTTPError as error:
        log.warning("customers does not answer", reason=type(error).__name__, customer_id=customer_id)
        return None
    return answer.json() if answer.status_code == 200 else None


def keep(db: Session, tenant_id: TenantId, facts: Mapping[str, Any]) -> None:
    """Remember the facts that were answered."""
    learn_customer(
        db,
        tenant_id,
        facts["id"],
        version=facts["version"],
        language=facts["language"],
        status=facts["status"],
        birthday=facts.get("birthday_month_day"),
        joined_at=datetime.fromisoformat(joined) if (joined := facts.get("joined_at")) else None,
        at=utc_now(),
    )
