"""let lots slide and wait"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_sliding_lots"
down_revision = "2026_11_22_passes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lots", sa.Column("sliding", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("lots", sa.Column("awaits", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_lots_sliding_has_no_end_of_its_own"), "lots", "NOT (sliding AND expires_at IS NOT NULL)"
    )
    op.add_column("wallets", sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_wallets_lapsing",
        "wallets",
        ["tenant_id", "lapses_at"],
        unique=False,
        postgresql_where=sa.text("lapses_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_wallets_lapsing", table_name="wallets", postgresql_where=sa.text("lapses_at IS NOT NULL"))
    op.drop_column("wallets", "lapses_at")
    op.drop_constraint(op.f("ck_lots_sliding_has_no_end_of_its_own"), "lots", type_="check")
    op.drop_column("lots", "awaits")
    op.drop_column("lots", "sliding")
