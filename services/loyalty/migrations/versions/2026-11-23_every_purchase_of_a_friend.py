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
    # A referral may bring the same milestone again, after it was taken back.
    key("tenant_id", "id")
    op.create_index(
        "uq_referral_milestones_one",
        "referral_milestones",
        ["tenant_id", "referral_id", "friends"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_referral_milestones_one", "referral_milestones")
    key("tenant_id", "referral_id", "friends")
    op.drop_table("referral_purchases")
    op.drop_column("referrals", "purchases_seen")


def key(*columns: str) -> None:
    """Let these name a milestone."""
    op.drop_constraint("pk_referral_milestones", "referral_milestones", type_="primary")
    op.create_primary_key("pk_referral_milestones", "referral_milestones", list(columns))
