"""sell passes of so many entries"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_passes"
down_revision = "2026_11_22_membership_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("entries_left", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entries_left BETWEEN 0 AND entries", name=op.f("ck_passes_entries_left_within_entries")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_passes")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_passes_of", "passes", ["tenant_id", "customer_id", "plan"], unique=False)
    op.create_index("ix_passes_source", "passes", ["tenant_id", "source"], unique=False)
    op.create_table(
        "pass_uses",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("pass_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("entries_left", sa.BigInteger(), nullable=False),
        sa.Column("gives_back", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("entries <> 0", name=op.f("ck_pass_uses_entries_not_zero")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pass_uses")),
    )
    op.create_index("ix_pass_uses_of", "pass_uses", ["tenant_id", "pass_id"], unique=False)
    op.create_index(
        "uq_pass_uses_gives_back",
        "pass_uses",
        ["tenant_id", "gives_back"],
        unique=True,
        postgresql_where=sa.text("gives_back IS NOT NULL"),
    )
    isolate_tenants("passes", "SELECT, INSERT, UPDATE")
    isolate_tenants("pass_uses", "SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("pass_uses")
    op.drop_table("passes")
