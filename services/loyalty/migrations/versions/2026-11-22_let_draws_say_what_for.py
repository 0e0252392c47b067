"""let draws say what for"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_draws_say"
down_revision = "2026_11_22_sliding_lots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draws", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("draws", sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_lots_used_up",
        "lots",
        ["tenant_id", "customer_id", "unit", "id"],
        unique=False,
        postgresql_where=sa.text("remaining = 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_lots_used_up", table_name="lots", postgresql_where=sa.text("remaining = 0"))
    op.drop_column("draws", "occurred_at")
    op.drop_column("draws", "reference")
