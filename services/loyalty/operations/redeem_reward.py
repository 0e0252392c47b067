"""Exchanging units for a reward."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contracts.events.loyalty import RewardRedeemed
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.offer import Offer, check_limit
from services.loyalty.domain.refusals.rewards import RewardWithdrawn
from services.loyalty.domain.reward import Goods
from services.loyalty.operations.apply_effects import by_language, write_voucher
from services.loyalty.operations.be_active import be_active
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.customers import locked, welcome
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.rewards import count_taken, lock_reward, offer_of
from services.loyalty.queries.tiers import tiers_held
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.rewards import RedemptionRow, RewardRow
from services.loyalty.tables.standings import Standing, Wallet


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption, the code of its voucher if it has one, and the wallet's balance after it."""

    redemption: RedemptionRow
    code: str | None
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
    """Burn the reward's price from the customer's lots, and issue its voucher or have the goods prepared.

    The price is that of the tier the customer is in.

    Raises NoSuchCustomer, CustomerBlocked, RewardUnknown, InsufficientPoints, and what `check_offered` raises.
    """
    standing = welcome(locked(db, tenant_id, customer_id), customer_id)
    reward = lock_reward(db, tenant_id, reward_id)
    offer, zone, program = offer_of(reward), zone_of(db, tenant_id), SHELF.live(db, tenant_id, at)
    check_offered(db, reward, offer, customer_id, zone, at)
    books = Books(at)
    wallet = books.open_wallet(db, standing, offer.unit)
    time_out_holds_of(db, books, standing, wallet)
    if program:
        be_active(db, books, standing, program.document, at)
    held = tiers_held(db, standing, program.document.tier_rules, at) if program and offer.tier_prices else []
    price = offer.price_for(held)
    redeemed = exchange(db, books, standing, wallet, reward, offer, price, zone, trace=trace)
    books.close(db)
    db.flush()
    return redeemed


def exchange(
    db: Session,
    books: Books,
    standing: Standing,
    wallet: Wallet,
    reward: RewardRow,
    offer: Offer,
    price: int,
    zone: ZoneInfo,
    *,
    automatic: bool = False,
    trace: str | None = None,
) -> Redeemed:
    """Burn the price from a locked customer's open wallet for a locked reward that is offered to them.

    The books are left open. Raises InsufficientPoints.
    """
    at, tenant_id, customer_id, reward_id = books.at, standing.tenant_id, standing.customer_id, reward.id
    draws = plan_burn(wallet.open_lots, price, at=at, held=wallet.held)
    redemption_id = new_id("red")
    burned = movement("burn", "redeemed", redemption_id, at)
    books.take(standing, wallet, burned, draws)
    reward.taken += 1
    voucher_id = code = valid_until = None
    if not isinstance(offer.benefit, Goods):
        valid_until = offer.benefit.valid_until(at, zone)
        voucher_id, code = write_voucher(books, standing, offer.benefit, source=redemption_id, valid_until=valid_until)
    redemption = RedemptionRow(
        tenant_id=tenant_id,
        id=redemption_id,
        customer_id=customer_id,
        reward_id=reward_id,
        unit=offer.unit,
        price=price,
        voucher_id=voucher_id,
        transaction_id=burned.id,
        status="issued",
        automatic=automatic,
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
            reward_name=by_language(offer.benefit.name),
            voucher_id=voucher_id,
            unit=offer.unit,
            price=Points(price),
            balance=Points(wallet.balance),
            automatic=automatic,
        ),
        trace,
    )
    return Redeemed(redemption, code, valid_until, wallet.balance)


def check_offered(
    db: Session, reward: RewardRow, offer: Offer, customer_id: CustomerId, zone: ZoneInfo, at: datetime
) -> None:
    """Whether one more of a locked reward may be taken by a locked customer.

    Raises RewardWithdrawn, RewardNotOpen, RewardSoldOut and RewardLimitReached.
    """
    if reward.status != "available":
        raise RewardWithdrawn
    offer.check_open(local_date(at, zone))
    offer.check_stock(reward.taken)
    for limit in offer.limits:
        who = customer_id if limit.of == "customer" else None
        check_limit(limit, count_taken(db, reward, who, limit.since(at, zone)))
