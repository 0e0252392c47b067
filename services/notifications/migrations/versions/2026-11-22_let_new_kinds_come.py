"""let new kinds of messages come without a migration"""

from alembic import op

revision = "2026_11_22_kinds"
down_revision = "2026_11_22_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("kind_known", "messages", type_="check")


def downgrade() -> None:
    op.create_check_constraint(
        "kind_known", "messages", "kind IN ('welcome', 'purchase', 'return', 'redemption', 'expiry')"
    )
