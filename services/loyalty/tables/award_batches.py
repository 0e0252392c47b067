"""Awards for many customers at once: what was ordered, and what became of each customer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.loyalty.tables.base import Base

LIST = text("""
    INSERT INTO award_lines (tenant_id, batch_id, line, customer_id, status, problem)
    SELECT :tenant_id, :batch_id, line, customer_id,
           CASE WHEN repeated THEN 'skipped' ELSE 'waiting' END,
           CASE WHEN repeated THEN 'customer_repeated' END
    FROM (SELECT line, customer_id, row_number() OVER (PARTITION BY customer_id ORDER BY line) > 1 AS repeated
          FROM unnest(CAST(:customers AS text[])) WITH ORDINALITY AS listed (customer_id, line)) AS listed
""")
LIST_SEGMENT = text("""
    INSERT INTO award_lines (tenant_id, batch_id, line, customer_id, status)
    SELECT :tenant_id, :batch_id, row_number() OVER (ORDER BY customer_id), customer_id, 'waiting'
    FROM customers WHERE tenant_id = :tenant_id AND :segment = ANY (segments)
    ORDER BY customer_id LIMIT :most
""")


class AwardBatchRow(Base):
    """An award for so many `customers`, of whom so many were `given` it and so many `skipped`.

    Its lines are worked off in their order: everything up to `reached` is done. It lives by the version that was live
    when it was ordered. `terms` and the reasons are those of whoever ordered and cancelled it.
    """

    __tablename__ = "award_batches"
    __table_args__ = (
        Index("ix_award_batches_running", "tenant_id", "id", postgresql_where=text("status = 'running'")),
        CheckConstraint("given >= 0 AND skipped >= 0 AND given + skipped <= customers", name="nobody_twice"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    terms: Mapped[str]
    segment: Mapped[str | None]
    program_id: Mapped[str]
    program_version: Mapped[int]
    status: Mapped[str]  # running, done, cancelled
    customers: Mapped[int]
    reached: Mapped[int]
    given: Mapped[int]
    skipped: Mapped[int]
    reason: Mapped[str]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    cancelled_for: Mapped[str | None]


class AwardLineRow(Base):
    """A customer of a batch, in the order in which they were named. `problem` is why they were skipped."""

    __tablename__ = "award_lines"

    tenant_id: Mapped[TenantKey]
    batch_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    status: Mapped[str]  # waiting, given, skipped
    problem: Mapped[str | None]
    given_to: Mapped[str | None]  # the customer, or whom they were merged into


def list_customers(db: Session, tenant_id: TenantId, batch_id: str, customers: Sequence[str]) -> None:
    """Write a line for each, in this order. Who is named again is skipped there."""
    db.execute(LIST, {"tenant_id": tenant_id, "batch_id": batch_id, "customers": list(customers)})


def list_segment(db: Session, tenant_id: TenantId, batch_id: str, segment: str, *, most: int) -> int:
    """Write a line for each who is in the segment now, but not for more than `most`; returns for how many."""
    named = {"tenant_id": tenant_id, "batch_id": batch_id, "segment": segment, "most": most}
    return db.execute(LIST_SEGMENT, named).rowcount  # type: ignore[attr-defined, no-any-return]
