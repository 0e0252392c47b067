"""make coupon codes in batches"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_coupon_batches"
down_revision = "2026_11_22_coupon_campaigns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coupon_codes", sa.Column("batch_id", sa.Text(), nullable=True))
    op.create_table(
        "coupon_batches",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coupon_batches")),
    )
    op.create_index(
        "ix_coupon_batches_unfinished",
        "coupon_batches",
        ["tenant_id", "id"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    isolate_tenants("coupon_batches", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("coupon_batches")
    op.drop_column("coupon_codes", "batch_id")
