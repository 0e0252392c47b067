"""coupon campaigns, their codes and their uses"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_coupon_campaigns"
down_revision = "2026_11_22_let_go"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coupon_campaigns",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("uses_per_code", sa.BigInteger(), nullable=True),
        sa.Column("uses_per_customer", sa.BigInteger(), nullable=True),
        sa.Column("uses_in_total", sa.BigInteger(), nullable=True),
        sa.Column("code_case", sa.Text(), nullable=False),
        sa.Column("on_return", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coupon_campaigns")),
    )
    op.create_table(
        "coupon_codes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "code", name=op.f("pk_coupon_codes")),
        postgresql_with={"fillfactor": "90"},
    )
    op.create_index("ix_coupon_codes_of", "coupon_codes", ["tenant_id", "campaign_id", "code"])
    op.create_table(
        "coupon_uses",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "purchase_id", "code", name=op.f("pk_coupon_uses")),
    )
    op.create_index("ix_coupon_uses_by", "coupon_uses", ["tenant_id", "campaign_id", "customer_id"])
    op.create_index("ix_coupon_uses_of", "coupon_uses", ["tenant_id", "code"])
    isolate_tenants("coupon_campaigns", "SELECT, INSERT, UPDATE")
    isolate_tenants("coupon_codes", "SELECT, INSERT, UPDATE")
    isolate_tenants("coupon_uses", "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.drop_table("coupon_uses")
    op.drop_table("coupon_codes")
    op.drop_table("coupon_campaigns")
