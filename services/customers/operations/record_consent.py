"""Write down what a customer allowed or forbade."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.customers import ConsentChanged
from kernel.ids import CustomerId, TenantId
from services.customers.domain.consent import Said
from services.customers.tables.consents import ConsentRow, current_consent
from services.customers.tables.customers import lock_customer


def record_consent(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, said: Said, *, actor: str, at: datetime
) -> None:
    """Add what was said to the history, unless it says what holds already. Raises CustomerMissing."""
    lock_customer(db, tenant_id, customer_id)
    current = current_consent(db, tenant_id, customer_id, said.purpose, said.channel)
    if current is not None and current.said == said:
        return
    revision = current.revision + 1 if current else 1
    db.add(
        ConsentRow(
            tenant_id=tenant_id,
            customer_id=customer_id,
            revision=revision,
            actor=actor,
            recorded_at=at,
            purpose=said.purpose,
            channel=said.channel,
            granted=said.granted,
            source=said.source,
            wording=said.wording,
        )
    )
    if current is None or current.granted != said.granted:
        publish(
            db,
            ConsentChanged(
                tenant_id=tenant_id,
                customer_id=customer_id,
                occurred_at=at,
                purpose=said.purpose,
                channel=said.channel,
                granted=said.granted,
            ),
        )
