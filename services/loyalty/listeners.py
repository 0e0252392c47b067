"""What loyalty hears: the few facts of customers it needs."""

from sqlalchemy.orm import Session

from chassis.events.letters import Hearing, Listeners
from contracts.events.customers import CustomerChanged, CustomerCreated, CustomerFacts
from services.loyalty.operations.learn_customer import learn_customer


def on_customer(db: Session, event: CustomerFacts, hearing: Hearing) -> None:
    """Keep the newest facts."""
    learn_customer(
        db,
        event.tenant_id,
        event.customer_id,
        version=event.version,
        language=event.language,
        status=event.status,
        birthday=event.birthday_month_day,
        joined_at=event.joined_at,
        at=hearing.heard_at,
    )


LISTENERS: Listeners = {CustomerCreated: on_customer, CustomerChanged: on_customer}
