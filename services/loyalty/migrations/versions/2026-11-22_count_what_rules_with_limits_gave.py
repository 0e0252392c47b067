"""count what rules with limits gave"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_tallies"
down_revision = "2026_11_22_reservations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("each", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "program_id",
            "each",
            "holder",
            "rule",
            "measure",
            "per",
            "starts_on",
            name=op.f("pk_tallies"),
        ),
        postgresql_with={"fillfactor": "70"},
    )
    op.add_column("purchases", sa.Column("used", sa.Text(), nullable=True))
    isolate_tenants("tallies", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_column("purchases", "used")
    op.drop_table("tallies")
