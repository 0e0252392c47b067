"""put customers into segments"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_segments"
down_revision = "2026_11_22_change_purchases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("segments", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("customers", "segments")
