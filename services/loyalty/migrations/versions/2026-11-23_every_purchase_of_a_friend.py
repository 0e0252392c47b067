"""a friend's every purchase, and what became of it"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_23_every_purchase"
down_revision = "2026_11_22_share_passes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("referrals", sa.Column("purchases_seen", sa.BigInteger(), nullable=True))
    op.create_table(
        "referral_purchases",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "purchase_id", name=op.f("pk_referral_purchases")),
    )
    op.create_index("ix_referral_purchases_of", "referral_purchases", ["tenant_id", "referral_id", "purchase_id"])
    isolate_tenants("referral_purchases", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("referral_purchases")
    op.drop_column("referrals", "purchases_seen")
