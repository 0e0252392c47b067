"""offline allowances"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_offline_allowances"
down_revision = "2026_11_22_activities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offline_allowances",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("units > 0 AND worth > 0", name=op.f("ck_offline_allowances_worth_something")),
        sa.CheckConstraint("taken BETWEEN 0 AND units", name=op.f("ck_offline_allowances_taken_within_units")),
        sa.CheckConstraint("spent BETWEEN 0 AND worth", name=op.f("ck_offline_allowances_spent_within_worth")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_offline_allowances")),
    )
    op.create_table(
        "offline_conflicts",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("allowance_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_offline_conflicts_amount_positive")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_offline_conflicts")),
    )
    op.create_index(
        "ix_offline_conflicts_open",
        "offline_conflicts",
        ["tenant_id", "id"],
        postgresql_where=sa.text("resolution IS NULL"),
    )
    isolate_tenants("offline_allowances", "SELECT, INSERT, UPDATE")
    isolate_tenants("offline_conflicts", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("offline_conflicts")
    op.drop_table("offline_allowances")
