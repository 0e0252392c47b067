"""Offering a reward."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.reward import Reward
from services.loyalty.operations.apply_effects import REWARD
from services.loyalty.tables.rewards import RewardRow


def create_reward(
    db: Session, tenant_id: TenantId, benefit: Reward, *, unit: str, price: Points, at: datetime
) -> RewardRow:
    """Put a reward into the catalogue: `price` units buy a voucher for the benefit."""
    reward = RewardRow(
        tenant_id=tenant_id,
        id=new_id("rwd"),
        unit=unit,
        price=price,
        benefit=REWARD.dump_json(benefit).decode(),
        status="available",
        created_at=at,
    )
    db.add(reward)
    db.flush()
    return reward
