"""instant wins, and the plays that customers are given"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import isolate_tenants

revision = "2026_11_22_instant_wins"
down_revision = "2026_11_22_award_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instant_wins",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("instant_win", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("play_days", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("turns", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_instant_wins")),
    )
    op.create_index(
        "uq_instant_wins_open",
        "instant_wins",
        ["tenant_id", "instant_win"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_instant_wins_called", "instant_wins", ["tenant_id", "instant_win", "id"], unique=False)
    op.create_table(
        "instant_prizes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("instant_win_id", sa.Text(), nullable=False),
        sa.Column("prize", sa.BigInteger(), nullable=False),
        sa.Column("won", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("won >= 0", name=op.f("ck_instant_prizes_won_not_negative")),
        sa.PrimaryKeyConstraint("tenant_id", "instant_win_id", "prize", name=op.f("pk_instant_prizes")),
    )
    op.create_table(
        "plays",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("instant_win_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("played_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prize", sa.BigInteger(), nullable=True),
        sa.Column("turn", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(played_at IS NULL) = (outcome IS NULL)", name=op.f("ck_plays_played_has_outcome")),
        sa.CheckConstraint("(prize IS NULL) = (turn IS NULL)", name=op.f("ck_plays_prize_has_turn")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plays")),
    )
    op.create_index("ix_plays_of", "plays", ["tenant_id", "customer_id", "id"], unique=False)
    op.create_index("ix_plays_source", "plays", ["tenant_id", "source"], unique=False)
    op.create_index("ix_plays_in", "plays", ["tenant_id", "instant_win_id", "id"], unique=False)
    op.create_index(
        "ix_plays_won",
        "plays",
        ["tenant_id", "instant_win_id", "customer_id"],
        unique=False,
        postgresql_where=sa.text("outcome = 'won'"),
    )
    isolate_tenants("instant_wins", "SELECT, INSERT, UPDATE")
    isolate_tenants("instant_prizes", "SELECT, INSERT, UPDATE")
    isolate_tenants("plays", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("plays")
    op.drop_table("instant_prizes")
    op.drop_table("instant_wins")
