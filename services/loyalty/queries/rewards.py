"""Finding rewards and redemptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.offer import Automatic, Offer, OfferLimit
from services.loyalty.domain.refusals.rewards import RedemptionUnknown, RewardUnknown
from services.loyalty.domain.reward import Benefit
from services.loyalty.queries.wallet_merges import brought_to, same_person
from services.loyalty.tables.rewards import RedemptionRow, RedemptionStepRow, RewardRow
from services.loyalty.tables.vouchers import VoucherRow

BENEFIT: TypeAdapter[Benefit] = TypeAdapter(Benefit)
LIMITS: TypeAdapter[tuple[OfferLimit, ...]] = TypeAdapter(tuple[OfferLimit, ...])
TIER_PRICES: TypeAdapter[dict[str, int]] = TypeAdapter(dict[str, int])
LAST_ID = "~"
OPEN = ("issued", "prepared", "shipped")


def find_reward(db: Session, tenant_id: TenantId, reward_id: str) -> RewardRow:
    """A reward of the catalogue. Raises RewardUnknown."""
    reward = db.get(RewardRow, (tenant_id, reward_id))
    if reward is None:
        raise RewardUnknown
    return reward


def offer_of(reward: RewardRow) -> Offer:
    """The offer that a row keeps."""
    return Offer(
        unit=reward.unit,
        price=reward.price,
        tier_prices=TIER_PRICES.validate_json(reward.tier_prices),
        benefit=BENEFIT.validate_json(reward.benefit),
        stock=reward.stock,
        limits=LIMITS.validate_json(reward.limits),
        starts_on=reward.starts_on,
        ends_on=reward.ends_on,
        automatic=Automatic.model_validate_json(reward.automatic) if reward.automatic else None,
    )


def lock_reward(db: Session, tenant_id: TenantId, reward_id: str) -> RewardRow:
    """A reward, kept from others until the transaction ends: after its customer's lock. Raises RewardUnknown."""
    named = (RewardRow.tenant_id == tenant_id, RewardRow.id == reward_id)
    # Whoever waited for the lock decides on what the row says now, not on what it said before.
    reward = db.scalar(
        select(RewardRow).where(*named).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if reward is None:
        raise RewardUnknown
    return reward


def rewards_of(db: Session, tenant_id: TenantId, *, today: date, after: str | None, limit: int) -> Sequence[RewardRow]:
    """The rewards that are offered on that day, the oldest first."""
    return db.scalars(
        select(RewardRow)
        .where(
            RewardRow.tenant_id == tenant_id,
            RewardRow.status == "available",
            or_(RewardRow.starts_on.is_(None), RewardRow.starts_on <= today),
            or_(RewardRow.ends_on.is_(None), RewardRow.ends_on >= today),
            RewardRow.id > (after or ""),
        )
        .order_by(RewardRow.id)
        .limit(limit)
    ).all()


def count_taken(db: Session, reward: RewardRow, customer_id: CustomerId | None, since: datetime | None) -> int:
    """How many of the reward were taken and not cancelled, by one person or by everyone, since that moment."""
    of_these = [
        RedemptionRow.tenant_id == reward.tenant_id,
        RedemptionRow.reward_id == reward.id,
        RedemptionRow.status != "cancelled",
    ]
    if customer_id is not None:
        of_these.append(RedemptionRow.customer_id.in_(same_person(db, TenantId(reward.tenant_id), customer_id)))
    if since is not None:
        of_these.append(RedemptionRow.recorded_at >= since)
    return db.scalar(select(func.count()).where(*of_these)) or 0


@dataclass(frozen=True, slots=True)
class RedemptionDetails:
    """A redemption with its voucher, if it has one, and the steps it took, in order."""

    row: RedemptionRow
    voucher: VoucherRow | None
    steps: Sequence[RedemptionStepRow]


def find_redemption(db: Session, tenant_id: TenantId, redemption_id: str) -> RedemptionDetails:
    """A redemption. Raises RedemptionUnknown."""
    redemption = db.get(RedemptionRow, (tenant_id, redemption_id))
    if redemption is None:
        raise RedemptionUnknown
    (found,) = with_details(db, tenant_id, [redemption])
    return found


def with_details(db: Session, tenant_id: TenantId, rows: Sequence[RedemptionRow]) -> list[RedemptionDetails]:
    """These redemptions, with what belongs to each."""
    of_vouchers = select(VoucherRow).where(
        VoucherRow.tenant_id == tenant_id, VoucherRow.id.in_([row.voucher_id for row in rows if row.voucher_id])
    )
    of_steps = (
        select(RedemptionStepRow)
        .where(RedemptionStepRow.tenant_id == tenant_id, RedemptionStepRow.redemption_id.in_([row.id for row in rows]))
        .order_by(RedemptionStepRow.recorded_at)
    )
    vouchers = {voucher.id: voucher for voucher in db.scalars(of_vouchers)}
    steps: dict[str, list[RedemptionStepRow]] = {row.id: [] for row in rows}
    for step in db.scalars(of_steps):
        steps[step.redemption_id].append(step)
    return [RedemptionDetails(row, vouchers.get(row.voucher_id or ""), steps[row.id]) for row in rows]


def redemptions_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[RedemptionRow]:
    """What a customer took, and who was merged into them, the newest first."""
    return db.scalars(
        select(RedemptionRow)
        .where(
            RedemptionRow.tenant_id == tenant_id,
            RedemptionRow.customer_id.in_(brought_to(db, tenant_id, customer_id)),
            RedemptionRow.id < (after or LAST_ID),
        )
        .order_by(RedemptionRow.id.desc())
        .limit(limit)
    ).all()


def redemptions_to_do(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[RedemptionRow]:
    """Goods that are not in their customers' hands yet, the oldest first."""
    return db.scalars(
        select(RedemptionRow)
        .where(
            RedemptionRow.tenant_id == tenant_id,
            RedemptionRow.voucher_id.is_(None),
            RedemptionRow.status.in_(OPEN),
            RedemptionRow.id > (after or ""),
        )
        .order_by(RedemptionRow.id)
        .limit(limit)
    ).all()
