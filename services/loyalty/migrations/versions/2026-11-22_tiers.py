"""tiers"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_tiers"
down_revision = "2026_11_22_coupon_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Customers of before may have purchases: at version 0 nobody would look for them.
    op.add_column("customers", sa.Column("purchases_version", sa.BigInteger(), server_default="1", nullable=False))
    op.alter_column("customers", "purchases_version", server_default="0")
    op.create_index(
        "ix_wallet_merges_into",
        "wallet_merges",
        ["tenant_id", "into_customer_id"],
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "tier_progress",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("counted_by", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.Column("amounts", sa.Text(), nullable=False),
        sa.Column("best", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("floor_tier", sa.Text(), nullable=True),
        sa.Column("floor_until", sa.Date(), nullable=True),
        sa.Column("warned_for", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", name=op.f("pk_tier_progress")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "ix_tier_progress_ends",
        "tier_progress",
        ["tenant_id", "ends_on"],
        postgresql_where=sa.text("ends_on IS NOT NULL"),
    )
    op.create_table(
        "tier_changes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tier_changes")),
    )
    op.create_index("ix_tier_changes_of", "tier_changes", ["tenant_id", "customer_id", "id"])
    isolate_tenants("tier_progress", "SELECT, INSERT, UPDATE")
    isolate_tenants("tier_changes", "SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("tier_changes")
    op.drop_table("tier_progress")
    op.drop_index("ix_wallet_merges_into", table_name="wallet_merges")
    op.drop_column("customers", "purchases_version")
