"""Purchases and what came back of them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class PurchaseRow(Base):
    """A sale, its natural identity the receipt. Amounts in minor units; documents are JSON text.

    `facts` is what the rules knew of the customer, so that a return can be worked out as if it were then; `used` is
    what those with limits had given, and null where none has.
    `effects` is what was posted for what is left of the sale; `returned` counts the units that came back by line.
    """

    __tablename__ = "purchases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "store_id", "external_id"),
        Index("ix_purchases_of", "tenant_id", "customer_id", "id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId | None]
    store_id: Mapped[str]
    external_id: Mapped[str]
    fingerprint: Mapped[bytes]
    status: Mapped[str]  # recorded, edited, partly_returned, returned, voided
    program_id: Mapped[str | None]
    program_version: Mapped[int | None]
    currency: Mapped[str]
    subtotal: Mapped[int]
    discount: Mapped[int]
    due: Mapped[int]
    balance_after: Mapped[int | None]  # of the program's wallet, ledger balance; none for a walk-in
    basket: Mapped[str]
    facts: Mapped[str]
    used: Mapped[str | None]
    effects: Mapped[str]
    misses: Mapped[str]
    returned: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(server_default="1")  # grows with each change: the ETag of a purchase


class ReturnRow(Base):
    """Part or all of a sale that came back, or another change of it, and the difference that was posted. Never updated.

    `basket` is what an edit made of the sale. `let_go` says of each unit what of it was `forgiven` and `waived`.
    """

    __tablename__ = "returns"
    __table_args__ = (Index("ix_returns_of", "tenant_id", "purchase_id"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    purchase_id: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="return")  # return, edit, void, reopen, claim, challenge
    lines: Mapped[str]
    basket: Mapped[str | None]
    refund: Mapped[int]
    forgiven: Mapped[int]  # units that had died by then, and so were not taken back
    waived: Mapped[int] = mapped_column(server_default="0")  # spent units that the program lets go; taken up again: < 0
    let_go: Mapped[str] = mapped_column(server_default="{}")
    changes: Mapped[str]
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    recorded_at: Mapped[datetime]
