"""The chain of seals over a tenant's entries. Source: docs/ledger.md."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from services.loyalty.tables.base import Base


class EntrySealRow(Base):
    """An entry's link in the chain. Never updated."""

    __tablename__ = "entry_seals"

    tenant_id: Mapped[TenantKey]
    position: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes]


class LedgerHeadRow(Base):
    """Where the chain ends: `entries` of them are sealed, up to `position`.

    What stands up to `ripe_position` can be sealed once every transaction below `ripe_after` is over.
    """

    __tablename__ = "ledger_heads"

    tenant_id: Mapped[TenantKey]
    entries: Mapped[int]
    position: Mapped[int]
    hash: Mapped[bytes]
    ripe_position: Mapped[int]
    ripe_after: Mapped[int]
    sealed_at: Mapped[datetime]
