"""A redemption on its way to the customer, or back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import RedemptionMoved
from services.loyalty.domain.refusals.rewards import RedemptionClosed, RedemptionUnknown, RewardSoldOut
from tests.services.loyalty.domain.build import NAME, line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

MUG = {"kind": "goods", "name": NAME, "sku": "MUG"}


def test_goods_are_prepared_sent_and_handed_over(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    redeemed = shop.redeem(ana, shop.offer(60, MUG))
    redemption = redeemed.redemption
    assert (redeemed.code, redemption.voucher_id, redemption.status) == (None, None, "issued")
    for then in ("prepared", "shipped", "handed_over"):
        shop.at = later(hours=1 + len(shop.told()))
        assert shop.move(redemption.id, then, note="by Aramex").status == then  # type: ignore[arg-type]
    steps = shop.rows("SELECT status, actor, note FROM redemption_steps ORDER BY recorded_at")
    assert [step["status"] for step in steps] == ["prepared", "shipped", "handed_over"]
    assert {(step["actor"], step["note"]) for step in steps} == {("key_test", "by Aramex")}
    assert shop.points(ana) == (40, 40)
    told = shop.told()[-1]
    assert isinstance(told, RedemptionMoved)
    assert (told.status, told.given_back, told.balance, told.reward_name) == ("handed_over", 0, 40, NAME)
    with pytest.raises(RedemptionClosed):
        shop.move(redemption.id, "cancelled")


def test_a_cancelled_one_gives_points_back_to_their_own_lots_and_dates(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 30, expires_at=later(days=30))
    shop.adjust(ana, 30, expires_at=later(days=60))
    before = shop.rows("SELECT id, remaining, expires_at FROM lots ORDER BY id")
    redemption = shop.redeem(ana, shop.offer(45, MUG)).redemption
    shop.move(redemption.id, "prepared")
    shop.at = later(days=1)
    assert shop.move(redemption.id, "cancelled").status == "cancelled"
    assert shop.rows("SELECT id, remaining, expires_at FROM lots ORDER BY id") == before
    assert shop.points(ana) == (60, 60)
    told = shop.told()[-1]
    assert isinstance(told, RedemptionMoved)
    assert (told.status, told.given_back, told.balance) == ("cancelled", 45, 60)


def test_points_that_died_meanwhile_live_a_week_more(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 30, expires_at=later(days=10))
    redemption = shop.redeem(ana, shop.offer(20, MUG)).redemption
    shop.at = later(days=11)
    shop.expire()
    shop.move(redemption.id, "cancelled")
    assert shop.points(ana) == (20, 20)
    shop.at = later(days=18)
    assert shop.points(ana) == (0, 0)
    shop.expire()


def test_a_cancelled_one_makes_room_in_the_stock(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 30)
    reward = shop.offer(10, MUG, stock=1, limits=[{"at_most": 1}])
    first = shop.redeem(ana, reward).redemption
    with pytest.raises(RewardSoldOut):
        shop.redeem(ana, reward)
    shop.move(first.id, "cancelled")
    assert shop.redeem(ana, reward).balance == 20


def test_an_unused_voucher_is_revoked_and_a_used_one_stays(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.adjust(ana, 30)
    reward = shop.offer(10)
    unused, used = shop.redeem(ana, reward), shop.redeem(ana, reward)
    assert unused.code
    assert used.code
    assert shop.sell(ana, line("COFFEE"), codes=[used.code]).purchase.due == 0
    with pytest.raises(RedemptionClosed) as refused:
        shop.move(used.redemption.id, "cancelled")
    assert refused.value.params["status"] == "used"
    shop.move(unused.redemption.id, "cancelled")
    assert shop.sell(ana, line("COFFEE"), codes=[unused.code]).purchase.due == 1000
    with pytest.raises(RedemptionClosed):
        shop.move(unused.redemption.id, "prepared")


def test_nobody_moves_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    ana = other_shop.customer()
    other_shop.adjust(ana, 10)
    theirs = other_shop.redeem(ana, other_shop.offer(10, MUG)).redemption
    for redemption_id in ("red_nothing", theirs.id):
        with pytest.raises(RedemptionUnknown):
            shop.move(redemption_id, "cancelled")


def test_two_who_cancel_at_once_give_back_once(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    redemption = shop.redeem(ana, shop.offer(10, MUG)).redemption

    def attempt(_number: int) -> bool:
        try:
            shop.move(redemption.id, "cancelled")
        except RedemptionClosed:
            return False
        return True

    with ThreadPoolExecutor(4) as doors:
        assert sum(doors.map(attempt, range(8))) == 1
    assert shop.points(ana) == (10, 10)
