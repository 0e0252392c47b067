"""awards that are ordered for many customers at once"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_award_batches"
down_revision = "2026_11_22_milestones"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award_batches",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("program_version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancelled_for", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "given >= 0 AND skipped >= 0 AND given + skipped <= customers",
            name=op.f("ck_award_batches_nobody_twice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_award_batches")),
    )
    op.create_index(
        "ix_award_batches_running",
        "award_batches",
        ["tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "award_lines",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("given_to", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "batch_id", "line", name=op.f("pk_award_lines")),
    )
    isolate_tenants("award_batches", "SELECT, INSERT, UPDATE")
    isolate_tenants("award_lines", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("award_lines")
    op.drop_table("award_batches")
