"""Points for a reward: the price leaves the lots, a voucher comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from contracts.events.loyalty import RewardRedeemed
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.rewards import RewardLimitReached, RewardUnknown, RewardWithdrawn
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.operations.withdraw_reward import withdraw_reward
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import FREE_COFFEE, NOON, POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.tiers import ladder, tier_of


def test_the_price_becomes_a_voucher(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.earn(ana, 30)
    reward = shop.offer(20, {**FREE_COFFEE, "valid_days": 0})
    redeemed = shop.redeem(ana, reward)
    row = redeemed.redemption
    assert (redeemed.balance, redeemed.valid_until, row.price) == (10, later(hours=12), 20)
    assert shop.points(ana) == (10, 10)
    (voucher,) = shop.rows("SELECT id, code, customer_id, source, status, issued_at FROM vouchers")
    assert voucher == {
        "id": row.voucher_id,
        "code": redeemed.code,
        "customer_id": ana,
        "source": row.id,
        "status": "issued",
        "issued_at": NOON,
    }
    told = shop.told()[-1]
    assert isinstance(told, RewardRedeemed)
    assert (told.redemption_id, told.reward_id, told.price, told.balance, told.reward_name) == (
        row.id,
        reward,
        20,
        10,
        NAME,
    )
    assert redeemed.code not in told.model_dump_json()


def test_the_soonest_to_expire_are_spent_first(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    shop.adjust(ana, 10, expires_at=later(days=9))
    shop.adjust(ana, 10, expires_at=later(days=3))
    shop.redeem(ana, shop.offer(15))
    left = shop.rows("SELECT expires_at, remaining FROM lots ORDER BY expires_at")
    assert [row["remaining"] for row in left] == [0, 5, 10]


@pytest.mark.parametrize(("price", "enough"), [(10, True), (11, False)])
def test_both_sides_of_enough(shop: Shop, price: int, enough: bool) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    reward = shop.offer(price)
    if enough:
        assert shop.redeem(ana, reward).balance == 0
        return
    with pytest.raises(InsufficientPoints) as refused:
        shop.redeem(ana, reward)
    assert refused.value.params == {"needed": 11, "available": 10}
    assert shop.rows("SELECT count(*) FROM vouchers") == [{"count": 0}]


def test_what_is_pending_held_or_dead_cannot_be_spent(shop: Shop) -> None:
    ana = shop.customer()
    reward = shop.offer(10)
    shop.adjust(ana, 10, expires_at=later(days=1))
    shop.adjust(ana, 10)
    shop.hold(ana, 10, hours=1)
    assert shop.redeem(ana, reward).balance == 10
    with pytest.raises(InsufficientPoints):
        shop.redeem(ana, reward)
    shop.at = later(hours=1)  # the hold is over, booked or not
    assert shop.redeem(ana, reward).balance == 0
    shop.adjust(ana, 10, expires_at=later(days=2))
    shop.at = later(days=2)
    with pytest.raises(InsufficientPoints):
        shop.redeem(ana, reward)


def test_who_may_not_take_what(shop: Shop, other_shop: Shop) -> None:
    ana, blocked = shop.customer(), shop.customer(status="blocked")
    reward, withdrawn, theirs = shop.offer(1), shop.offer(1), other_shop.offer(1)
    with shop.database.transaction(shop.tenant_id) as db:
        withdraw_reward(db, shop.tenant_id, withdrawn)
    for customer_id, wanted, refusal in (
        (CustomerId("cus_nobody"), reward, NoSuchCustomer),
        (other_shop.customer(), reward, NoSuchCustomer),
        (blocked, reward, CustomerBlocked),
        (ana, "rwd_nothing", RewardUnknown),
        (ana, theirs, RewardUnknown),
        (ana, withdrawn, RewardWithdrawn),
    ):
        with pytest.raises(refusal):
            shop.redeem(customer_id, wanted)


def test_one_of_many_at_once(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    reward = shop.offer(10)

    def attempt(_number: int) -> bool:
        try:
            shop.redeem(ana, reward)
        except InsufficientPoints:
            return False
        return True

    with ThreadPoolExecutor(6) as doors:
        assert sum(doors.map(attempt, range(12))) == 1
    assert shop.points(ana) == (0, 0)


@pytest.mark.parametrize(
    ("limit", "next_free"),
    [
        pytest.param({"at_most": 1, "per": "day"}, later(hours=12), id="one a day: the shop's midnight"),
        pytest.param({"at_most": 1, "per": "week"}, later(hours=12), id="one a week: Sunday is its last day"),
        pytest.param({"at_most": 1, "per": "month"}, later(days=29, hours=12), id="one a month: April begins"),
        pytest.param({"at_most": 1, "of": "everyone", "per": "day"}, later(hours=12), id="one a day for everyone"),
    ],
)
def test_a_limit_ends_with_its_period(shop: Shop, limit: dict[str, object], next_free: datetime) -> None:
    shop.publish(time_zone="Asia/Riyadh")
    ana, huda = shop.customer(), shop.customer()
    for each in (ana, huda):
        shop.adjust(each, 100)
    reward = shop.offer(10, limits=[limit])
    shop.redeem(ana, reward)
    with pytest.raises(RewardLimitReached):
        shop.redeem(ana, reward)
    if limit.get("of") == "everyone":
        with pytest.raises(RewardLimitReached):
            shop.redeem(huda, reward)
    else:
        shop.redeem(huda, reward)
    shop.at = next_free - timedelta(microseconds=1)
    with pytest.raises(RewardLimitReached):
        shop.redeem(ana, reward)
    shop.at = next_free
    shop.redeem(ana, reward)


def test_a_refusal_takes_nothing_out_of_the_stock(shop: Shop) -> None:
    ana = shop.customer()
    reward = shop.offer(10, stock=1)
    with pytest.raises(InsufficientPoints):
        shop.redeem(ana, reward)
    shop.adjust(ana, 10)
    shop.redeem(ana, reward)
    assert shop.rows("SELECT taken FROM rewards") == [{"taken": 1}]


def test_the_tier_at_the_redemption_decides_the_price(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(downgrade="at_once"))
    ana = shop.customer()
    reward = shop.offer(500, tier_prices={"silver": 450})
    shop.earn(ana, 900)
    assert shop.redeem(ana, reward).redemption.price == 500
    more = shop.earn(ana, 4100)
    redeemed = shop.redeem(ana, reward).redemption
    assert (redeemed.price, tier_of(shop, ana)) == (450, "gold")
    told = shop.told()[-1]
    assert isinstance(told, RewardRedeemed)
    assert told.price == 450
    shop.move(redeemed.id, "cancelled")
    assert shop.points(ana)[0] == 4500
    shop.take_back(more)
    shop.adjust(ana, 200)
    assert shop.redeem(ana, reward).redemption.price == 500
