"""The words of customers' names, folded: what a search by name goes through.

Row-level security lets only leakproof comparisons use an index. Those of pg_trgm are not; those of text are
(docs/customers.md).
"""

from collections.abc import Iterable

from sqlalchemy import ForeignKeyConstraint, Index, delete, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.customers.tables.base import Base


class NameWordRow(Base):
    """One word of one customer's name."""

    __tablename__ = "name_words"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "customer_id"], ["customers.tenant_id", "customers.id"]),
        Index(None, "tenant_id", "customer_id"),
    )

    tenant_id: Mapped[TenantKey]
    word: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)


def replace_name_words(db: Session, tenant_id: TenantId, customer_id: CustomerId, words: Iterable[str]) -> None:
    """From now on the customer is found by these words."""
    db.execute(delete(NameWordRow).where(NameWordRow.tenant_id == tenant_id, NameWordRow.customer_id == customer_id))
    rows = [{"tenant_id": tenant_id, "word": word, "customer_id": customer_id} for word in sorted(set(words))]
    if rows:
        db.execute(insert(NameWordRow), rows)
