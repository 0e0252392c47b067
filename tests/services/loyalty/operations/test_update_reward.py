"""An offer that changes."""

from typing import Any

import pytest
from pydantic import ValidationError

from chassis.web.etags import VersionStale
from services.loyalty.domain.refusals.rewards import RewardNotOpen, RewardSoldOut, RewardUnknown
from services.loyalty.operations.update_reward import update_reward
from services.loyalty.tables.rewards import RewardRow
from tests.services.loyalty.shop import Shop, later


def change(shop: Shop, reward_id: str, expected: int | None = None, **given: Any) -> RewardRow:
    with shop.database.transaction(shop.tenant_id) as db:
        return update_reward(db, shop.tenant_id, reward_id, given, expected_version=expected)


def test_fields_that_are_not_given_stay(shop: Shop) -> None:
    reward = shop.offer(10, stock=5, limits=[{"at_most": 1, "per": "day"}])
    changed = change(shop, reward, 1, price=12)
    assert (changed.price, changed.stock, changed.limits, changed.version) == (
        12,
        5,
        '[{"at_most":1,"of":"customer","per":"day"}]',
        2,
    )
    assert change(shop, reward, 2, price=12).version == 2, "nothing was different"
    with pytest.raises(VersionStale):
        change(shop, reward, 1, price=13)


def test_the_price_of_what_was_taken_stays(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 30)
    reward = shop.offer(10, {"kind": "goods", "name": {"en": "A mug", "ar": "كوب"}, "sku": "MUG"})
    taken = shop.redeem(ana, reward).redemption
    change(shop, reward, price=20)
    shop.move(taken.id, "cancelled")
    assert shop.points(ana) == (30, 30)
    assert shop.redeem(ana, reward).balance == 10


def test_more_stock_opens_what_was_sold_out(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 30)
    reward = shop.offer(10, stock=1)
    shop.redeem(ana, reward)
    with pytest.raises(RewardSoldOut):
        shop.redeem(ana, reward)
    assert change(shop, reward, stock=2).taken == 1
    shop.redeem(ana, reward)
    change(shop, reward, stock=1)
    with pytest.raises(RewardSoldOut):
        shop.redeem(ana, reward)
    change(shop, reward, stock=None)
    assert shop.redeem(ana, reward).balance == 0


def test_pain_10_the_last_day_lasts_until_its_local_midnight(shop: Shop) -> None:
    """Saving other fields twenty times does not move it."""
    shop.publish(time_zone="Asia/Riyadh")
    ana = shop.customer()
    shop.adjust(ana, 30)
    reward = shop.offer(10, ends_on="2036-03-02")
    for number in range(20):
        change(shop, reward, stock=100 + number)
    assert shop.rows("SELECT ends_on::text FROM rewards") == [{"ends_on": "2036-03-02"}]
    shop.at = later(hours=12, microseconds=-1)
    shop.redeem(ana, reward)
    shop.at = later(hours=12)
    with pytest.raises(RewardNotOpen):
        shop.redeem(ana, reward)


def test_what_does_not_go_together_is_refused(shop: Shop) -> None:
    reward = shop.offer(10, starts_on="2036-03-02")
    with pytest.raises(ValidationError):
        change(shop, reward, ends_on="2036-03-01")
    assert shop.rows("SELECT version FROM rewards") == [{"version": 1}]


def test_nobody_changes_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    for reward_id in ("rwd_nothing", other_shop.offer(1)):
        with pytest.raises(RewardUnknown):
            change(shop, reward_id, price=2)
