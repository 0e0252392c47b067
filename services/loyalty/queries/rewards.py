"""Finding rewards and redemptions."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals import RedemptionUnknown, RewardUnknown
from services.loyalty.tables.rewards import RedemptionRow, RewardRow
from services.loyalty.tables.vouchers import VoucherRow


def find_reward(db: Session, tenant_id: TenantId, reward_id: str) -> RewardRow:
    """A reward of the catalogue. Raises RewardUnknown."""
    reward = db.get(RewardRow, (tenant_id, reward_id))
    if reward is None:
        raise RewardUnknown
    return reward


def rewards_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[RewardRow]:
    """The rewards that can be taken, the oldest first."""
    return db.scalars(
        select(RewardRow)
        .where(RewardRow.tenant_id == tenant_id, RewardRow.status == "available", RewardRow.id > (after or ""))
        .order_by(RewardRow.id)
        .limit(limit)
    ).all()


def find_redemption(db: Session, tenant_id: TenantId, redemption_id: str) -> tuple[RedemptionRow, VoucherRow]:
    """A redemption and its voucher. Raises RedemptionUnknown."""
    redemption = db.get(RedemptionRow, (tenant_id, redemption_id))
    if redemption is None:
        raise RedemptionUnknown
    voucher = db.get(VoucherRow, (tenant_id, redemption.voucher_id))
    assert voucher is not None, "a redemption has a voucher"
    return redemption, voucher
