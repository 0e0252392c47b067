"""Customers whose first purchase is faster than the event that tells of them: loyalty asks, once, and goes on."""

from collections.abc import Sequence

import anyio.to_thread
import httpx
from fastapi import FastAPI

from chassis.database import Database
from chassis.internal_client import InternalClient
from chassis.logging import log
from kernel.clock import utc_now
from kernel.ids import CustomerId, TenantId
from services.loyalty.operations.learn_customer import learn_customer
from services.loyalty.operations.record_purchases import Sale


async def introduce(app: FastAPI, sales: Sequence[Sale]) -> bool:
    """Ask the customers service about the customers of these sales; whether it knew any of them."""
    return await anyio.to_thread.run_sync(introduce_each, app.state.database, app.state.customers, sales)


def introduce_each(database: Database, customers: InternalClient, sales: Sequence[Sale]) -> bool:
    """Ask about each customer once and keep what is answered."""
    answers = [introduce_one(database, customers, *owner) for owner in {sale.owner for sale in sales} if owner]
    return any(answers)


def introduce_one(database: Database, customers: InternalClient, tenant_id: TenantId, customer_id: CustomerId) -> bool:
    """Keep the facts of one customer; whether there is such a customer. A service that is away knows nobody."""
    try:
        answer = customers.get(f"/internal/customers/{customer_id}", tenant_id)
    except httpx.HTTPError as error:
        log.warning("customers does not answer", reason=type(error).__name__, customer_id=customer_id)
        return False
    if answer.status_code != 200:
        return False
    facts = answer.json()
    with database.transaction(tenant_id) as db:
        learn_customer(
            db,
            tenant_id,
            facts["id"],
            version=facts["version"],
            language=facts["language"],
            status=facts["status"],
            at=utc_now(),
        )
    return True
