"""stock, limits and steps of rewards"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_reward_stock"
down_revision = "2026_11_22_backtest_programs"
branch_labels = None
depends_on = None

TO_DO = "voucher_id IS NULL AND status IN ('issued', 'prepared', 'shipped')"


def upgrade() -> None:
    op.add_column("rewards", sa.Column("stock", sa.BigInteger(), nullable=True))
    op.add_column("rewards", sa.Column("taken", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("rewards", sa.Column("limits", sa.Text(), server_default="[]", nullable=False))
    op.add_column("rewards", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("rewards", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("rewards", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("ck_rewards_taken_not_negative"), "rewards", "taken >= 0")
    op.alter_column("redemptions", "voucher_id", nullable=True)
    op.add_column("redemptions", sa.Column("status", sa.Text(), server_default="issued", nullable=False))
    op.create_index("ix_redemptions_taken", "redemptions", ["tenant_id", "reward_id", "recorded_at"], unique=False)
    op.create_index(
        "ix_redemptions_to_do", "redemptions", ["tenant_id", "id"], unique=False, postgresql_where=sa.text(TO_DO)
    )
    op.create_table(
        "redemption_steps",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("redemption_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "redemption_id", "status", name=op.f("pk_redemption_steps")),
    )
    isolate_tenants("redemption_steps", "SELECT, INSERT")
    op.execute("GRANT UPDATE (status) ON redemptions TO wafa_app")
    # Row-level security holds for the owner too, and no tenant is named here: let it see what it counts.
    op.execute("ALTER TABLE redemptions NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE rewards NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE rewards SET taken = sums.taken FROM (
            SELECT tenant_id, reward_id, count(*) AS taken FROM redemptions GROUP BY tenant_id, reward_id
        ) AS sums WHERE rewards.tenant_id = sums.tenant_id AND rewards.id = sums.reward_id
    """)
    op.execute("ALTER TABLE redemptions FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE rewards FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (status) ON redemptions FROM wafa_app")
    op.drop_table("redemption_steps")
    op.drop_index("ix_redemptions_to_do", table_name="redemptions", postgresql_where=sa.text(TO_DO))
    op.drop_index("ix_redemptions_taken", table_name="redemptions")
    op.drop_column("redemptions", "status")
    op.alter_column("redemptions", "voucher_id", nullable=False)
    op.drop_constraint(op.f("ck_rewards_taken_not_negative"), "rewards")
    for column in ("version", "ends_on", "starts_on", "limits", "taken", "stock"):
        op.drop_column("rewards", column)
