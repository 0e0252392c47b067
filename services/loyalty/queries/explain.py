"""The lots of a wallet, each with its story. Source: docs/wallets.md."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.explanation import LotStory, Use
from services.loyalty.domain.lot import Lot, LotId
from services.loyalty.domain.name import Name
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.ledger import WalletRow

LAST_ID = "lot_~"
LATEST_MAX = 20
# Open lots and used up ones have an index each, so that a page costs the same however many there were.
PAGE = text("""
    WITH page AS (
        (SELECT * FROM lots WHERE tenant_id = :tenant_id AND customer_id = :customer_id AND unit = :unit
            AND remaining <> 0 AND id < :before ORDER BY id DESC LIMIT :limit)
        UNION ALL
        (SELECT * FROM lots WHERE tenant_id = :tenant_id AND customer_id = :customer_id AND unit = :unit
            AND remaining = 0 AND id < :before ORDER BY id DESC LIMIT :limit)
        ORDER BY id DESC LIMIT :limit
    )
    SELECT l.*, p.id AS purchase_id, p.external_id AS receipt, coalesce(p.program_id, w.program_id) AS program_id,
           coalesce(p.program_version, w.program_version) AS program_version, coalesce(a.reason, b.reason) AS reason,
           CASE WHEN b.id IS NULL THEN l.rule END AS by_rule
    FROM page l
    LEFT JOIN returns r ON r.tenant_id = l.tenant_id AND r.id = l.reference
    LEFT JOIN purchases p ON p.tenant_id = l.tenant_id AND p.id = coalesce(r.purchase_id, l.reference)
    LEFT JOIN adjustments a ON a.tenant_id = l.tenant_id AND a.id = l.reference
    LEFT JOIN awards w ON w.tenant_id = l.tenant_id AND w.source = l.reference AND w.rule = l.rule
        AND w.customer_id = l.customer_id
    LEFT JOIN award_batches b ON b.tenant_id = l.tenant_id AND b.id = l.reference
    ORDER BY l.id DESC
""")
SUMS = text("""
    SELECT lot_id, kind, sum(amount)::bigint AS amount FROM draws
    WHERE tenant_id = :tenant_id AND lot_id = ANY (:lots) GROUP BY lot_id, kind ORDER BY kind
""")
LATEST = text("""
    SELECT d.lot_id, d.kind, d.amount, d.reference, d.occurred_at
    FROM unnest(CAST(:lots AS text[])) AS wanted (id), LATERAL (
        SELECT * FROM draws WHERE tenant_id = :tenant_id AND lot_id = wanted.id
        ORDER BY transaction_id DESC LIMIT :latest
    ) AS d
    ORDER BY d.transaction_id
""")


def lots_of(db: Session, wallet: WalletRow, *, before: str | None, limit: int) -> list[LotStory]:
    """A page of the wallet's lots, the newest first: the open ones add up to its balance in the ledger."""
    owner = {"tenant_id": wallet.tenant_id, "customer_id": wallet.customer_id, "unit": wallet.unit}
    rows = db.execute(PAGE, {**owner, "before": before or LAST_ID, "limit": limit}).all()
    named = {"tenant_id": wallet.tenant_id, "lots": [row.id for row in rows]}
    sums: dict[str, list[Use]] = defaultdict(list)
    for row in db.execute(SUMS, named):
        sums[row.lot_id].append(Use(kind=row.kind, amount=row.amount, reference=None, at=None))
    latest: dict[str, list[Use]] = defaultdict(list)
    for row in db.execute(LATEST, {**named, "latest": LATEST_MAX}):
        use = Use(kind=row.kind, amount=row.amount, reference=row.reference, at=row.occurred_at)
        latest[row.lot_id].append(use)
    return [story_of(db, wallet, row, sums[row.id], latest[row.id]) for row in rows]


def story_of(
    db: Session, wallet: WalletRow, row: Row[tuple[object, ...]], uses: Sequence[Use], latest: Sequence[Use]
) -> LotStory:
    """One lot's story, under the name its rule had in the version that decided."""
    lot = Lot(
        id=LotId(row.id),
        remaining=row.remaining,
        spendable_at=row.spendable_at,
        expires_at=wallet.lapses_at if row.sliding else row.expires_at,
        earned_at=row.earned_at,
    )
    return LotStory(
        lot=lot,
        unit=row.unit,
        amount=row.amount,
        reference=row.reference,
        receipt=row.receipt,
        purchase_id=row.purchase_id,
        reason=row.reason,
        rule=row.by_rule,
        rule_name=rule_name(db, wallet.tenant_id, row.program_id, row.program_version, row.by_rule),
        program_id=row.program_id,
        version=row.program_version,
        sliding=row.sliding,
        awaits=row.awaits,
        uses=tuple(uses),
        latest=tuple(latest),
    )


def rule_name(
    db: Session, tenant_id: TenantId, program_id: str | None, version: int | None, rule: str | None
) -> Name | None:
    """What the rule was called then; None where no rule made the lot."""
    if program_id is None or version is None or rule is None:
        return None
    program = SHELF.program(db, tenant_id, program_id, version)
    return program.compiled.names.get(rule) if program else None
