"""who used the entries of a pass that a family shares"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_share_passes"
down_revision = "2026_11_22_merged_floors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pass_uses", sa.Column("used_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("pass_uses", "used_by")
