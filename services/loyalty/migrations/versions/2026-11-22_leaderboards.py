"""leaderboards that customers join, and the rounds they are settled in"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_leaderboards"
down_revision = "2026_11_22_merge_all"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaderboards",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("round_starts_on", sa.Date(), nullable=False),
        sa.Column("round_ends_on", sa.Date(), nullable=False),
        sa.Column("settles_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_leaderboards")),
    )
    op.create_index("ix_leaderboards_due", "leaderboards", ["tenant_id", "status", "settles_at"], unique=False)
    op.create_table(
        "leaderboard_members",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("leaderboard_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "leaderboard_id", "customer_id", name=op.f("pk_leaderboard_members")),
    )
    op.create_index("ix_leaderboard_members_of", "leaderboard_members", ["tenant_id", "customer_id"], unique=False)
    op.create_table(
        "leaderboard_rounds",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("leaderboard_id", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("listed", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "leaderboard_id", "starts_on", name=op.f("pk_leaderboard_rounds")),
    )
    op.create_table(
        "leaderboard_places",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("leaderboard_id", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("prize", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "round_id", "customer_id", name=op.f("pk_leaderboard_places")),
    )
    op.create_index(
        "ix_leaderboard_places_due", "leaderboard_places", ["tenant_id", "status", "customer_id"], unique=False
    )
    isolate_tenants("leaderboards", "SELECT, INSERT, UPDATE")
    isolate_tenants("leaderboard_members", "SELECT, INSERT, DELETE")
    isolate_tenants("leaderboard_rounds", "SELECT, INSERT")
    isolate_tenants("leaderboard_places", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("leaderboard_places")
    op.drop_table("leaderboard_rounds")
    op.drop_table("leaderboard_members")
    op.drop_table("leaderboards")
