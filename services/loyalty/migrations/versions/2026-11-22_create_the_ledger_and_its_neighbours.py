"""create the ledger and its neighbours"""

import sqlalchemy as sa
from alembic import op

from chassis.data.migrations import create_mailroom, drop_mailroom, isolate_tenants

revision = "2026_11_22_ledger"
down_revision = None
branch_labels = None
depends_on = None


# What services may do with each table. Ledgers of points and of time have no right to be changed.
RIGHTS = {
    "adjustments": "SELECT, INSERT",
    "customers": "SELECT, INSERT, UPDATE",
    "draws": "SELECT, INSERT",
    "entries": "SELECT, INSERT",
    "holds": "SELECT, INSERT, UPDATE",
    "lots": "SELECT, INSERT, UPDATE",
    "membership_entries": "SELECT, INSERT",
    "memberships": "SELECT, INSERT, UPDATE",
    "program_versions": "SELECT, INSERT, UPDATE",
    "programs": "SELECT, INSERT, UPDATE",
    "purchases": "SELECT, INSERT, UPDATE",
    "redemptions": "SELECT, INSERT",
    "returns": "SELECT, INSERT",
    "rewards": "SELECT, INSERT, UPDATE",
    "stamp_cards": "SELECT, INSERT, UPDATE",
    "vouchers": "SELECT, INSERT, UPDATE",
    "wallets": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    create_mailroom()
    op.create_table(
        "adjustments",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_adjustments_amount_not_zero")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_adjustments")),
    )
    op.create_table(
        "customers",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("purchases", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", name=op.f("pk_customers")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "entries",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(wallet = 'customer') = (balance_after IS NOT NULL)", name=op.f("ck_entries_customer_balance")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_entries_amount_not_zero")),
        sa.PrimaryKeyConstraint("tenant_id", "position", name=op.f("pk_entries")),
    )
    op.create_index(
        "ix_entries_statement",
        "entries",
        ["tenant_id", "customer_id", "unit", "position"],
        unique=False,
        postgresql_where=sa.text("wallet = 'customer'"),
    )
    op.create_table(
        "holds",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_holds_amount_positive")),
        sa.CheckConstraint("captured BETWEEN 0 AND amount", name=op.f("ck_holds_captured_within_amount")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_open",
        "holds",
        ["tenant_id", "customer_id", "unit"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_table(
        "lots",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spendable_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_lots_amount_not_zero")),
        sa.CheckConstraint(
            "remaining BETWEEN least(amount, 0) AND greatest(amount, 0)", name=op.f("ck_lots_remaining_within_amount")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lots")),
        postgresql_with={"fillfactor": "90"},
    )
    op.create_index(
        "ix_lots_due", "lots", ["tenant_id", "expires_at"], unique=False, postgresql_where=sa.text("remaining > 0")
    )
    op.create_index(
        "ix_lots_open",
        "lots",
        ["tenant_id", "customer_id", "unit"],
        unique=False,
        postgresql_where=sa.text("remaining <> 0"),
    )
    op.create_table(
        "membership_entries",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("membership_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("months <> 0", name=op.f("ck_membership_entries_months_not_zero")),
        sa.PrimaryKeyConstraint("tenant_id", "position", name=op.f("pk_membership_entries")),
    )
    op.create_index(
        "ix_membership_entries_of", "membership_entries", ["tenant_id", "membership_id", "position"], unique=False
    )
    op.create_table(
        "memberships",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("tenant_id", "customer_id", "plan", name=op.f("uq_memberships_tenant_id_customer_id_plan")),
    )
    op.create_table(
        "program_versions",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "program_id", "version", name=op.f("pk_program_versions")),
    )
    op.create_index(
        "uq_program_versions_live",
        "program_versions",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("status = 'live'"),
    )
    op.create_table(
        "programs",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_programs")),
    )
    op.create_table(
        "purchases",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=True),
        sa.Column("program_version", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=True),
        sa.Column("basket", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("misses", sa.Text(), nullable=False),
        sa.Column("returned", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchases")),
        sa.UniqueConstraint(
            "tenant_id", "store_id", "external_id", name=op.f("uq_purchases_tenant_id_store_id_external_id")
        ),
    )
    op.create_index("ix_purchases_of", "purchases", ["tenant_id", "customer_id", "id"], unique=False)
    op.create_table(
        "redemptions",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("voucher_id", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_redemptions")),
    )
    op.create_index("ix_redemptions_of", "redemptions", ["tenant_id", "customer_id", "id"], unique=False)
    op.create_table(
        "returns",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("refund", sa.BigInteger(), nullable=False),
        sa.Column("forgiven", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_returns")),
    )
    op.create_index("ix_returns_of", "returns", ["tenant_id", "purchase_id"], unique=False)
    op.create_table(
        "rewards",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_rewards_price_positive")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rewards")),
    )
    op.create_table(
        "stamp_cards",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("stamps", sa.BigInteger(), nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", "card", name=op.f("pk_stamp_cards")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "vouchers",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_vouchers_tenant_id_code")),
    )
    op.create_index("ix_vouchers_of", "vouchers", ["tenant_id", "customer_id", "id"], unique=False)
    op.create_index("ix_vouchers_source", "vouchers", ["tenant_id", "source"], unique=False)
    op.create_table(
        "wallets",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("expired", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("debt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("settled_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("held >= 0", name=op.f("ck_wallets_held_not_negative")),
        sa.PrimaryKeyConstraint("tenant_id", "customer_id", "unit", name=op.f("pk_wallets")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "draws",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_draws_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"], ["lots.tenant_id", "lots.id"], name=op.f("fk_draws_tenant_id_lot_id_lots")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "transaction_id", "lot_id", name=op.f("pk_draws")),
    )
    op.create_index("ix_draws_lot", "draws", ["tenant_id", "lot_id"], unique=False)
    for table, rights in RIGHTS.items():
        isolate_tenants(table, rights)


def downgrade() -> None:
    op.drop_table("draws")
    op.drop_table("wallets")
    op.drop_index("ix_vouchers_source", table_name="vouchers")
    op.drop_index("ix_vouchers_of", table_name="vouchers")
    op.drop_table("vouchers")
    op.drop_table("stamp_cards")
    op.drop_table("rewards")
    op.drop_index("ix_returns_of", table_name="returns")
    op.drop_table("returns")
    op.drop_index("ix_redemptions_of", table_name="redemptions")
    op.drop_table("redemptions")
    op.drop_index("ix_purchases_of", table_name="purchases")
    op.drop_table("purchases")
    op.drop_table("programs")
    op.drop_index(
        "uq_program_versions_live", table_name="program_versions", postgresql_where=sa.text("status = 'live'")
    )
    op.drop_table("program_versions")
    op.drop_table("memberships")
    op.drop_index("ix_membership_entries_of", table_name="membership_entries")
    op.drop_table("membership_entries")
    op.drop_index("ix_lots_open", table_name="lots", postgresql_where=sa.text("remaining <> 0"))
    op.drop_index("ix_lots_due", table_name="lots", postgresql_where=sa.text("remaining > 0"))
    op.drop_table("lots")
    op.drop_index("ix_holds_open", table_name="holds", postgresql_where=sa.text("status = 'held'"))
    op.drop_table("holds")
    op.drop_index("ix_entries_statement", table_name="entries", postgresql_where=sa.text("wallet = 'customer'"))
    op.drop_table("entries")
    op.drop_table("customers")
    op.drop_table("adjustments")
    drop_mailroom()
