"""Changing an offer of the catalogue."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.web.etags import check_version
from kernel.ids import TenantId
from services.loyalty.domain.offer import Offer
from services.loyalty.operations.create_reward import columns_of
from services.loyalty.queries.rewards import lock_reward, offer_of
from services.loyalty.tables.rewards import RewardRow


def update_reward(
    db: Session, tenant_id: TenantId, reward_id: str, given: Mapping[str, Any], *, expected_version: int | None
) -> RewardRow:
    """Set the fields of the offer that are given. What was taken before stays as it was taken.

    When nothing is different afterwards, the version stays. Raises RewardUnknown and VersionStale; and pydantic's
    ValidationError when the fields do not go with those that stay.
    """
    reward = lock_reward(db, tenant_id, reward_id)
    check_version(reward.version, expected_version)
    before = offer_of(reward)
    after = Offer.model_validate({**before.model_dump(), **given})
    if after != before:
        for column, value in columns_of(after).items():
            setattr(reward, column, value)
        reward.version += 1
        db.flush()
    return reward
