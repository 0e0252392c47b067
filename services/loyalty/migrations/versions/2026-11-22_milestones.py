"""what advocates get for having brought so many friends"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_milestones"
down_revision = "2026_11_22_leaderboards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_milestones",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.Text(), nullable=False),
        sa.Column("friends", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("advocate_id", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "referral_id", "friends", name=op.f("pk_referral_milestones")),
    )
    op.create_index("ix_referral_milestones_of", "referral_milestones", ["tenant_id", "advocate_id"], unique=False)
    isolate_tenants("referral_milestones", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("referral_milestones")
