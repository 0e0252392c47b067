"""`wafa keys create`: one of a tenant's systems gets a key."""

from collections.abc import Sequence

from chassis.settings import Settings
from cli.databases import open_database
from contracts.scopes import SCOPES
from gateway.operations.create_api_key import create_api_key
from kernel.clock import utc_now
from kernel.ids import TenantId


def add_key(settings: Settings, tenant_id: str, *, name: str, scopes: Sequence[str]) -> str:
    """Create a key with these scopes, or all, and answer it, once. Raises TenantMissing, UnknownScope."""
    with open_database(settings, "gateway") as database, database.transaction(tenant_id) as db:
        _, key = create_api_key(db, tenant_id=TenantId(tenant_id), scopes=scopes or SCOPES, name=name, at=utc_now())
        return key
