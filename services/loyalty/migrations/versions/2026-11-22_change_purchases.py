"""change purchases after the sale"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_change_purchases"
down_revision = "2026_11_22_tallies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("purchases", sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("returns", sa.Column("kind", sa.Text(), server_default="return", nullable=False))
    for name in ("basket", "reason", "actor"):
        op.add_column("returns", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ("actor", "reason", "basket", "kind"):
        op.drop_column("returns", name)
    op.drop_column("purchases", "revision")
