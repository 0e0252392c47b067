"""families who share a membership"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_families"
down_revision = "2026_11_22_awards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "family_places",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("membership_id", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("merge_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_family_places")),
    )
    op.create_index("ix_family_places_of", "family_places", ["tenant_id", "membership_id"], unique=False)
    op.create_index(
        "uq_family_places_one",
        "family_places",
        ["tenant_id", "customer_id", "plan"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    isolate_tenants("family_places", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("family_places")
