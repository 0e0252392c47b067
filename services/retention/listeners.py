"""What retention hears, and does about it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.events.letters import Hearing, Listeners, Together, Told
from contracts.events.access import TenantCreated
from contracts.events.customers import CustomerChanged, CustomerCreated, CustomerFacts
from contracts.events.loyalty import PurchaseClaimed, PurchaseRecorded, PurchaseReturned
from services.retention.domain.history import Known, Return, Visit
from services.retention.operations.know_customers import know_customers
from services.retention.operations.learn_time_zone import learn_time_zone
from services.retention.operations.record_returns import record_returns
from services.retention.operations.record_visits import record_visits


def on_tenant_created(db: Session, event: TenantCreated, _hearing: Hearing) -> None:
    """A business joined: its days are counted in its own zone."""
    learn_time_zone(db, event.tenant_id, livemode=event.livemode, currency=event.currency, time_zone=event.time_zone)


def on_customers(db: Session, told: Sequence[Told]) -> None:
    """Customers are new or changed, bought, or brought something back.

    Told in any order, it comes to the same: so each kind can be taken together.
    """
    tenant_id = told[0].event.tenant_id
    events = [one.event for one in told]
    know_customers(db, tenant_id, [known(event) for event in events if isinstance(event, CustomerFacts)])
    record_visits(db, tenant_id, [visit for event in events if (visit := visit_of(event)) is not None])
    record_returns(db, tenant_id, [back for event in events if (back := return_of(event)) is not None])


def known(event: CustomerFacts) -> Known:
    """A customer is new, or not the same any more."""
    return Known(event.customer_id, event.occurred_at, event.version, event.language, event.status)


def visit_of(event: object) -> Visit | None:
    """Somebody bought. Nobody knows a walk-in well enough to keep them, until it turns out who they were."""
    match event:
        case PurchaseRecorded(customer_id=str(customer_id)):
            return Visit(event.purchase_id, customer_id, event.occurred_at, event.currency, event.due)
        case PurchaseClaimed(customer_id=str(customer_id)):
            # They were there at the moment of the sale.
            return Visit(event.purchase_id, customer_id, event.sold_at, event.currency, event.due)
    return None


def return_of(event: object) -> Return | None:
    """Something came back, or the sale was corrected."""
    match event:
        case PurchaseReturned(customer_id=str(customer_id)):
            back = event.purchase_id, event.return_id, customer_id, event.occurred_at
            return Return(*back, event.refund, event.whole)
    return None


ABOUT_CUSTOMERS = Together(on_customers)
LISTENERS: Listeners = {
    TenantCreated: on_tenant_created,
    CustomerCreated: ABOUT_CUSTOMERS,
    CustomerChanged: ABOUT_CUSTOMERS,
    PurchaseRecorded: ABOUT_CUSTOMERS,
    PurchaseClaimed: ABOUT_CUSTOMERS,
    PurchaseReturned: ABOUT_CUSTOMERS,
}
