"""`wafa tenants create`: a business joins."""

from chassis.settings import Settings
from cli.databases import open_database
from gateway.operations.create_tenant import create_tenant
from kernel.clock import utc_now


def add_tenant(settings: Settings, name: str, *, live: bool, currency: str, time_zone: str) -> str:
    """Create a tenant and answer its id. Raises UnknownCurrency, UnknownTimeZone."""
    with open_database(settings, "gateway") as database, database.transaction() as db:
        tenant = create_tenant(db, name=name, livemode=live, currency=currency, time_zone=time_zone, at=utc_now())
        return tenant.tenant_id
