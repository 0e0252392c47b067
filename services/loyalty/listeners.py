"""What loyalty hears: the few facts of customers it needs."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.events.letters import Listeners, Together, Told
from contracts.events.customers import CustomerChanged, CustomerCreated, CustomerFacts
from services.loyalty.operations.learn_customers import Facts, learn_customers


def on_customers(db: Session, told: Sequence[Told]) -> None:
    """Keep the newest facts."""
    facts = [facts_of(event) for event, _hearing in told]
    learn_customers(db, told[0].event.tenant_id, facts, at=told[0].hearing.heard_at)


def facts_of(event: CustomerFacts) -> Facts:
    """What an event tells of its customer."""
    known = event.customer_id, event.version, event.language, event.status
    return Facts(*known, event.birthday_month_day, event.joined_at)


LISTENERS: Listeners = dict.fromkeys([CustomerCreated, CustomerChanged], Together(on_customers))
