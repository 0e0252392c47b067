"""A tenant gets a key for one of its systems."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.scopes import SCOPES
from gateway.domain.api_key import SECRET_BYTES, digest, written_key
from gateway.tables.api_keys import ApiKeyRow
from gateway.tables.tenants import TenantRow
from kernel.ids import TenantId, new_id
from kernel.language import Text
from kernel.refusal import Missing, Unprocessable


class UnknownScope(Unprocessable):
    """There is no such right."""

    code = "unknown_scope"
    title = Text(en="Unknown scope", ar="صلاحية غير معروفة")
    detail = Text(en="There is no scope {scope}.", ar="لا توجد صلاحية {scope}.")


class TenantMissing(Missing):
    """No such tenant."""

    code = "tenant_not_found"
    title = Text(en="No such tenant", ar="النشاط التجاري غير موجود")
    detail = Text(en="There is no tenant {tenant_id}.", ar="لا يوجد نشاط تجاري {tenant_id}.")


def create_api_key(
    db: Session,
    *,
    tenant_id: TenantId,
    scopes: Iterable[str],
    name: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKeyRow, str]:
    """The new key's row, and the key itself, which nobody can read again. Raises UnknownScope, TenantMissing."""
    granted = sorted(set(scopes))
    for scope in granted:
        if scope not in SCOPES:
            raise UnknownScope(scope=scope)
    tenant = db.get(TenantRow, tenant_id)
    if tenant is None:
        raise TenantMissing(tenant_id=tenant_id)
    key_id = new_id("key")
    key = written_key(key_id, secrets.token_hex(SECRET_BYTES), livemode=tenant.livemode)
    row = ApiKeyRow(
        tenant_id=tenant_id,
        id=key_id,
        name=name,
        key_hash=digest(key.encode()),
        scopes=granted,
        created_at=at,
        expires_at=expires_at,
    )
    db.add(row)
    db.flush()
    return row, key
