"""rewards that are taken by themselves"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_automatic_rewards"
down_revision = "2026_11_22_instant_wins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rewards", sa.Column("automatic", sa.Text(), nullable=True))
    op.add_column("redemptions", sa.Column("automatic", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "automatic_places",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "reward_id", name=op.f("pk_automatic_places")),
    )
    op.create_table(
        "automatic_waits",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", "reward_id", name=op.f("pk_automatic_waits")),
    )
    op.create_index("ix_automatic_waits_due", "automatic_waits", ["tenant_id", "reward_id", "look_at"], unique=False)
    op.create_table(
        "automatic_opt_outs",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", name=op.f("pk_automatic_opt_outs")),
    )
    isolate_tenants("automatic_places", "SELECT, INSERT, UPDATE")
    isolate_tenants("automatic_waits", "SELECT, INSERT, UPDATE, DELETE")
    isolate_tenants("automatic_opt_outs", "SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.drop_table("automatic_opt_outs")
    op.drop_table("automatic_waits")
    op.drop_table("automatic_places")
    op.drop_column("redemptions", "automatic")
    op.drop_column("rewards", "automatic")
