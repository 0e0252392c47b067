"""a merge carries the tier that was given by hand"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_merged_floors"
down_revision = "2026_11_22_tiers_of_segments"
branch_labels = None
depends_on = None

COLUMNS = (("floor_tier", sa.Text()), ("floor_until", sa.Date()), ("own_tier", sa.Text()), ("own_until", sa.Date()))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("wallet_merges", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _kind in COLUMNS:
        op.drop_column("wallet_merges", name)
