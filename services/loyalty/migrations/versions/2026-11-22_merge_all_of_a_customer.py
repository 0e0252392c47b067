"""merge all of a customer"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_merge_all"
down_revision = "2026_11_22_coupon_reservations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_counts",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("merge_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merge_id"],
            ["wallet_merges.tenant_id", "wallet_merges.id"],
            name=op.f("fk_merged_counts_tenant_id_merge_id_wallet_merges"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "merge_id", "kind", "name", name=op.f("pk_merged_counts")),
    )
    op.create_table(
        "merged_things",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("merge_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merge_id"],
            ["wallet_merges.tenant_id", "wallet_merges.id"],
            name=op.f("fk_merged_things_tenant_id_merge_id_wallet_merges"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "merge_id", "kind", "id", name=op.f("pk_merged_things")),
    )
    isolate_tenants("merged_counts", "SELECT, INSERT, UPDATE")
    isolate_tenants("merged_things", "SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("merged_things")
    op.drop_table("merged_counts")
