"""seals of the ledger, and notices of what is about to expire"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_seals"
down_revision = "2026_11_22_gift_cards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry_seals",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "position", name=op.f("pk_entry_seals")),
    )
    op.create_table(
        "ledger_heads",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("ripe_position", sa.BigInteger(), nullable=False),
        sa.Column("ripe_after", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_ledger_heads")),
    )
    op.create_table(
        "expiry_notices",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "customer_id", "unit", "expires_at", "days", name=op.f("pk_expiry_notices")
        ),
    )
    isolate_tenants("entry_seals", "SELECT, INSERT")
    isolate_tenants("expiry_notices", "SELECT, INSERT")
    isolate_tenants("ledger_heads", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("expiry_notices")
    op.drop_table("ledger_heads")
    op.drop_table("entry_seals")
