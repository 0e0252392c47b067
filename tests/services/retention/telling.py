"""Telling retention what happened: events with only what the test is about, heard as its worker would."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from chassis.data.database import Database
from chassis.events.letters import Hearing, Told, hand_over
from contracts.event import Event
from contracts.events.access import TenantCreated
from contracts.events.customers import CustomerChanged, CustomerCreated
from contracts.events.loyalty import PurchaseRecorded, PurchaseReturned
from kernel.ids import CustomerId, TenantId, new_id
from services.retention.listeners import LISTENERS

RIYADH = "Asia/Riyadh"


def moment(text: str) -> datetime:
    """`moment("2026-03-01 10:00")` in UTC; noon when only a day is given."""
    return datetime.fromisoformat(text if " " in text else f"{text} 12:00").replace(tzinfo=UTC)


def tell(database: Database, events: Iterable[Event]) -> None:
    """Let retention hear the events in this order, each in a transaction of its own."""
    for event in events:
        with database.transaction(event.tenant_id) as db:
            hand_over(db, LISTENERS, [Told(event, Hearing(new_id("evt"), event.occurred_at, replaying=False))])


def tell_together(database: Database, events: Sequence[Event]) -> None:
    """Let retention hear one tenant's events in this order, all in one transaction."""
    with database.transaction(events[0].tenant_id) as db:
        told = [Told(event, Hearing(new_id("evt"), event.occurred_at, replaying=False)) for event in events]
        hand_over(db, LISTENERS, told)


def tenant_created(tenant_id: TenantId, time_zone: str = RIYADH) -> TenantCreated:
    """A business that joined long ago."""
    return TenantCreated(
        tenant_id=tenant_id,
        occurred_at=moment("2020-01-01"),
        name="Bakery",
        livemode=False,
        currency="SAR",
        time_zone=time_zone,
    )


def created(tenant_id: TenantId, customer_id: str, at: str, **facts: object) -> CustomerCreated:
    """A customer who signed up."""
    return CustomerCreated(**known_facts(tenant_id, customer_id, at, {"version": 1, **facts}))


def changed(tenant_id: TenantId, customer_id: str, at: str, **facts: object) -> CustomerChanged:
    """A customer about whom something changed."""
    return CustomerChanged(**known_facts(tenant_id, customer_id, at, facts))


def known_facts(tenant_id: TenantId, customer_id: str, at: str, facts: dict[str, object]) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "customer_id": CustomerId(customer_id),
        "occurred_at": moment(at),
        "language": "ar",
        **facts,
    }


def bought(
    tenant_id: TenantId, customer_id: str | None, at: str | datetime, purchase_id: str | None = None, due: int = 1000
) -> PurchaseRecorded:
    """A purchase, by day or by moment."""
    return PurchaseRecorded(
        tenant_id=tenant_id,
        customer_id=CustomerId(customer_id) if customer_id else None,
        occurred_at=moment(at) if isinstance(at, str) else at,
        purchase_id=purchase_id or new_id("pur"),
        store_id="riyadh-1",
        channel="store",
        currency="SAR",
        subtotal=due,
        discount=0,
        due=due,
        facts=[],
    )


def gave_back(
    purchase: PurchaseRecorded, at: str | datetime, refund: int | None = None, return_id: str | None = None
) -> PurchaseReturned:
    """A return: of everything, unless the refund is named."""
    return PurchaseReturned(
        tenant_id=purchase.tenant_id,
        customer_id=purchase.customer_id,
        occurred_at=moment(at) if isinstance(at, str) else at,
        purchase_id=purchase.purchase_id,
        return_id=return_id or new_id("ret"),
        currency=purchase.currency,
        refund=purchase.due if refund is None else refund,
        whole=refund is None,
        facts=[],
    )
