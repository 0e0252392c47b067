"""Offering a reward."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.offer import Offer
from services.loyalty.queries.rewards import BENEFIT, LIMITS, TIER_PRICES
from services.loyalty.tables.rewards import RewardRow


def create_reward(db: Session, tenant_id: TenantId, offer: Offer, *, at: datetime) -> RewardRow:
    """Put a reward into the catalogue."""
    reward = RewardRow(
        tenant_id=tenant_id,
        id=new_id("rwd"),
        taken=0,
        status="available",
        version=1,
        created_at=at,
        **columns_of(offer),
    )
    db.add(reward)
    db.flush()
    return reward


def columns_of(offer: Offer) -> dict[str, Any]:
    """An offer as its row keeps it."""
    return {
        "unit": offer.unit,
        "price": offer.price,
        "tier_prices": TIER_PRICES.dump_json(offer.tier_prices).decode(),
        "benefit": BENEFIT.dump_json(offer.benefit).decode(),
        "stock": offer.stock,
        "limits": LIMITS.dump_json(offer.limits).decode(),
        "starts_on": offer.starts_on,
        "ends_on": offer.ends_on,
        "automatic": offer.automatic.model_dump_json() if offer.automatic else None,
    }
