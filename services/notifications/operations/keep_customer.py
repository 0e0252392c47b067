"""Keep the copy of a customer's facts."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.customers import CustomerFacts
from services.notifications.tables import CustomerRow


def keep_customer(db: Session, facts: CustomerFacts) -> None:
    """Remember the facts unless newer ones are known already."""
    told = insert(CustomerRow).values(
        tenant_id=facts.tenant_id,
        customer_id=facts.customer_id,
        version=facts.version,
        language=facts.language,
    )
    db.execute(
        told.on_conflict_do_update(
            index_elements=[CustomerRow.tenant_id, CustomerRow.customer_id],
            set_={"version": told.excluded.version, "language": told.excluded.language},
            where=CustomerRow.version < told.excluded.version,
        )
    )
