"""Units that moved between customers: transfers, merges, pools; and units that were given back after they expired."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.tables.base import Base


class TransferRow(Base):
    """Units given by one customer to another: who did it, and why. Never updated."""

    __tablename__ = "transfers"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    from_customer_id: Mapped[CustomerId]
    to_customer_id: Mapped[CustomerId]
    unit: Mapped[str]
    amount: Mapped[Points]
    reason: Mapped[str]
    actor: Mapped[str]
    pool_id: Mapped[str | None]  # when it was gathered for one of a pool
    recorded_at: Mapped[datetime]


class PoolRow(Base):
    """Customers who spend each other's units: a household. The owner made it."""

    __tablename__ = "pools"

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[CustomerId]
    created_at: Mapped[datetime]


class PoolMemberRow(Base):
    """A customer in a pool; in one at a time."""

    __tablename__ = "pool_members"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "pool_id"], ["pools.tenant_id", "pools.id"]),
        Index("uq_pool_members_one", "tenant_id", "customer_id", unique=True, postgresql_where=text("left_at IS NULL")),
    )

    tenant_id: Mapped[TenantKey]
    pool_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(primary_key=True)
    left_at: Mapped[datetime | None]


class WalletMergeRow(Base):
    """Two customers found to be one person: what the first has goes to the second, until it is undone.

    `floor_tier` is the tier given by hand that came along, up to and with `floor_until`; `own_tier` is the second's own
    that it stands in for.
    """

    __tablename__ = "wallet_merges"
    __table_args__ = (
        Index(
            "uq_wallet_merges_in_force",
            "tenant_id",
            "from_customer_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_wallet_merges_into", "tenant_id", "into_customer_id", postgresql_where=text("undone_at IS NULL")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    from_customer_id: Mapped[CustomerId]
    into_customer_id: Mapped[CustomerId]
    reason: Mapped[str]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    floor_tier: Mapped[str | None]
    floor_until: Mapped[date | None]
    own_tier: Mapped[str | None]
    own_until: Mapped[date | None]


class MergedLotRow(Base):
    """A lot that came with a merge, under the id it has now and the one it had. Never updated."""

    __tablename__ = "merged_lots"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "merge_id"], ["wallet_merges.tenant_id", "wallet_merges.id"]),
        Index("ix_merged_lots_lot", "tenant_id", "lot_id"),
    )

    tenant_id: Mapped[TenantKey]
    merge_id: Mapped[str] = mapped_column(primary_key=True)
    lot_id: Mapped[str] = mapped_column(primary_key=True)
    origin_lot_id: Mapped[str]
    unit: Mapped[str]
    amount: Mapped[Points]  # below zero is a debt


class MergedCountRow(Base):
    """How much of what is counted of a customer came with a merge, and what followed it, in all."""

    __tablename__ = "merged_counts"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "merge_id"], ["wallet_merges.tenant_id", "wallet_merges.id"]),)

    tenant_id: Mapped[TenantKey]
    merge_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # purchases, stamps, tally, earned
    name: Mapped[str] = mapped_column(primary_key=True)  # the card; program, rule, measure, period; unit and period
    amount: Mapped[int]


class MergedThingRow(Base):
    """A voucher, a pass, a place in a pool, or a tier kept of a segment, that came with a merge. Never updated."""

    __tablename__ = "merged_things"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "merge_id"], ["wallet_merges.tenant_id", "wallet_merges.id"]),)

    tenant_id: Mapped[TenantKey]
    merge_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # voucher, pass, pool, kept: a tier of the segment
    id: Mapped[str] = mapped_column(primary_key=True)


class ReinstatementRow(Base):
    """Units that had expired and were given back: who did it, and why. Never updated."""

    __tablename__ = "reinstatements"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_reinstatements_of", "tenant_id", "customer_id", "unit"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    unit: Mapped[str]
    amount: Mapped[Points]
    expires_at: Mapped[datetime]
    reason: Mapped[str]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]


# Who was merged, and the customer who has what was theirs. It begins a statement.
PERSONS = """
    WITH RECURSIVE up AS (
        SELECT from_customer_id AS customer_id, into_customer_id AS person FROM wallet_merges
        WHERE tenant_id = :tenant_id AND undone_at IS NULL
        UNION
        SELECT up.customer_id, m.into_customer_id FROM up
        JOIN wallet_merges m ON m.tenant_id = :tenant_id AND m.undone_at IS NULL AND m.from_customer_id = up.person
    ), persons AS (
        SELECT customer_id, person FROM up WHERE NOT EXISTS (
            SELECT FROM wallet_merges m
            WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL AND m.from_customer_id = up.person)
    )
"""


def person(tenant: str, customer: str) -> str:
    """SQL for an array of the ids of one person: the customer, and all with whom they turned out to be one.

    Both arguments are SQL of ours, never a value.
    """
    return f"""
        ARRAY(
            WITH RECURSIVE person (id) AS (
                SELECT {customer}
                UNION
                SELECT CASE person.id WHEN m.into_customer_id THEN m.from_customer_id ELSE m.into_customer_id END
                FROM wallet_merges m JOIN person ON m.into_customer_id = person.id OR m.from_customer_id = person.id
                WHERE m.tenant_id = {tenant} AND m.undone_at IS NULL
            )
            SELECT id FROM person
        )
    """  # noqa: S608 - no value is part of it
