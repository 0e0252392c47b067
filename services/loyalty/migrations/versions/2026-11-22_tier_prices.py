"""prices of rewards by tier"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_tier_prices"
down_revision = "2026_11_22_second_person"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rewards", sa.Column("tier_prices", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("rewards", "tier_prices")
