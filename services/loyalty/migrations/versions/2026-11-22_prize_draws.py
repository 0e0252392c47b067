"""draws that customers take part in"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_prize_draws"
down_revision = "2026_11_22_offline_allowances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prize_draws",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("draw", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries_per_customer", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("beacon", sa.Text(), nullable=True),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("ripe_position", sa.BigInteger(), nullable=False),
        sa.Column("ripe_after", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_prize_draws")),
    )
    op.create_index(
        "uq_prize_draws_open",
        "prize_draws",
        ["tenant_id", "draw"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_prize_draws_called", "prize_draws", ["tenant_id", "draw", "id"], unique=False)
    op.create_table(
        "draw_entrants",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("entries >= 0", name=op.f("ck_draw_entrants_entries_not_negative")),
        sa.PrimaryKeyConstraint("tenant_id", "draw_id", "customer_id", name=op.f("pk_draw_entrants")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_draw_entrants_of", "draw_entrants", ["tenant_id", "customer_id", "draw_id"], unique=False)
    op.create_table(
        "draw_entries",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("entries <> 0", name=op.f("ck_draw_entries_entries_not_zero")),
        sa.PrimaryKeyConstraint("tenant_id", "position", name=op.f("pk_draw_entries")),
    )
    op.create_index("ix_draw_entries_unsealed", "draw_entries", ["tenant_id", "draw_id", "position"], unique=False)
    op.create_index("ix_draw_entries_source", "draw_entries", ["tenant_id", "source"], unique=False)
    op.create_table(
        "draw_lines",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("entrant", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "draw_id", "line", name=op.f("pk_draw_lines")),
    )
    op.create_table(
        "draw_picks",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("pick", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("tickets_left", sa.BigInteger(), nullable=False),
        sa.Column("entrant", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("nth_of_source", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("claim_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "draw_id", "pick", name=op.f("pk_draw_picks")),
    )
    op.create_index("ix_draw_picks_of", "draw_picks", ["tenant_id", "customer_id", "draw_id"], unique=False)
    isolate_tenants("prize_draws", "SELECT, INSERT, UPDATE")
    isolate_tenants("draw_entrants", "SELECT, INSERT, UPDATE")
    isolate_tenants("draw_entries", "SELECT, INSERT")
    isolate_tenants("draw_lines", "SELECT, INSERT")
    isolate_tenants("draw_picks", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("draw_picks")
    op.drop_table("draw_lines")
    op.drop_table("draw_entries")
    op.drop_table("draw_entrants")
    op.drop_table("prize_draws")
