"""note who drafts and who publishes a version, and whether that must be two"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_second_person"
down_revision = "2026_11_22_recorded"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programs", sa.Column("second_person", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("programs", "second_person", server_default=None)
    op.add_column("program_versions", sa.Column("author", sa.Text(), nullable=True))
    op.add_column("program_versions", sa.Column("publisher", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("program_versions", "publisher")
    op.drop_column("program_versions", "author")
    op.drop_column("programs", "second_person")
