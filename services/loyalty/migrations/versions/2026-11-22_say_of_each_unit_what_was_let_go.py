"""say of each unit what was let go"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_let_go"
down_revision = "2026_11_22_families"
branch_labels = None
depends_on = None

READ = ("returns", "purchases", "program_versions")


def upgrade() -> None:
    op.add_column("returns", sa.Column("let_go", sa.Text(), server_default="{}", nullable=False))
    # Row-level security holds for the owner too, and no tenant is named here: let it see what it reads.
    for table in READ:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE returns SET let_go = jsonb_build_object(
            coalesce(v.document::jsonb ->> 'unit', 'points'),
            jsonb_build_object('forgiven', returns.forgiven, 'waived', returns.waived))::text
        FROM purchases p JOIN program_versions v
          ON v.tenant_id = p.tenant_id AND v.program_id = p.program_id AND v.version = p.program_version
        WHERE p.tenant_id = returns.tenant_id AND p.id = returns.purchase_id
          AND (returns.forgiven <> 0 OR returns.waived <> 0)
    """)
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("returns", "let_go")
