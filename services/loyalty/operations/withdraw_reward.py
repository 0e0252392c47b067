"""Taking a reward out of the catalogue."""

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.queries.rewards import lock_reward
from services.loyalty.tables.rewards import RewardRow


def withdraw_reward(db: Session, tenant_id: TenantId, reward_id: str) -> RewardRow:
    """Offer the reward no more; vouchers given for it stay good. Again changes nothing. Raises RewardUnknown."""
    reward = lock_reward(db, tenant_id, reward_id)
    if reward.status != "withdrawn":
        reward.status = "withdrawn"
        reward.version += 1
        db.flush()
    return reward
