"""tiers for segments: what is kept of those that were left"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_tiers_of_segments"
down_revision = "2026_11_22_recent_draws"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tier_progress", sa.Column("kept", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("tier_progress", "kept")
