"""A key is taken out of use."""

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.tables.api_keys import ApiKeyRow, lock_api_key
from kernel.ids import TenantId
from kernel.language import Text
from kernel.refusal import Missing


class ApiKeyMissing(Missing):
    """The tenant has no such key."""

    code = "api_key_not_found"
    title = Text(en="No such API key", ar="المفتاح غير موجود")
    detail = Text(en="There is no API key {key_id}.", ar="لا يوجد مفتاح {key_id}.")


def revoke_api_key(db: Session, *, tenant_id: TenantId, key_id: str, at: datetime) -> ApiKeyRow:
    """End a key's life; ending it again changes nothing. Raises ApiKeyMissing."""
    key = lock_api_key(db, tenant_id, key_id)
    if key is None:
        raise ApiKeyMissing(key_id=key_id)
    key.revoked_at = key.revoked_at or at
    db.flush()
    return key
