"""let units move between customers"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_moves"
down_revision = "2026_11_22_caps"
branch_labels = None
depends_on = None

RIGHTS = {
    "merged_lots": "SELECT, INSERT",
    "pool_members": "SELECT, INSERT, UPDATE",
    "pools": "SELECT, INSERT, UPDATE",
    "reinstatements": "SELECT, INSERT",
    "transfers": "SELECT, INSERT",
    "wallet_merges": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    op.create_table(
        "pools",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pools")),
    )
    op.create_table(
        "pool_members",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("pool_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pool_id"],
            ["pools.tenant_id", "pools.id"],
            name=op.f("fk_pool_members_tenant_id_pool_id_pools"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "pool_id", "customer_id", "joined_at", name=op.f("pk_pool_members")),
    )
    op.create_index(
        "uq_pool_members_one",
        "pool_members",
        ["tenant_id", "customer_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "transfers",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("from_customer_id", sa.Text(), nullable=False),
        sa.Column("to_customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("pool_id", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfers_amount_positive")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_transfers")),
    )
    op.create_table(
        "wallet_merges",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("from_customer_id", sa.Text(), nullable=False),
        sa.Column("into_customer_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_wallet_merges")),
    )
    op.create_index(
        "uq_wallet_merges_in_force",
        "wallet_merges",
        ["tenant_id", "from_customer_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "merged_lots",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("merge_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("origin_lot_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merge_id"],
            ["wallet_merges.tenant_id", "wallet_merges.id"],
            name=op.f("fk_merged_lots_tenant_id_merge_id_wallet_merges"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "merge_id", "lot_id", name=op.f("pk_merged_lots")),
    )
    op.create_index("ix_merged_lots_lot", "merged_lots", ["tenant_id", "lot_id"], unique=False)
    op.create_table(
        "reinstatements",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reinstatements_amount_positive")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reinstatements")),
    )
    op.create_index("ix_reinstatements_of", "reinstatements", ["tenant_id", "customer_id", "unit"], unique=False)
    for table, rights in RIGHTS.items():
        isolate_tenants(table, rights)


def downgrade() -> None:
    op.drop_index("ix_reinstatements_of", table_name="reinstatements")
    op.drop_table("reinstatements")
    op.drop_index("ix_merged_lots_lot", table_name="merged_lots")
    op.drop_table("merged_lots")
    op.drop_index(
        "uq_wallet_merges_in_force", table_name="wallet_merges", postgresql_where=sa.text("undone_at IS NULL")
    )
    op.drop_table("wallet_merges")
    op.drop_table("transfers")
    op.drop_index("uq_pool_members_one", table_name="pool_members", postgresql_where=sa.text("left_at IS NULL"))
    op.drop_table("pool_members")
    op.drop_table("pools")
