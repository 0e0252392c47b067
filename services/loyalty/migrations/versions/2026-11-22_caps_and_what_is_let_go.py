"""caps and what is let go"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_caps"
down_revision = "2026_11_22_draws_say"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wallets", sa.Column("earned", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("wallets", sa.Column("earned_since", sa.Date(), nullable=True))
    op.add_column("returns", sa.Column("waived", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("returns", "waived")
    op.drop_column("wallets", "earned_since")
    op.drop_column("wallets", "earned")
