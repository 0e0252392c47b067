"""Tenants, their keys, and the one way to find a key before its tenant is known."""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import create_mailroom, drop_mailroom, isolate_tenants

revision = "2026_11_22_access"
down_revision = None
branch_labels = None
depends_on = None

FIND_API_KEY = """
    CREATE FUNCTION find_api_key(key_id text) RETURNS TABLE (
        tenant_id text, livemode boolean, key_hash bytea, scopes text[], expires_at timestamptz, revoked_at timestamptz
    ) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
        SELECT k.tenant_id, t.livemode, k.key_hash, k.scopes, k.expires_at, k.revoked_at
        FROM api_keys k JOIN tenants t ON t.tenant_id = k.tenant_id
        WHERE k.id = key_id
    $$
"""


def upgrade() -> None:
    """Create everything the gateway keeps."""
    create_mailroom()
    op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="ck_tenants_currency"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenants"),
    )
    op.create_table(
        "api_keys",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(key_hash) = 32", name="ck_api_keys_key_hash"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name="fk_api_keys_tenant_id_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_id", "api_keys", ["id"])
    isolate_tenants("tenants", "SELECT, INSERT")
    isolate_tenants("api_keys", "SELECT, INSERT, UPDATE (revoked_at)")
    # Row-level security holds for the owner too: only inside the function below does anyone read as the owner.
    op.execute("CREATE POLICY find_api_key ON tenants FOR SELECT TO wafa_owner USING (true)")
    op.execute("CREATE POLICY find_api_key ON api_keys FOR SELECT TO wafa_owner USING (true)")
    op.execute(FIND_API_KEY)
    op.execute("REVOKE ALL ON FUNCTION find_api_key FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION find_api_key TO wafa_app")


def downgrade() -> None:
    """Forget all of it."""
    op.execute("DROP FUNCTION find_api_key")
    op.drop_table("api_keys")
    op.drop_table("tenants")
    drop_mailroom()
