"""what was drawn since some moment is found without reading all"""

from alembic import op

revision = "2026_11_22_recent_draws"
down_revision = "2026_11_22_automatic_rewards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_draws_recorded", "draws", ["recorded_at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("ix_draws_recorded", table_name="draws", postgresql_using="brin")
