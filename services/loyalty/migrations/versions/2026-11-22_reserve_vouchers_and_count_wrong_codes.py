"""reserve vouchers and count wrong codes"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_reservations"
down_revision = "2026_11_22_reward_stock"
branch_labels = None
depends_on = None

RESERVED = "reserved_by IS NOT NULL"


def upgrade() -> None:
    op.add_column("vouchers", sa.Column("reserved_by", sa.Text(), nullable=True))
    op.add_column("vouchers", sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_vouchers_reserved",
        "vouchers",
        ["tenant_id", "reserved_by"],
        unique=False,
        postgresql_where=sa.text(RESERVED),
    )
    op.create_table(
        "reservations",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reservations")),
    )
    op.create_table(
        "voucher_cancellations",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("voucher_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "voucher_id", name=op.f("pk_voucher_cancellations")),
    )
    op.create_table(
        "wrong_codes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "who", name=op.f("pk_wrong_codes")),
    )
    isolate_tenants("reservations", "SELECT, INSERT, UPDATE")
    isolate_tenants("voucher_cancellations", "SELECT, INSERT")
    isolate_tenants("wrong_codes", "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.drop_table("wrong_codes")
    op.drop_table("voucher_cancellations")
    op.drop_table("reservations")
    op.drop_index("ix_vouchers_reserved", table_name="vouchers", postgresql_where=sa.text(RESERVED))
    op.drop_column("vouchers", "reserved_until")
    op.drop_column("vouchers", "reserved_by")
