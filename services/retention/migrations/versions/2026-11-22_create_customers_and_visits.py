"""create customers and visits"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import create_mailroom, drop_mailroom, isolate_tenants

revision = "2026_11_22_visits"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mailroom()
    op.create_table(
        "customers",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visits", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("gap", sa.Numeric(8, 1), nullable=True),
        sa.Column("gap_last", sa.BigInteger(), nullable=True),
        sa.Column("gap_before", sa.Numeric(8, 1), nullable=True),
        sa.Column("latest_on", sa.ARRAY(sa.Date()), nullable=True),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(visits = 0) = (first_on IS NULL) AND (visits = 0) = (last_on IS NULL)",
            name=op.f("ck_customers_visits_dated"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", name=op.f("pk_customers")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "visits",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("spend", sa.BigInteger(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "purchase_id", name=op.f("pk_visits")),
    )
    op.create_index(
        "ix_visits_of",
        "visits",
        ["tenant_id", "customer_id", "occurred_at"],
        postgresql_include=["returned_at"],
    )
    op.create_index(
        "ix_visits_when",
        "visits",
        ["tenant_id", "occurred_at"],
        postgresql_include=["customer_id", "returned_at"],
    )
    op.create_table(
        "returns",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refund", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "purchase_id", "return_id", name=op.f("pk_returns")),
    )
    isolate_tenants("customers", "SELECT, INSERT, UPDATE")
    isolate_tenants("visits", "SELECT, INSERT, UPDATE")
    isolate_tenants("returns", "SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("returns")
    op.drop_table("visits")
    op.drop_table("customers")
    drop_mailroom()
