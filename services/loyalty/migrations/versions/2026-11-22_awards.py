"""awards for something other than a purchase"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_awards"
down_revision = "2026_11_22_seals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "awards",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("program_version", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("voucher_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("units >= 0", name=op.f("ck_awards_units_not_negative")),
        sa.CheckConstraint("units = 0 OR unit IS NOT NULL", name=op.f("ck_awards_units_of_something")),
        sa.PrimaryKeyConstraint("tenant_id", "source", "rule", "customer_id", name=op.f("pk_awards")),
    )
    isolate_tenants("awards", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("awards")
