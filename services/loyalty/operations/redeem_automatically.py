"""Taking a reward for a customer who has enough for it, without anybody asking.

Source: docs/rules/automatic-rewards.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contracts.events.loyalty import AutomaticRedemptionStopped
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.local_day import day_end, day_start, local_date
from services.loyalty.domain.offer import Automatic, Offer, OfferLimit
from services.loyalty.domain.refusals.rewards import (
    RewardLimitReached,
    RewardNotOpen,
    RewardSoldOut,
    RewardWithdrawn,
)
from services.loyalty.domain.wallet import wallet_view
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.redeem_reward import check_offered, exchange
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.automatic import count_automatic, opted_out
from services.loyalty.queries.customers import locked
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.rewards import lock_reward, offer_of
from services.loyalty.queries.tiers import tiers_held
from services.loyalty.queries.wallet_merges import merge_in_force
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.automatic import AutomaticWaitRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.rewards import RewardRow
from services.loyalty.tables.standings import Standing, Wallet

# A hold may be let go of at any time.
HELD_LOOK = timedelta(minutes=1)

Why = Literal["not_spendable", "limit_reached", "daily_stop", "customer_blocked"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a customer who has enough gets none now, and when to look again."""

    why: Why
    look_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """A reward looked at for a locked customer with an open wallet, at the moment of the books."""

    books: Books
    standing: Standing
    wallet: Wallet
    reward: RewardRow
    offer: Offer
    automatic: Automatic
    price: int
    zone: ZoneInfo


class Closed(Exception):
    """Nobody can take the reward now."""


class NoMore(Exception):
    """The customer gets none, until units come in or something is changed."""


def redeem_automatically(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, reward_id: str, *, at: datetime
) -> bool:
    """Take the reward as often as the customer has enough for it and may; False when nobody can take it now.

    The balance itself is the memory: what was taken is gone from it, so that looking again takes nothing twice.
    Raises NoSuchCustomer and RewardUnknown.
    """
    standing = locked(db, tenant_id, customer_id)
    reward = lock_reward(db, tenant_id, reward_id)
    offer, zone, program = offer_of(reward), zone_of(db, tenant_id), SHELF.live(db, tenant_id, at)
    if offer.automatic is None:
        return False
    books = Books(at)
    wallet = books.open_wallet(db, standing, offer.unit)
    time_out_holds_of(db, books, standing, wallet)
    held = tiers_held(db, standing, program.document.tier_rules, at) if program and offer.tier_prices else []
    look = Look(books, standing, wallet, reward, offer, offer.automatic, offer.price_for(held), zone)
    wait, is_open = take_all(db, look)
    keep(db, look, wait)
    books.close(db)
    db.flush()
    return is_open


def take_all(db: Session, look: Look) -> tuple[Wait | None, bool]:
    """Take one after the other; what to wait for then, and whether others can still take it."""
    tenant_id, customer_id = look.standing.owner
    # Who was merged away gets nothing: what came in is on its way to the other record.
    if opted_out(db, tenant_id, customer_id) or merge_in_force(db, tenant_id, customer_id):
        return None, True
    try:
        while (wait := find_wait(db, look)) is None:
            # Nobody did anything: what slides with the customer's doings dies when it would have.
            exchange(
                db,
                look.books,
                look.standing,
                look.wallet,
                look.reward,
                look.offer,
                look.price,
                look.zone,
                automatic=True,
            )
            db.flush()
    except NoMore:
        return None, True
    except Closed:
        return None, False
    return wait, True


def find_wait(db: Session, look: Look) -> Wait | None:
    """What to wait for before one more can be taken; None when nothing is in the way. Raises NoMore and Closed."""
    at, zone, customer_id = look.books.at, look.zone, look.standing.customer_id
    needed = look.price + look.automatic.leave
    view = wallet_view(look.wallet.open_lots, held=look.wallet.held, at=at)
    if view.balance < needed:
        raise NoMore
    tomorrow = day_end(local_date(at, zone), zone)
    if look.standing.status == "blocked":
        return Wait("customer_blocked", tomorrow)
    if view.available < needed:
        changes_at = [at + HELD_LOOK] if view.held else []
        return Wait("not_spendable", min([*changes_at, view.next_change_at or tomorrow]))
    try:
        check_offered(db, look.reward, look.offer, customer_id, zone, at)
    except RewardLimitReached as reached:
        limit = OfferLimit.model_validate(reached.params)
        next_period = limit.until(at, zone)
        if limit.of == "everyone":
            raise Closed from reached
        if next_period is None:
            raise NoMore from reached
        return Wait("limit_reached", next_period)
    except (RewardWithdrawn, RewardNotOpen, RewardSoldOut) as closed:
        raise Closed from closed
    today = day_start(local_date(at, zone), zone)
    if count_automatic(db, look.reward, customer_id, today) >= look.automatic.at_most:
        return Wait("daily_stop", tomorrow)
    return None


def keep(db: Session, look: Look, wait: Wait | None) -> None:
    """Remember what the customer waits for, if anything; and tell of a stop, once for its day."""
    owner = look.standing
    kept = db.get(AutomaticWaitRow, (owner.tenant_id, owner.customer_id, look.reward.id))
    stopped = kept is not None and kept.why == "daily_stop" and kept.look_at > look.books.at
    if wait is None:
        if kept is not None:
            db.delete(kept)
        return
    if wait.why == "daily_stop" and not stopped:
        tell_stop(look, wait)
    row = kept or AutomaticWaitRow(tenant_id=owner.tenant_id, customer_id=owner.customer_id, reward_id=look.reward.id)
    row.why, row.look_at = wait.why, wait.look_at
    db.add(row)


def tell_stop(look: Look, wait: Wait) -> None:
    """Tell that the day's number is reached."""
    look.books.postings.tell(
        AutomaticRedemptionStopped(
            tenant_id=look.standing.tenant_id,
            customer_id=look.standing.customer_id,
            occurred_at=look.books.at,
            reward_id=look.reward.id,
            reward_name=by_language(look.offer.benefit.name),
            at_most=look.automatic.at_most,
            goes_on_at=wait.look_at,
        ),
        None,
    )
