"""What customers and gift cards hold at a moment, past ones too. Source: docs/reports.md.

Worked out from what is only ever added: lots and draws say when they were recorded, so that nothing was to be kept for
the past. A lot's end is the one it has by now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.journal import Holding
from services.loyalty.domain.liability import AGES, NO_EXPERIENCE, Experience

EVERY_LOT = """
    SELECT l.*, since.drawn FROM lots l LEFT JOIN since ON since.lot_id = l.id WHERE l.tenant_id = :tenant_id
"""
# Of a lot of which nothing is left something was left then only if it was drawn since: its history costs nothing.
SOME_LEFT = f"""
    {EVERY_LOT} AND l.remaining <> 0
    UNION ALL
    SELECT l.*, since.drawn FROM since
    JOIN lots l ON l.tenant_id = :tenant_id AND l.id = since.lot_id AND l.remaining = 0
"""  # noqa: S608 - the text is ours
# What was left of each lot then: what is left now, and what was drawn since. The oldest rows do not say when they were
# recorded; no function may hide the column from its index, which row-level security would not let it use.
THEN = """
    WITH since AS (
        SELECT lot_id, sum(amount) AS drawn FROM draws
        WHERE tenant_id = :tenant_id AND (recorded_at > :at OR recorded_at IS NULL AND occurred_at > :at)
        GROUP BY lot_id
    ), kept AS (
        {kept}
    ), lots_then AS (
        SELECT l.id, l.customer_id, l.unit, l.customer_id LIKE 'gif\\_%' AS card, l.amount, l.earned_at, l.spendable_at,
               l.sliding OR l.expires_at IS NOT NULL AS ends,
               CASE WHEN l.sliding THEN w.lapses_at ELSE l.expires_at END AS dies_at,
               l.remaining + coalesce(l.drawn, 0) AS units
        FROM kept l
        LEFT JOIN wallets w ON w.tenant_id = :tenant_id AND w.customer_id = l.customer_id AND w.unit = l.unit
        WHERE coalesce(l.recorded_at, l.earned_at) <= :at
    ), alive AS (
        SELECT *, coalesce(dies_at > :at, true) AS lives FROM lots_then
    )
"""
HELD = text(f"""
    {THEN.format(kept=SOME_LEFT)}
    , purses AS (
        SELECT customer_id, unit, card,
               coalesce(sum(units) FILTER (WHERE units > 0 AND lives AND spendable_at <= :at), 0) AS spendable,
               coalesce(sum(units) FILTER (WHERE units > 0 AND lives AND spendable_at > :at), 0) AS pending,
               coalesce(sum(units) FILTER (WHERE units > 0 AND NOT lives), 0) AS dead,
               coalesce(-sum(units) FILTER (WHERE units < 0), 0) AS debt
        FROM alive WHERE units <> 0 GROUP BY customer_id, unit, card
    ), held AS (
        -- What an allowance still sets aside is what its sales left of it.
        SELECT customer_id, unit, sum(amount - CASE status WHEN 'held' THEN captured ELSE 0 END) AS held FROM holds
        WHERE tenant_id = :tenant_id AND created_at <= :at AND expires_at > :at AND coalesce(closed_at > :at, true)
        GROUP BY customer_id, unit
    )
    SELECT p.unit, p.card, sum(p.spendable - least(p.spendable, coalesce(h.held, 0))) AS spendable,
           sum(least(p.spendable, coalesce(h.held, 0))) AS held,
           sum(p.pending) AS pending, sum(p.debt) AS debt, sum(p.dead) AS dead
    FROM purses p LEFT JOIN held h USING (customer_id, unit) GROUP BY p.unit, p.card
""")  # noqa: S608 - the text is ours
AGED = text(f"""
    {THEN.format(kept=SOME_LEFT)}
    SELECT unit, card, width_bucket(extract(epoch FROM :at - earned_at) / 86400, CAST(:ages AS numeric[])) AS age,
           width_bucket(extract(epoch FROM dies_at - :at) / 86400, CAST(:ages AS numeric[])) AS left_to_live,
           sum(units) AS units
    FROM alive WHERE units > 0 AND lives GROUP BY 1, 2, 3, 4
""")  # noqa: S608 - the text is ours
# Months of earning of which nothing lives any more. What has no end cannot die, and says nothing here.
EXPERIENCE = text(f"""
    {THEN.format(kept=EVERY_LOT)}
    , used AS (
        SELECT lot_id, sum(amount) FILTER (WHERE kind = 'expiry') AS expired,
               sum(amount) FILTER (WHERE kind = 'burn' OR kind = 'reversal' AND amount < 0) AS burnt
        FROM draws WHERE tenant_id = :tenant_id AND coalesce(recorded_at, occurred_at) <= :at GROUP BY lot_id
    ), months AS (
        SELECT unit, card, date_trunc('month', earned_at AT TIME ZONE :zone) AS month, count(*) AS lots,
               sum(coalesce(expired, 0) + CASE WHEN lives THEN 0 ELSE units END) AS expired,
               sum(coalesce(burnt, 0)) AS burnt, bool_or(lives AND units > 0) AS lives
        FROM alive LEFT JOIN used ON used.lot_id = alive.id WHERE amount > 0 AND ends GROUP BY 1, 2, 3
    )
    SELECT unit, card, count(*) AS months, sum(lots) AS lots, sum(expired) AS expired, sum(burnt) AS burnt
    FROM months WHERE NOT lives GROUP BY unit, card
""")  # noqa: S608 - the text is ours
MOVED = text("""
    SELECT unit, customer_id LIKE 'gif\\_%' AS card, wallet, -sum(amount) AS units,
           -coalesce(sum(amount) FILTER (WHERE recorded_at <= :since), 0) AS before
    FROM entries WHERE tenant_id = :tenant_id AND wallet <> 'customer' AND recorded_at <= :at GROUP BY 1, 2, 3
""")


@dataclass(slots=True)
class Outstanding:
    """What is held of one kind at a moment, in units.

    `spendable`, `held` and `pending` live; `dead` has died and is not booked yet; `debt` is owed by customers.
    `ages` counts what lives by how long ago it was earned, `left_to_live` by when it dies; what never dies has no end.
    `opening` was in the books at the beginning of a period, and `moved` since, by house wallet.
    """

    spendable: int = 0
    held: int = 0
    pending: int = 0
    debt: int = 0
    dead: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    left_to_live: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    endless: int = 0
    opening: int = 0
    moved: dict[str, int] = field(default_factory=dict)
    experience: Experience = NO_EXPERIENCE

    @property
    def outstanding(self) -> int:
        """All that lives."""
        return self.spendable + self.held + self.pending

    @property
    def booked(self) -> int:
        """What the ledger says: the sum of the wallets' balances."""
        return self.outstanding + self.dead - self.debt


def outstanding(
    db: Session, tenant_id: TenantId, *, at: datetime, since: datetime, zone: ZoneInfo
) -> Mapping[Holding, Outstanding]:
    """What customers and gift cards hold of each kind at that moment, and what moved after `since`."""
    named = {"tenant_id": tenant_id, "at": at}
    found: dict[Holding, Outstanding] = {}

    def of(row: object) -> Outstanding:
        return found.setdefault(Holding(row.unit, row.card), Outstanding())  # type: ignore[attr-defined]

    for row in db.execute(MOVED, {**named, "since": since}):
        kind = of(row)
        kind.opening += int(row.before)
        kind.moved[row.wallet] = int(row.units - row.before)
    for row in db.execute(HELD, named):
        kind = of(row)
        kind.spendable, kind.held, kind.pending = int(row.spendable), int(row.held), int(row.pending)
        kind.debt, kind.dead = int(row.debt), int(row.dead)
    for row in db.execute(AGED, {**named, "ages": list(AGES)}):
        kind = of(row)
        kind.ages[row.age] += int(row.units)
        if row.left_to_live is None:
            kind.endless += int(row.units)
        else:
            kind.left_to_live[row.left_to_live] += int(row.units)
    for row in db.execute(EXPERIENCE, {**named, "zone": zone.key}):
        of(row).experience = Experience(int(row.months), int(row.lots), int(row.expired), int(row.burnt))
    return dict(sorted(found.items()))
