"""The tenant a newcomer plays with: made at the first start, with a test key, and noted in access.json."""

from datetime import datetime
from typing import Any

from chassis.data.database import Database
from chassis.settings import Settings
from cli.databases import open_database
from cli.home import ACCESS_FILE, Home
from contracts.scopes import SCOPES
from gateway.domain.api_key import key_id_in
from gateway.operations.create_api_key import create_api_key
from gateway.operations.create_tenant import create_tenant
from gateway.tables.api_keys import ApiKeyRow
from kernel.ids import TenantId

NAME = "Demo"
# Those of the shops whose baskets `wafa demo` plays.
CURRENCY = "USD"
TIME_ZONE = "America/New_York"


def ensure_first_tenant(home: Home, settings: Settings, *, at: datetime) -> None:
    """Note where the run is reached and with which key: the noted one, or a new tenant's when that opens nothing."""
    with open_database(settings, "gateway") as database:
        known = home.access
        access = known if known is not None and opens(database, known) else make_tenant(database, at=at)
    url = settings.gateway_url
    home.write(
        ACCESS_FILE, {"gateway_url": url, "docs_url": f"{url}/docs", "mailbox": str(home.mail), **without_urls(access)}
    )


def opens(database: Database, access: dict[str, Any]) -> bool:
    """Whether the noted key is still one of the noted tenant."""
    key_id = key_id_in(access["api_key"].encode())
    with database.transaction(access["tenant_id"]) as db:
        key = db.get(ApiKeyRow, (access["tenant_id"], key_id))
        return key is not None and key.revoked_at is None


def make_tenant(database: Database, *, at: datetime) -> dict[str, Any]:
    """A test tenant and a key that may do everything."""
    with database.transaction() as db:
        tenant = create_tenant(db, name=NAME, livemode=False, currency=CURRENCY, time_zone=TIME_ZONE, at=at)
        _, key = create_api_key(db, tenant_id=TenantId(tenant.tenant_id), scopes=SCOPES, name="wafa up", at=at)
        return {
            "tenant_id": tenant.tenant_id,
            "tenant_name": tenant.name,
            "currency": tenant.currency,
            "api_key": key,
        }


def without_urls(access: dict[str, Any]) -> dict[str, Any]:
    """What stays the same when the run moves to another port or folder."""
    return {name: access[name] for name in ("tenant_id", "tenant_name", "currency", "api_key")}
