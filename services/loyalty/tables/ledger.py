"""Wallets, their entries and their lots. Source: docs/adr/0005-append-only-ledger-with-lots.md."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Identity, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.tables.base import Base


class WalletRow(Base):
    """One customer's holding in one unit: a cache of what entries and open lots say, and `wafa verify` checks it.

    What can be spent is balance - pending - expired - held. `pending` (not spendable yet) and `expired` (dead, and not
    booked yet) are true until `settled_until`; from then on time itself has changed them and the lots must be asked.
    None: they are true until something is written. `lapses_at` is when the lots that slide die, all together.
    """

    __tablename__ = "wallets"
    __table_args__ = (
        CheckConstraint("held >= 0", name="held_not_negative"),
        Index("ix_wallets_lapsing", "tenant_id", "lapses_at", postgresql_where=text("lapses_at IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    balance: Mapped[Points]
    pending: Mapped[Points]
    expired: Mapped[Points]
    held: Mapped[Points] = mapped_column(server_default="0")
    debt: Mapped[Points] = mapped_column(server_default="0")  # what negative lots hold, as a positive number
    settled_until: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    earned: Mapped[Points] = mapped_column(server_default="0")  # in the period of a cap that began on `earned_since`
    earned_since: Mapped[date | None]
    version: Mapped[int]  # grows with each write: the ETag of a balance
    updated_at: Mapped[datetime]


class EntryRow(Base):
    """One signed line of the ledger. Never updated, never deleted: the role services run as has no such right.

    The entries of a transaction add up to zero per unit. A customer's line names the customer and the balance after
    it; the other side is a wallet of the house (`issued`, `redeemed`, `expired`, `adjusted`, `transferred`), which has
    no row to lock: its balance is the sum of its entries.
    """

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("(wallet = 'customer') = (balance_after IS NOT NULL)", name="customer_balance"),
        Index(
            "ix_entries_statement",
            "tenant_id",
            "customer_id",
            "unit",
            "position",
            postgresql_where=text("wallet = 'customer'"),
        ),
        # Entries come in the order of time, nearly: a period is found by the blocks it fills.
        Index("ix_entries_recorded", "recorded_at", postgresql_using="brin"),
    )

    tenant_id: Mapped[TenantKey]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[str]
    kind: Mapped[str]  # accrual, burn, expiry, adjustment, reversal, transfer
    reference: Mapped[str]  # the purchase, return, redemption, hold, adjustment or lot that caused it
    wallet: Mapped[str]  # customer, or a wallet of the house
    customer_id: Mapped[CustomerId]
    unit: Mapped[str]
    amount: Mapped[Points]
    balance_after: Mapped[Points | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class LotRow(Base):
    """Units earned together that die together. A negative lot is debt: units taken back that were already spent.

    One that is `sliding` dies when its wallet lapses. One that `awaits` an event can be spent once it has happened.
    """

    __tablename__ = "lots"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("remaining BETWEEN least(amount, 0) AND greatest(amount, 0)", name="remaining_within_amount"),
        CheckConstraint("NOT (sliding AND expires_at IS NOT NULL)", name="sliding_has_no_end_of_its_own"),
        Index("ix_lots_open", "tenant_id", "customer_id", "unit", postgresql_where=text("remaining <> 0")),
        # Only what is used up: a purchase does not touch it.
        Index("ix_lots_used_up", "tenant_id", "customer_id", "unit", "id", postgresql_where=text("remaining = 0")),
        Index("ix_lots_due", "tenant_id", "expires_at", postgresql_where=text("remaining > 0")),
        {"postgresql_with": {"fillfactor": "90"}},
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    unit: Mapped[str]
    reference: Mapped[str]  # what made it
    rule: Mapped[str | None]
    amount: Mapped[Points]
    remaining: Mapped[Points]
    earned_at: Mapped[datetime]
    spendable_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    sliding: Mapped[bool] = mapped_column(server_default=false())
    awaits: Mapped[str | None]
    recorded_at: Mapped[datetime | None]  # when it came into the ledger: none for the oldest rows


class DrawRow(Base):
    """How much one transaction took from one lot: by it, burned units find their dates again. Never updated."""

    __tablename__ = "draws"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        ForeignKeyConstraint(["tenant_id", "lot_id"], ["lots.tenant_id", "lots.id"]),
        Index("ix_draws_lot", "tenant_id", "lot_id"),
        # As above: what was drawn since some moment.
        Index("ix_draws_recorded", "recorded_at", postgresql_using="brin"),
    )

    tenant_id: Mapped[TenantKey]
    transaction_id: Mapped[str] = mapped_column(primary_key=True)
    lot_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # the transaction's: burn, expiry, adjustment, reversal, transfer; accrual where it paid a debt
    amount: Mapped[Points]
    reference: Mapped[str | None]  # the transaction's, and when it happened: none for the oldest rows
    occurred_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]  # none for the oldest rows


class AdjustmentRow(Base):
    """Units given or taken by hand: who did it, and why."""

    __tablename__ = "adjustments"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    unit: Mapped[str]
    amount: Mapped[Points]
    reason: Mapped[str]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]
