"""Get to know a customer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.customers import CustomerCreated
from kernel.ids import CustomerId, TenantId, new_id
from services.customers.domain.consent import Said
from services.customers.domain.name import folded
from services.customers.domain.profile import Profile, normal_profile
from services.customers.operations.record_consent import record_consent
from services.customers.tables.customers import CustomerRow, identifiers_kept_unique
from services.customers.tables.name_words import replace_name_words

DEFAULTS = Profile(language="ar", status="active", labels={})


def create_customer(
    db: Session,
    tenant_id: TenantId,
    given: Profile,
    consents: Sequence[Said] = (),
    *,
    country: str,
    actor: str,
    at: datetime,
) -> CustomerRow:
    """Record a new customer and what they consented to.

    Raises CustomerExists, and what `normal_profile` raises.
    """
    profile = normal_profile(given, country=country, today=at.date())
    customer = CustomerRow(
        tenant_id=tenant_id,
        id=CustomerId(new_id("cus")),
        version=1,
        created_at=at,
        updated_at=at,
        **{**DEFAULTS, **profile},
    )
    with identifiers_kept_unique(db, tenant_id, profile):
        db.add(customer)
    replace_name_words(db, tenant_id, customer.id, folded(customer.name or "").split())
    publish(db, CustomerCreated(**customer.facts, occurred_at=at))
    for said in consents:
        record_consent(db, tenant_id, customer.id, said, actor=actor, at=at)
    return customer
