"""Customers, their consents and the words of their names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.migrations import create_mailroom, drop_mailroom, isolate_tenants

revision = "customers_0001"
down_revision = None
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, each tenant's rows for that tenant's eyes."""
    create_mailroom()
    # For searches that forgive a wrong letter. Trusted, so that the owner of the database may add it.
    op.execute("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch")
    create_customers()
    create_consents()
    create_name_words()
    isolate_tenants("customers", "SELECT, INSERT, UPDATE")
    isolate_tenants("consents", "SELECT, INSERT")
    isolate_tenants("name_words", "SELECT, INSERT, DELETE")


def create_customers() -> None:
    """Who the customers are."""
    op.create_table(
        "customers",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("external_id", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("card", sa.Text),
        sa.Column("birthday", sa.Date),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("metadata", JSONB, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_customers"),
        sa.UniqueConstraint("tenant_id", "external_id", name="uq_customers_tenant_id_external_id"),
        sa.UniqueConstraint("tenant_id", "phone", name="uq_customers_tenant_id_phone"),
        sa.UniqueConstraint("tenant_id", "email", name="uq_customers_tenant_id_email"),
        sa.UniqueConstraint("tenant_id", "card", name="uq_customers_tenant_id_card"),
        sa.CheckConstraint("language IN ('en', 'ar')", name="ck_customers_language_known"),
        sa.CheckConstraint("status IN ('active', 'blocked')", name="ck_customers_status_known"),
        sa.CheckConstraint("version > 0", name="ck_customers_version_positive"),
    )


def create_consents() -> None:
    """What they allowed and forbade."""
    op.create_table(
        "consents",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("granted", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("wording", sa.Text),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", "purpose", "channel", "revision", name="pk_consents"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customers.tenant_id", "customers.id"],
            name="fk_consents_tenant_id_customer_id_customers",
        ),
        sa.CheckConstraint("purpose IN ('service', 'marketing')", name="ck_consents_purpose_known"),
        sa.CheckConstraint("channel IN ('email', 'sms', 'whatsapp', 'push')", name="ck_consents_channel_known"),
        sa.CheckConstraint("revision > 0", name="ck_consents_revision_positive"),
    )


def create_name_words() -> None:
    """By which words they are found."""
    op.create_table(
        "name_words",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "word", "customer_id", name="pk_name_words"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customers.tenant_id", "customers.id"],
            name="fk_name_words_tenant_id_customer_id_customers",
        ),
    )
    op.create_index("ix_name_words_tenant_id_customer_id", "name_words", ["tenant_id", "customer_id"])


def downgrade() -> None:
    """Take everything away again."""
    for table in ("name_words", "consents", "customers"):
        op.drop_table(table)
    drop_mailroom()
    op.execute("DROP EXTENSION fuzzystrmatch")
