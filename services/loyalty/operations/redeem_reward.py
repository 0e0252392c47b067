"""Exchanging units for a reward."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import RewardRedeemed
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.refusals import RewardWithdrawn
from services.loyalty.operations.apply_effects import REWARD, by_language, write_voucher
from services.loyalty.operations.record_purchases import welcome
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.customers import locked
from services.loyalty.queries.rewards import find_reward
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.rewards import RedemptionRow


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption, the code of its voucher, and the wallet's balance after it."""

    redemption: RedemptionRow
    code: str
    valid_until: datetime | None
    balance: int


def redeem_reward(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    reward_id: str,
    *,
    at: datetime,
    trace: str | None = None,
) -> Redeemed:
    """Burn the reward's price from the customer's lots and issue its voucher.

    Raises NoSuchCustomer, CustomerBlocked, RewardUnknown, RewardWithdrawn and InsufficientPoints.
    """
    standing = welcome(locked(db, tenant_id, customer_id), customer_id)
    reward = find_reward(db, tenant_id, reward_id)
    if reward.status != "available":
        raise RewardWithdrawn
    books = Books(at)
    wallet = books.open_wallet(db, standing, reward.unit)
    time_out_holds_of(db, books, standing, wallet)
    draws = plan_burn([opened.lot for opened in (wallet.lots or {}).values()], reward.price, at=at, held=wallet.held)
    redemption_id = new_id("red")
    burned = movement("burn", "redeemed", redemption_id, at)
    books.take(standing, wallet, burned, draws)
    benefit = REWARD.validate_json(reward.benefit)
    valid_until = benefit.valid_until(at, zone_of(db, tenant_id))
    voucher_id, code = write_voucher(books, standing, benefit, source=redemption_id, valid_until=valid_until)
    redemption = RedemptionRow(
        tenant_id=tenant_id,
        id=redemption_id,
        customer_id=customer_id,
        reward_id=reward_id,
        unit=reward.unit,
        price=reward.price,
        voucher_id=voucher_id,
        transaction_id=burned.id,
        recorded_at=at,
    )
    db.add(redemption)
    books.postings.tell(
        RewardRedeemed(
            tenant_id=tenant_id,
            customer_id=customer_id,
            occurred_at=at,
            redemption_id=redemption_id,
            reward_id=reward_id,
            reward_name=by_language(benefit.name),
            voucher_id=voucher_id,
            unit=reward.unit,
            price=reward.price,
            balance=Points(wallet.balance),
        ),
        trace,
    )
    books.close(db)
    db.flush()
    return Redeemed(redemption, code, valid_until, wallet.balance)
