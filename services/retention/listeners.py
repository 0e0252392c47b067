"""What retention hears, and does about it."""

from sqlalchemy.orm import Session

from chassis.events.letters import Hearing, Listeners
from contracts.events.access import TenantCreated
from contracts.events.customers import CustomerChanged, CustomerCreated
from contracts.events.loyalty import PurchaseClaimed, PurchaseRecorded, PurchaseReturned
from services.retention.operations.know_customer import know_customer
from services.retention.operations.learn_time_zone import learn_time_zone
from services.retention.operations.record_return import record_return
from services.retention.operations.record_visit import record_visit


def on_tenant_created(db: Session, event: TenantCreated, _hearing: Hearing) -> None:
    """A business joined: its days are counted in its own zone."""
    learn_time_zone(db, event.tenant_id, livemode=event.livemode, currency=event.currency, time_zone=event.time_zone)


def on_customer_told(db: Session, event: CustomerCreated | CustomerChanged, _hearing: Hearing) -> None:
    """A customer is new, or not the same any more."""
    know_customer(
        db,
        event.tenant_id,
        event.customer_id,
        version=event.version,
        language=event.language,
        status=event.status,
        at=event.occurred_at,
    )


def on_purchase_recorded(db: Session, event: PurchaseRecorded, _hearing: Hearing) -> None:
    """Somebody bought. Nobody knows a walk-in well enough to keep them."""
    if event.customer_id is not None:
        record_visit(
            db,
            event.tenant_id,
            event.customer_id,
            event.purchase_id,
            currency=event.currency,
            due=event.due,
            at=event.occurred_at,
        )


def on_purchase_claimed(db: Session, event: PurchaseClaimed, _hearing: Hearing) -> None:
    """A walk-in turned out to be somebody: they were there at the moment of the sale."""
    assert event.customer_id is not None
    record_visit(
        db,
        event.tenant_id,
        event.customer_id,
        event.purchase_id,
        currency=event.currency,
        due=event.due,
        at=event.sold_at,
    )


def on_purchase_returned(db: Session, event: PurchaseReturned, _hearing: Hearing) -> None:
    """Something came back, or the sale was corrected."""
    if event.customer_id is not None:
        record_return(
            db,
            event.tenant_id,
            event.customer_id,
            event.purchase_id,
            event.return_id,
            refund=event.refund,
            whole=event.whole,
            corrected=event.change != "return",
            at=event.occurred_at,
        )


LISTENERS: Listeners = {
    TenantCreated: on_tenant_created,
    CustomerCreated: on_customer_told,
    CustomerChanged: on_customer_told,
    PurchaseRecorded: on_purchase_recorded,
    PurchaseClaimed: on_purchase_claimed,
    PurchaseReturned: on_purchase_returned,
}
