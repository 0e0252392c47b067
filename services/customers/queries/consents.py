"""What a customer allows now, and everything they ever said about it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.customers.domain.consent import Channel, Purpose
from services.customers.tables.consents import ConsentRow

HISTORY_MAX = 100


def current_consents(
    db: Session, tenant_id: TenantId, customer_id: CustomerId
) -> Mapping[tuple[Purpose, Channel], ConsentRow]:
    """What holds, where the customer has spoken."""
    rows = db.scalars(
        select(ConsentRow)
        .where(ConsentRow.tenant_id == tenant_id, ConsentRow.customer_id == customer_id)
        .ext(distinct_on(ConsentRow.purpose, ConsentRow.channel))
        .order_by(ConsentRow.purpose, ConsentRow.channel, ConsentRow.revision.desc())
    )
    return {(row.purpose, row.channel): row for row in rows}


def consent_history(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[ConsentRow]:
    """What was said, the latest first; at most a hundred."""
    return db.scalars(
        select(ConsentRow)
        .where(ConsentRow.tenant_id == tenant_id, ConsentRow.customer_id == customer_id)
        .order_by(ConsentRow.recorded_at.desc(), ConsentRow.purpose, ConsentRow.channel, ConsentRow.revision.desc())
        .limit(HISTORY_MAX)
    ).all()
