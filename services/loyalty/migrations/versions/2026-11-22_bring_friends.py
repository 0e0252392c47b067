"""customers who bring others"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_referrals"
down_revision = "2026_11_22_celebrations"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("status IN ('pending', 'held', 'rewarded')")


def upgrade() -> None:
    op.create_table(
        "referral_codes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", name=op.f("pk_referral_codes")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_referral_codes_tenant_id_code")),
    )
    op.create_table(
        "referrals",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("advocate_id", sa.Text(), nullable=False),
        sa.Column("friend_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("program_version", sa.BigInteger(), nullable=False),
        sa.Column("purchase_min", sa.BigInteger(), nullable=False),
        sa.Column("purchase_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_referrals")),
    )
    op.create_index("ix_referrals_advocate", "referrals", ["tenant_id", "advocate_id", "id"], unique=False)
    op.create_index("ix_referrals_friend", "referrals", ["tenant_id", "friend_id", "id"], unique=False)
    op.create_index("uq_referrals_one", "referrals", ["tenant_id", "friend_id"], unique=True, postgresql_where=IN_FORCE)
    op.create_index(
        "ix_referrals_open", "referrals", ["tenant_id", "id"], postgresql_where=sa.text("until IS NOT NULL")
    )
    isolate_tenants("referral_codes", "SELECT, INSERT, UPDATE")
    isolate_tenants("referrals", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("referrals")
    op.drop_table("referral_codes")
