"""reserve uses of coupons"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_coupon_reservations"
down_revision = "2026_11_22_referrals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coupon_reservations",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "reservation_id", "code", name=op.f("pk_coupon_reservations")),
    )
    op.create_index("ix_coupon_reservations_of", "coupon_reservations", ["tenant_id", "code", "reserved_until"])
    op.create_index("ix_coupon_reservations_in", "coupon_reservations", ["tenant_id", "campaign_id", "reserved_until"])
    isolate_tenants("coupon_reservations", "SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.drop_table("coupon_reservations")
