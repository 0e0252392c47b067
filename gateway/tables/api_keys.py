"""The keys by which a tenant's systems are known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from gateway.tables.base import Base
from kernel.ids import TenantId


class ApiKeyRow(Base):
    """One key. Of the key itself only its SHA-256 is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (
        # A key is looked up before its tenant is known.
        Index("ix_api_keys_id", "id"),
        CheckConstraint("octet_length(key_hash) = 32", name="key_hash"),
    )

    tenant_id: Mapped[TenantKey] = mapped_column(ForeignKey("tenants.tenant_id"))
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def lock_api_key(db: Session, tenant_id: TenantId, key_id: str) -> ApiKeyRow | None:
    """The key, held until the transaction ends."""
    return db.scalars(
        select(ApiKeyRow).where(ApiKeyRow.tenant_id == tenant_id, ApiKeyRow.id == key_id).with_for_update()
    ).one_or_none()


def api_keys_after(db: Session, tenant_id: TenantId, place: str | None, limit: int) -> Sequence[ApiKeyRow]:
    """Up to `limit` keys, newest first, that come after the one with that id."""
    keys = select(ApiKeyRow).where(ApiKeyRow.tenant_id == tenant_id).order_by(ApiKeyRow.id.desc()).limit(limit)
    return db.scalars(keys if place is None else keys.where(ApiKeyRow.id < place)).all()
