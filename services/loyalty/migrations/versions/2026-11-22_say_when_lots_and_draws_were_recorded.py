"""say when lots and draws were recorded"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_recorded"
down_revision = "2026_11_22_prize_draws"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lots", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("draws", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_entries_recorded", "entries", ["recorded_at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("ix_entries_recorded", table_name="entries", postgresql_using="brin")
    op.drop_column("draws", "recorded_at")
    op.drop_column("lots", "recorded_at")
