"""What is counted of a customer goes with them, when two turn out to be one. Source: docs/wallets.md."""

from collections.abc import Mapping

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.orm import Session

from services.loyalty.tables.moves import WalletMergeRow

# How many purchases, the stamps of each card, and what each rule with limits gave: as it is with the first, once more.
REMEMBER = text("""
    INSERT INTO merged_counts (tenant_id, merge_id, kind, name, amount)
    SELECT tenant_id, :merge_id, 'purchases', '', purchases FROM customers
    WHERE tenant_id = :tenant_id AND customer_id = :giver AND purchases <> 0
    UNION ALL
    SELECT tenant_id, :merge_id, 'stamps', card, stamps FROM stamp_cards
    WHERE tenant_id = :tenant_id AND customer_id = :giver AND stamps <> 0
    UNION ALL
    SELECT tenant_id, :merge_id, 'tally',
           jsonb_build_array(program_id, rule, measure, per, starts_on)::text, amount FROM tallies
    WHERE tenant_id = :tenant_id AND each = 'customer' AND holder = :giver AND amount <> 0
    ON CONFLICT (tenant_id, merge_id, kind, name) DO UPDATE SET amount = merged_counts.amount + excluded.amount
""")
MOVE = (
    text("""
        UPDATE customers SET purchases = customers.purchases
            + CASE customers.customer_id WHEN :taker THEN 1 ELSE -1 END * moved.purchases
        FROM (SELECT purchases FROM customers WHERE tenant_id = :tenant_id AND customer_id = :giver) AS moved
        WHERE tenant_id = :tenant_id AND customer_id IN (:giver, :taker) AND moved.purchases <> 0
    """),
    text("""
        INSERT INTO stamp_cards (tenant_id, customer_id, card, stamps, filled, updated_at)
        SELECT tenant_id, :taker, card, stamps, 0, :at FROM stamp_cards
        WHERE tenant_id = :tenant_id AND customer_id = :giver AND stamps <> 0
        ON CONFLICT (tenant_id, customer_id, card)
        DO UPDATE SET stamps = stamp_cards.stamps + excluded.stamps, updated_at = excluded.updated_at
    """),
    text("""
        UPDATE stamp_cards SET stamps = 0, updated_at = :at
        WHERE tenant_id = :tenant_id AND customer_id = :giver AND stamps <> 0
    """),
    text("""
        INSERT INTO tallies (tenant_id, program_id, each, holder, rule, measure, per, starts_on, amount, last_at)
        SELECT tenant_id, program_id, each, :taker, rule, measure, per, starts_on, amount, last_at FROM tallies
        WHERE tenant_id = :tenant_id AND each = 'customer' AND holder = :giver AND (amount <> 0 OR last_at IS NOT NULL)
        ON CONFLICT (tenant_id, program_id, each, holder, rule, measure, per, starts_on) DO UPDATE SET
            amount = tallies.amount + excluded.amount, last_at = greatest(tallies.last_at, excluded.last_at)
    """),
    text("""
        UPDATE tallies SET amount = 0, last_at = NULL
        WHERE tenant_id = :tenant_id AND each = 'customer' AND holder = :giver AND (amount <> 0 OR last_at IS NOT NULL)
    """),
)
# Of stamps, what is left of those that came; of the rest all: it is what the first one's own sales come to.
GIVE_BACK = (
    text("""
        UPDATE customers SET purchases = customers.purchases
            + CASE customers.customer_id WHEN :taker THEN 1 ELSE -1 END * moved.amount
        FROM merged_counts moved
        WHERE moved.tenant_id = :tenant_id AND moved.merge_id = :merge_id AND moved.kind = 'purchases'
          AND customers.tenant_id = :tenant_id AND customers.customer_id IN (:giver, :taker)
    """),
    text("""
        WITH moved AS (
            SELECT c.card,
                   CASE WHEN m.amount < 0 THEN m.amount ELSE greatest(0, least(m.amount, c.stamps)) END AS stamps
            FROM merged_counts m JOIN stamp_cards c ON c.tenant_id = m.tenant_id AND c.card = m.name
            WHERE m.tenant_id = :tenant_id AND m.merge_id = :merge_id AND m.kind = 'stamps' AND c.customer_id = :giver
        )
        UPDATE stamp_cards SET updated_at = :at, stamps = stamp_cards.stamps
            + CASE stamp_cards.customer_id WHEN :taker THEN 1 ELSE -1 END * moved.stamps
        FROM moved WHERE stamp_cards.tenant_id = :tenant_id AND stamp_cards.card = moved.card
          AND stamp_cards.customer_id IN (:giver, :taker)
    """),
    text("""
        UPDATE tallies SET amount = tallies.amount + CASE holder WHEN :taker THEN 1 ELSE -1 END * moved.amount
        FROM merged_counts moved
        WHERE moved.tenant_id = :tenant_id AND moved.merge_id = :merge_id AND moved.kind = 'tally'
          AND tallies.tenant_id = :tenant_id AND tallies.each = 'customer' AND tallies.holder IN (:giver, :taker)
          AND jsonb_build_array(program_id, rule, measure, per, starts_on)::text = moved.name
    """),
)
# The last use of a rule with a cool-down is the latest by anybody who is the same person.
LAST_USES = text("""
    WITH RECURSIVE person (id) AS (
        SELECT CAST(:holder AS text)
        UNION
        SELECT m.from_customer_id FROM wallet_merges m JOIN person ON m.into_customer_id = person.id
        WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL
    ), caused AS (
        SELECT program_id, program_version, occurred_at, effects FROM purchases
        WHERE tenant_id = :tenant_id AND customer_id IN (SELECT id FROM person)
        UNION ALL
        SELECT program_id, program_version, occurred_at, effects FROM activities
        WHERE tenant_id = :tenant_id AND customer_id IN (SELECT id FROM person) AND status = 'recorded'
    )
    UPDATE tallies SET last_at = (
        SELECT max(c.occurred_at) FROM caused c
        JOIN program_versions v
          ON v.tenant_id = :tenant_id AND v.program_id = c.program_id AND v.version = c.program_version
        WHERE c.program_id = tallies.program_id
          AND c.effects::jsonb @> jsonb_build_array(jsonb_build_object('rule', tallies.rule))
          AND jsonb_path_exists(v.document::jsonb, '$.rules[*] ? (@.id == $rule && @.cool_down != null)',
                                jsonb_build_object('rule', tallies.rule)))
    WHERE tenant_id = :tenant_id AND each = 'customer' AND holder = :holder AND measure = 'uses' AND per = 'ever'
""")


def carry_counts(db: Session, merge: WalletMergeRow) -> int:
    """Count for the one customer what was counted for the other: purchases, stamps, and what limits count; returns of
    how many.

    After a merge for the second; after it was undone what came for the first again. Both must be locked.
    """
    giver, taker = merge.from_customer_id, merge.into_customer_id
    undone = merge.undone_at is not None
    if undone:
        giver, taker = taker, giver
    named = {"tenant_id": merge.tenant_id, "merge_id": merge.id, "giver": giver, "taker": taker}
    counted = 0 if undone else rows_of(db, REMEMBER, named)
    for statement in GIVE_BACK if undone else MOVE:
        db.execute(statement, {**named, "at": merge.undone_at or merge.recorded_at})
    for holder in (giver, taker) if undone else (taker,):
        db.execute(LAST_USES, {"tenant_id": merge.tenant_id, "holder": holder})
    return counted


def rows_of(db: Session, statement: TextClause, named: Mapping[str, object]) -> int:
    """Run a statement that writes; answers how many rows it wrote."""
    written = db.execute(statement, named)
    assert isinstance(written, CursorResult)
    return written.rowcount
