"""keep membership time by the day"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_membership_time"
down_revision = "2026_11_22_segments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memberships", sa.Column("frozen_from", sa.Date(), nullable=True))
    op.add_column("memberships", sa.Column("frozen_until", sa.Date(), nullable=True))
    op.create_index("ix_memberships_ends_on", "memberships", ["tenant_id", "plan", "ends_on"], unique=False)
    op.add_column("membership_entries", sa.Column("days", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("membership_entries", sa.Column("price", sa.BigInteger(), server_default="0", nullable=False))
    for column in ("source", "cause", "reason", "actor"):
        op.add_column("membership_entries", sa.Column(column, sa.Text(), nullable=True))
    op.alter_column("membership_entries", "until_date", nullable=True)
    op.drop_constraint(op.f("ck_membership_entries_months_not_zero"), "membership_entries", type_="check")
    op.create_check_constraint(
        op.f("ck_membership_entries_says_something"),
        "membership_entries",
        "kind = 'frozen' OR months <> 0 OR days <> 0 OR price <> 0",
    )
    op.create_table(
        "membership_notices",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("membership_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "membership_id", "kind", "ends_on", name=op.f("pk_membership_notices")),
    )
    isolate_tenants("membership_notices", "SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("membership_notices")
    op.drop_constraint(op.f("ck_membership_entries_says_something"), "membership_entries", type_="check")
    op.create_check_constraint(op.f("ck_membership_entries_months_not_zero"), "membership_entries", "months <> 0")
    op.alter_column("membership_entries", "until_date", nullable=False)
    for column in ("actor", "reason", "cause", "source", "price", "days"):
        op.drop_column("membership_entries", column)
    op.drop_index("ix_memberships_ends_on", table_name="memberships")
    op.drop_column("memberships", "frozen_until")
    op.drop_column("memberships", "frozen_from")
