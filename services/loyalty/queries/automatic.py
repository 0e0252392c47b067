"""Who may have enough for a reward that is taken by itself. Source: docs/rules/automatic-rewards.md."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.offer import Offer
from services.loyalty.queries.wallet_merges import same_person
from services.loyalty.tables.automatic import AutomaticOptOutRow, AutomaticWaitRow
from services.loyalty.tables.gift_cards import CARDS
from services.loyalty.tables.rewards import RedemptionRow, RewardRow

# What a wallet holds in all is never less than what can be spent of it.
ENOUGH = """
    JOIN customers c ON c.tenant_id = w.tenant_id AND c.customer_id = w.customer_id AND c.status <> ALL (:cards)
    WHERE w.tenant_id = :tenant_id AND w.unit = :unit AND w.balance >= :least
"""
HOLDER = text(f"""
    SELECT w.customer_id FROM wallets w {ENOUGH} AND w.customer_id > :after ORDER BY w.customer_id LIMIT 1
""")  # noqa: S608 - the parts are ours
# Positions are given out over all tenants: so many entries of one may be far apart.
STRETCH = text("""
    SELECT max(position) FROM (
        SELECT position FROM entries
        WHERE tenant_id = :tenant_id AND position > :after AND position <= :until ORDER BY position LIMIT :limit
    ) AS part
""")
# What comes back of a redemption that was cancelled is no reason to take the reward again.
GAIN = text(f"""
    SELECT e.position, e.customer_id FROM entries e
    JOIN wallets w ON w.tenant_id = e.tenant_id AND w.customer_id = e.customer_id AND w.unit = e.unit
    {ENOUGH} AND e.tenant_id = :tenant_id AND e.position > :after AND e.position <= :until
      AND e.wallet = 'customer' AND e.amount > 0 AND e.reference NOT LIKE 'red\\_%'
    ORDER BY e.position LIMIT 1
""")  # noqa: S608 - the parts are ours


class Gain(NamedTuple):
    """Whose wallet something came into, and where that stands in the ledger."""

    position: int
    customer_id: CustomerId


def automatic_rewards(db: Session, tenant_id: TenantId) -> Sequence[str]:
    """The rewards that are taken by themselves, the oldest first."""
    return db.scalars(
        select(RewardRow.id)
        .where(RewardRow.tenant_id == tenant_id, RewardRow.status == "available", RewardRow.automatic.is_not(None))
        .order_by(RewardRow.id)
    ).all()


def next_waiting(db: Session, tenant_id: TenantId, reward_id: str, at: datetime) -> CustomerId | None:
    """Who has waited longest of those to look at again by now."""
    return db.scalar(
        select(AutomaticWaitRow.customer_id)
        .where(
            AutomaticWaitRow.tenant_id == tenant_id,
            AutomaticWaitRow.reward_id == reward_id,
            AutomaticWaitRow.look_at <= at,
        )
        .order_by(AutomaticWaitRow.look_at, AutomaticWaitRow.customer_id)
        .limit(1)
    )


def next_holder(db: Session, tenant_id: TenantId, offer: Offer, least: int, *, after: CustomerId) -> CustomerId | None:
    """The next customer with so many units, by their id."""
    found: CustomerId | None = db.scalar(HOLDER, {**sought(tenant_id, offer, least), "after": after})
    return found


def end_of_stretch(db: Session, tenant_id: TenantId, *, after: int, until: int, limit: int) -> int:
    """Where the next so many entries end; `until` where there are none."""
    named = {"tenant_id": tenant_id, "after": after, "until": until, "limit": limit}
    found: int | None = db.scalar(STRETCH, named)
    return until if found is None else found


def next_gain(db: Session, tenant_id: TenantId, offer: Offer, least: int, *, after: int, until: int) -> Gain | None:
    """The next entry by which a customer who has so many units now got some."""
    found = db.execute(GAIN, {**sought(tenant_id, offer, least), "after": after, "until": until}).one_or_none()
    return Gain(*found) if found else None


def sought(tenant_id: TenantId, offer: Offer, least: int) -> dict[str, object]:
    """What both ask for."""
    return {"tenant_id": tenant_id, "unit": offer.unit, "least": least, "cards": list(CARDS)}


def opted_out(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> bool:
    """Whether they, or somebody who is the same person, want nothing to be taken by itself."""
    found = select(AutomaticOptOutRow.customer_id).where(
        AutomaticOptOutRow.tenant_id == tenant_id,
        AutomaticOptOutRow.customer_id.in_(same_person(db, tenant_id, customer_id)),
    )
    return db.scalar(found.limit(1)) is not None


def count_automatic(db: Session, reward: RewardRow, customer_id: CustomerId, since: datetime) -> int:
    """How many of the reward a person got by itself since that moment, those cancelled included."""
    return (
        db.scalar(
            select(func.count()).where(
                RedemptionRow.tenant_id == reward.tenant_id,
                RedemptionRow.customer_id.in_(same_person(db, TenantId(reward.tenant_id), customer_id)),
                RedemptionRow.reward_id == reward.id,
                RedemptionRow.recorded_at >= since,
                RedemptionRow.automatic,
            )
        )
        or 0
    )


def waits_of(
    db: Session, tenant_id: TenantId, reward_id: str, *, after: str | None, limit: int
) -> Sequence[AutomaticWaitRow]:
    """Who waits for a reward that was looked for, by their ids."""
    return db.scalars(
        select(AutomaticWaitRow)
        .where(
            AutomaticWaitRow.tenant_id == tenant_id,
            AutomaticWaitRow.reward_id == reward_id,
            AutomaticWaitRow.why != "unseen",
            AutomaticWaitRow.customer_id > (after or ""),
        )
        .order_by(AutomaticWaitRow.customer_id)
        .limit(limit)
    ).all()
