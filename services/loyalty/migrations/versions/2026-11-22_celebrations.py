"""birthdays and anniversaries"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_celebrations"
down_revision = "2026_11_22_tier_prices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("birthday", sa.Text(), nullable=True))
    op.add_column("customers", sa.Column("joined_on", sa.Date(), nullable=True))
    for column in ("birthday", "joined_on"):
        op.create_index(
            f"ix_customers_{column}",
            "customers",
            ["tenant_id", column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "celebrations",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "rule", "customer_id", "year", name=op.f("pk_celebrations")),
    )
    op.create_index("ix_celebrations_of", "celebrations", ["tenant_id", "customer_id", "rule", "day"])
    isolate_tenants("celebrations", "SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("celebrations")
    op.drop_column("customers", "joined_on")
    op.drop_column("customers", "birthday")
