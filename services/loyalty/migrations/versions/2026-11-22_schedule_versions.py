"""schedule versions of programs, and remember when they were retired"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_schedule_versions"
down_revision = "2026_11_22_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("program_versions", sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("program_versions", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_program_versions_scheduled",
        "program_versions",
        ["tenant_id", "publish_at"],
        unique=False,
        postgresql_where=sa.text("status = 'scheduled'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_program_versions_scheduled",
        table_name="program_versions",
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.drop_column("program_versions", "retired_at")
    op.drop_column("program_versions", "publish_at")
