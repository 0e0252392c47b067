"""Notices: so many days before, one for each customer and moment, once, with what dies then."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def midnight(days: int) -> datetime:
    """Midnight in Riyadh at the end of the day so many days from now."""
    return later(days=days, hours=12)


def test_told_once_so_many_days_before(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, notice_days=[7])
    ana, omar = shop.customer(), shop.customer()
    shop.adjust(ana, 10, expires_at=midnight(8))
    shop.adjust(ana, 20, expires_at=midnight(8))
    shop.adjust(ana, 40, expires_at=midnight(9))
    shop.adjust(ana, 80)
    shop.adjust(omar, 5, expires_at=midnight(8))
    assert shop.tell_expiring() == []
    shop.at = midnight(0)
    assert sorted(shop.tell_expiring(), key=lambda told: -told[1]) == [
        (ana, 30, "2036-03-10", 7),
        (omar, 5, "2036-03-10", 7),
    ]
    assert shop.tell_expiring() == []
    shop.at = midnight(1)
    assert shop.tell_expiring() == [(ana, 40, "2036-03-11", 7)]


def test_the_last_day_is_the_shops_own(shop: Shop) -> None:
    """Told at the first second of the seventh day before, by the shop's clock, and not a second earlier."""
    shop.publish(POINT_PER_RIYAL, notice_days=[7])
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=midnight(8))
    shop.at = later(hours=12, seconds=-1)
    assert shop.tell_expiring() == []
    shop.at = later(hours=12)
    assert shop.tell_expiring() == [(ana, 10, "2036-03-10", 7)]


def test_what_was_spent_is_not_told_and_what_is_left_is(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, notice_days=[30])
    ana, omar = shop.customer(), shop.customer()
    shop.adjust(ana, 10, expires_at=midnight(8))
    shop.adjust(omar, 10, expires_at=midnight(8))
    shop.redeem(ana, shop.offer(4))
    shop.redeem(omar, shop.offer(10))
    assert shop.tell_expiring() == [(ana, 6, "2036-03-10", 30)]


def test_several_notices_and_never_two_in_one_breath(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, notice_days=[30, 7])
    ana, late = shop.customer(), shop.customer()
    shop.adjust(ana, 10, expires_at=midnight(20))
    shop.adjust(late, 10, expires_at=midnight(5))
    assert sorted(told[3] for told in shop.tell_expiring()) == [7, 30]
    shop.at = midnight(12)
    assert shop.tell_expiring() == [(ana, 10, "2036-03-22", 7)]


def test_units_that_slide_are_told_of_each_time_they_are_near(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "sliding", "days": 30}, notice_days=[7])
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.at = midnight(22)
    assert shop.tell_expiring() == [(ana, 100, "2036-04-01", 7)]
    shop.sell(ana, line("GUM", 1, 50))
    assert shop.tell_expiring() == []
    shop.at = midnight(46)
    assert shop.tell_expiring() == [(ana, 100, "2036-04-24", 7)]


def test_a_gift_card_reads_no_messages(shop: Shop) -> None:
    """It owns a wallet as customers do, in a unit that the program may give notice of."""
    shop.publish(POINT_PER_RIYAL, further_units=[{"unit": "SAR", "notice_days": [7]}])
    shop.gift_card(5000, expires_at=midnight(5))
    assert shop.rows("SELECT unit, remaining FROM lots") == [{"unit": "SAR", "remaining": 5000}]
    assert shop.tell_expiring() == []


def test_two_workers_at_once_tell_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, notice_days=[7])
    for _person in range(5):
        shop.adjust(shop.customer(), 10, expires_at=midnight(3))
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _worker: shop.tell_expiring(), range(4)))
    assert sum(event.event_type.startswith("loyalty.points_expiring") for event in shop.told()) == 5


def test_without_a_program_nobody_is_told(shop: Shop, other_shop: Shop) -> None:
    other_shop.publish(POINT_PER_RIYAL, notice_days=[7])
    shop.adjust(shop.customer(), 10, expires_at=midnight(3))
    assert (shop.tell_expiring(), other_shop.tell_expiring()) == ([], [])
