"""Correct what is known about a customer."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from chassis.web.etags import check_version
from contracts.events.customers import CustomerChanged
from kernel.ids import CustomerId, TenantId
from services.customers.domain.name import folded
from services.customers.domain.profile import Profile, normal_profile
from services.customers.tables.customers import CustomerRow, identifiers_kept_unique, lock_customer
from services.customers.tables.name_words import replace_name_words


def update_customer(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    given: Profile,
    *,
    expected_version: int | None,
    country: str,
    at: datetime,
) -> CustomerRow:
    """Set the fields that are given. When nothing is different afterwards, nothing happened: same version, no event.

    Raises CustomerMissing, VersionStale, CustomerExists, and what `normal_profile` raises.
    """
    customer = lock_customer(db, tenant_id, customer_id)
    check_version(customer.version, expected_version)
    profile = normal_profile(given, country=country, today=at.date())
    changes = {field: value for field, value in profile.items() if getattr(customer, field) != value}
    if not changes:
        return customer
    with identifiers_kept_unique(db, tenant_id, profile):
        for field, value in {**changes, "version": customer.version + 1, "updated_at": at}.items():
            setattr(customer, field, value)
    if "name" in changes:
        replace_name_words(db, tenant_id, customer_id, folded(customer.name or "").split())
    publish(db, CustomerChanged(**customer.facts, occurred_at=at))
    return customer
