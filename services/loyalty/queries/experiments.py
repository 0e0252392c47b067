"""What the customers of each arm of an experiment did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.experiment import Arm, Spending
from services.loyalty.tables.gift_cards import CARDS

# The place is the one that `place_in` computes.
ARMS = text("""
    WITH spent AS (
        SELECT customer_id, count(*) AS purchases, sum(due)::numeric AS due, sum(discount) AS discount
        FROM purchases
        WHERE tenant_id = :tenant_id AND program_id = :program_id AND customer_id IS NOT NULL
          AND status NOT IN ('voided', 'returned') AND occurred_at >= :since AND occurred_at < :until
        GROUP BY customer_id
    ), placed AS (
        SELECT customer_id,
            ('x' || encode(substr(sha256(convert_to(:experiment || ':' || customer_id, 'UTF8')), 1, 4), 'hex'))
                ::bit(32)::bigint % 100 AS place
        FROM customers WHERE tenant_id = :tenant_id AND status <> ALL(:cards)
    )
    SELECT width_bucket(p.place, CAST(:cuts AS bigint[])) AS arm, count(*) AS customers, count(s.customer_id) AS buyers,
        coalesce(sum(s.purchases), 0) AS purchases, coalesce(sum(s.due), 0) AS due,
        coalesce(sum(s.due * s.due), 0) AS squares, coalesce(sum(s.discount), 0) AS discount
    FROM placed p LEFT JOIN spent s USING (customer_id) GROUP BY arm
""")


@dataclass(frozen=True, slots=True)
class ArmFigures:
    """An arm's customers, those of them who bought, their purchases, what they spent, and what was taken off."""

    arm: Arm
    buyers: int
    purchases: int
    discount: int
    spending: Spending


def figures_of(
    db: Session,
    tenant_id: TenantId,
    program_id: str,
    experiment: str,
    arms: Sequence[Arm],
    *,
    since: datetime,
    until: datetime,
) -> list[ArmFigures]:
    """What the customers of each arm bought under the program from `since` until just before `until`."""
    named = {
        "tenant_id": tenant_id,
        "program_id": program_id,
        "experiment": experiment,
        "since": since,
        "until": until,
        "cards": list(CARDS),
        "cuts": [arm.from_percent for arm in arms],
    }
    found = {row.arm: row for row in db.execute(ARMS, named)}
    return [
        ArmFigures(
            arm=arm,
            buyers=row.buyers if row else 0,
            purchases=int(row.purchases) if row else 0,
            discount=int(row.discount) if row else 0,
            spending=Spending(row.customers, int(row.due), int(row.squares)) if row else Spending(0, 0, 0),
        )
        for number, arm in enumerate(arms, 1)
        for row in [found.get(number)]
    ]
