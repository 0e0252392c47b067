"""What a customer holds beside units goes with them, when two turn out to be one. Source: docs/wallets.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.loyalty.operations.carry_counts import rows_of
from services.loyalty.tables.moves import WalletMergeRow

# What can still be used: vouchers that no checkout has to itself, and passes. Used ones stay with who used them.
BRING = text("""
    WITH vouchers_moved AS (
        UPDATE vouchers SET customer_id = :taker, reserved_by = NULL, reserved_until = NULL
        WHERE tenant_id = :tenant_id AND customer_id = :giver AND status = 'issued'
          AND coalesce(reserved_until <= :at, true)
        RETURNING 'voucher' AS kind, id
    ), passes_moved AS (
        UPDATE passes SET customer_id = :taker
        WHERE tenant_id = :tenant_id AND customer_id = :giver AND status = 'issued' AND entries_left > 0
        RETURNING 'pass' AS kind, id
    ), left_pool AS (
        UPDATE pool_members SET left_at = :at
        WHERE tenant_id = :tenant_id AND customer_id = :giver AND left_at IS NULL
        RETURNING pool_id
    ), joined_pool AS (
        INSERT INTO pool_members (tenant_id, pool_id, customer_id, joined_at)
        SELECT :tenant_id, pool_id, :taker, :at FROM left_pool
        WHERE NOT EXISTS (SELECT FROM pool_members
                          WHERE tenant_id = :tenant_id AND customer_id = :taker AND left_at IS NULL)
        RETURNING 'pool' AS kind, pool_id AS id
    )
    INSERT INTO merged_things (tenant_id, merge_id, kind, id)
    SELECT :tenant_id, :merge_id, kind, id FROM (
        SELECT * FROM vouchers_moved UNION ALL SELECT * FROM passes_moved UNION ALL SELECT * FROM joined_pool
    ) AS moved ON CONFLICT DO NOTHING
""")
GIVE_BACK = (
    text("""
        UPDATE vouchers SET customer_id = :taker, reserved_by = NULL, reserved_until = NULL FROM merged_things moved
        WHERE moved.tenant_id = :tenant_id AND moved.merge_id = :merge_id AND moved.kind = 'voucher'
          AND vouchers.tenant_id = :tenant_id AND vouchers.id = moved.id AND vouchers.customer_id = :giver
          AND vouchers.status = 'issued' AND coalesce(vouchers.reserved_until <= :at, true)
    """),
    text("""
        UPDATE passes SET customer_id = :taker FROM merged_things moved
        WHERE moved.tenant_id = :tenant_id AND moved.merge_id = :merge_id AND moved.kind = 'pass'
          AND passes.tenant_id = :tenant_id AND passes.id = moved.id AND passes.customer_id = :giver
          AND passes.status = 'issued'
    """),
    text("""
        WITH left_pool AS (
            UPDATE pool_members SET left_at = :at FROM merged_things moved
            WHERE moved.tenant_id = :tenant_id AND moved.merge_id = :merge_id AND moved.kind = 'pool'
              AND pool_members.tenant_id = :tenant_id AND pool_members.pool_id = moved.id
              AND pool_members.customer_id = :giver AND pool_members.left_at IS NULL
            RETURNING pool_members.pool_id
        )
        INSERT INTO pool_members (tenant_id, pool_id, customer_id, joined_at)
        SELECT :tenant_id, pool_id, :taker, :at FROM left_pool
        WHERE NOT EXISTS (SELECT FROM pool_members
                          WHERE tenant_id = :tenant_id AND customer_id = :taker AND left_at IS NULL)
    """),
)


def carry_things(db: Session, merge: WalletMergeRow, *, at: datetime) -> int:
    """Let the one customer have the other's vouchers, passes and place in a pool, as far as they can be used still;
    returns how many.

    After a merge the second has them; after it was undone the first has again what is left. Both must be locked.
    """
    named = {"tenant_id": merge.tenant_id, "merge_id": merge.id, "at": at}
    giver, taker = merge.from_customer_id, merge.into_customer_id
    if merge.undone_at is None:
        return rows_of(db, BRING, {**named, "giver": giver, "taker": taker})
    return sum(rows_of(db, statement, {**named, "giver": taker, "taker": giver}) for statement in GIVE_BACK)
