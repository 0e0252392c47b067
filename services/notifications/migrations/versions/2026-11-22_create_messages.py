"""create messages"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.data.migrations import create_mailroom, drop_mailroom, isolate_tenants

revision = "2026_11_22_messages"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mailroom()
    op.create_table(
        "businesses",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_businesses")),
    )
    op.create_table(
        "customers",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ar')", name=op.f("ck_customers_language_known")),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", name=op.f("pk_customers")),
    )
    op.create_table(
        "messages",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('welcome', 'purchase', 'return', 'redemption', 'expiry')", name=op.f("ck_messages_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'refused_no_consent', 'no_address', "
            "'failed', 'unknown', 'suppressed')",
            name=op.f("ck_messages_state_known"),
        ),
        sa.CheckConstraint("(state = 'queued') = (due_at IS NOT NULL)", name=op.f("ck_messages_queued_is_due")),
        sa.CheckConstraint("state <> 'sending' OR claimed_at IS NOT NULL", name=op.f("ck_messages_sending_is_claimed")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint("tenant_id", "event_id", "kind", name=op.f("uq_messages_tenant_id_event_id_kind")),
    )
    op.create_index("ix_messages_inbox", "messages", ["tenant_id", "customer_id", "id"])
    op.create_index(
        "ix_messages_due", "messages", ["tenant_id", "due_at"], postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index(
        "ix_messages_sending", "messages", ["tenant_id", "claimed_at"], postgresql_where=sa.text("state = 'sending'")
    )
    isolate_tenants("businesses", "SELECT, INSERT, UPDATE")
    isolate_tenants("customers", "SELECT, INSERT, UPDATE")
    isolate_tenants("messages", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_index("ix_messages_sending", table_name="messages", postgresql_where=sa.text("state = 'sending'"))
    op.drop_index("ix_messages_due", table_name="messages", postgresql_where=sa.text("state = 'queued'"))
    op.drop_index("ix_messages_inbox", table_name="messages")
    op.drop_table("messages")
    op.drop_table("customers")
    op.drop_table("businesses")
    drop_mailroom()
