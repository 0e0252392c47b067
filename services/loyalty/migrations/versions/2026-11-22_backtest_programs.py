"""backtest programs over the purchases there are"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_backtest_programs"
down_revision = "2026_11_22_schedule_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backtests",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=True),
        sa.Column("worths", sa.Text(), nullable=False),
        sa.Column("purchases", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_backtests")),
    )
    op.create_index(
        "ix_backtests_unfinished",
        "backtests",
        ["tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.create_table(
        "backtest_slices",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("backtest_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("purchases", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "backtest_id", "number", name=op.f("pk_backtest_slices")),
    )
    for table in ("backtests", "backtest_slices"):
        isolate_tenants(table, "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("backtest_slices")
    op.drop_index(
        "ix_backtests_unfinished", table_name="backtests", postgresql_where=sa.text("status IN ('queued', 'running')")
    )
    op.drop_table("backtests")
