"""Birthdays and anniversaries: given once a year, whoever runs the job, however often, and whatever is told later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from contracts.events.loyalty import DayCelebrated, PointsAccrued
from services.loyalty.operations import celebrate_days as celebrating
from services.loyalty.operations.give_award import Given
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later

BIRTHDAY = rule("birthday", award={"points": 50})
ANNIVERSARY = rule("anniversary", award={"points": 30, "reward": FREE_COFFEE})


def riyadh(year: int, month: int, day: int, hour: int = 9) -> datetime:
    """An hour by the shop's clock."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=3)


def test_a_birthday_is_given_for_once_and_told(shop: Shop) -> None:
    program_id, version = shop.publish(BIRTHDAY)
    ana = shop.customer(birthday="03-02")
    shop.customer(birthday="03-03")
    shop.customer()
    assert shop.celebrate() == 1
    before = shop.everything()
    assert shop.celebrate() == 0
    assert shop.everything() == before
    assert shop.points(ana) == (50, 50)
    (row,) = shop.rows("SELECT id, rule, customer_id, year, day::text FROM celebrations")
    assert row == {"id": row["id"], "rule": "birthday", "customer_id": ana, "year": 2036, "day": "2036-03-02"}
    assert shop.rows("SELECT source, rule, program_id, program_version FROM awards") == [
        {"source": row["id"], "rule": "birthday", "program_id": program_id, "program_version": version}
    ]
    told = shop.told()[-1]
    assert isinstance(told, DayCelebrated)
    assert (told.customer_id, told.celebration, told.years, told.balance) == (ana, "birthday", None, 50)
    assert told.facts == [PointsAccrued(unit="points", amount=50)]


def test_an_anniversary_says_how_many_years(shop: Shop) -> None:
    shop.publish(ANNIVERSARY)
    ana = shop.customer(joined_at=riyadh(2033, 3, 2))
    shop.customer(joined_at=riyadh(2036, 3, 2))
    assert shop.celebrate() == 1
    assert shop.points(ana) == (30, 30)
    assert shop.rows("SELECT customer_id FROM vouchers") == [{"customer_id": ana}]
    told = shop.told()[-1]
    assert isinstance(told, DayCelebrated)
    assert (told.celebration, told.years) == ("anniversary", 3)


def test_the_day_is_the_shops(shop: Shop) -> None:
    shop.publish(BIRTHDAY | {"days_after": 0})
    ana = shop.customer(birthday="03-02")
    shop.at = riyadh(2036, 3, 2, 0) - timedelta(minutes=1)
    assert shop.celebrate() == 0
    shop.at = riyadh(2036, 3, 2, 0)
    assert shop.celebrate() == 1
    assert shop.points(ana) == (50, 50)


def test_it_comes_every_year_leap_or_not(shop: Shop) -> None:
    for number, leap_day in enumerate(("february_28", "march_1")):
        shop.publish(rule("birthday", id=leap_day, award={"points": 1}, leap_day=leap_day, days_after=0))
        ana = shop.customer(birthday="02-29")
        given = []
        for days in range(366 * 5):
            shop.at = riyadh(2036 + 10 * number, 1, 1) + timedelta(days=days)
            if (shop.at.month, shop.at.day) in ((2, 27), (2, 28), (2, 29), (3, 1), (3, 2)) and shop.celebrate():
                given.append(f"{shop.at:%Y-%m-%d}")
        assert shop.points(ana) == (5, 5)
        assert given == (
            ["2036-02-29", "2037-02-28", "2038-02-28", "2039-02-28", "2040-02-29"]
            if leap_day == "february_28"
            else ["2046-03-01", "2047-03-01", "2048-02-29", "2049-03-01", "2050-03-01"]
        )


def test_days_before_and_who_is_heard_of_late(shop: Shop) -> None:
    shop.publish(BIRTHDAY | {"days_before": 3, "days_after": 2})
    early, late, too_late = (shop.customer(birthday=day) for day in ("03-05", "02-29", "02-28"))
    assert shop.celebrate() == 2
    assert [shop.points(each)[0] for each in (early, late, too_late)] == [50, 50, 0]


@pytest.mark.parametrize(("days", "again"), [(30, False), (364, False), (366, True)])
def test_another_birthday_waits_until_the_year_is_over(shop: Shop, days: int, again: bool) -> None:
    shop.publish(BIRTHDAY)
    ana = shop.customer(birthday="03-02")
    shop.celebrate()
    shop.at = later(days=days)
    shop.customer(known=ana, version=2, birthday=f"{shop.at:%m-%d}")
    assert shop.celebrate() == again
    assert shop.points(ana)[0] == (100 if again else 50)


def test_a_birthday_around_new_year_is_of_its_own_year(shop: Shop) -> None:
    shop.publish(BIRTHDAY | {"days_before": 5})
    ana = shop.customer(birthday="01-02")
    for at in (riyadh(2036, 12, 29), riyadh(2037, 1, 3), riyadh(2037, 12, 29), riyadh(2038, 1, 2)):
        shop.at = at
        shop.celebrate()
    assert [row["year"] for row in shop.rows("SELECT year FROM celebrations ORDER BY year")] == [2037, 2038]
    assert shop.points(ana) == (100, 100)


def test_two_who_run_it_at_once_give_once(shop: Shop) -> None:
    shop.publish(BIRTHDAY)
    people = [shop.customer(birthday="03-02") for _each in range(10)]
    with ThreadPoolExecutor(4) as jobs:
        assert sum(jobs.map(lambda _job: shop.celebrate(), range(4))) == 10
    assert {shop.points(each) for each in people} == {(50, 50)}


def test_it_goes_on_after_it_died_midway(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(BIRTHDAY)
    people = [shop.customer(birthday="03-02") for _each in range(5)]
    monkeypatch.setattr(celebrating, "PAGE_MAX", 2)
    post_award, left = celebrating.post_award, iter(range(3))

    def dies(*args: object, **more: object) -> Given:
        if next(left, None) is None:
            raise RuntimeError("the machine stands still")
        return post_award(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(celebrating, "post_award", dies)
    with pytest.raises(RuntimeError):
        shop.celebrate()
    assert sum(shop.points(each)[0] for each in people) == 100, "the first page is there, the second is not"
    monkeypatch.setattr(celebrating, "post_award", post_award)
    assert shop.celebrate() == 3
    assert {shop.points(each) for each in people} == {(50, 50)}


def test_conditions_must_hold_on_one_day_of_the_window(shop: Shop) -> None:
    ana, badr = shop.customer(birthday="03-02"), shop.customer()
    shop.rows("UPDATE customers SET segments = '{vip}' WHERE customer_id = :badr RETURNING 1", badr=badr)
    shop.publish(BIRTHDAY | {"conditions": [{"kind": "in_segment", "segments": ["vip"]}]})
    assert shop.celebrate() == 0
    shop.rows("UPDATE customers SET segments = '{vip}' WHERE customer_id = :ana RETURNING 1", ana=ana)
    shop.at = later(days=2)
    assert shop.celebrate() == 1


def test_who_gets_nothing(shop: Shop, other_shop: Shop) -> None:
    other_shop.publish(BIRTHDAY)
    mine = shop.customer(birthday="03-02")
    theirs = other_shop.customer(birthday="03-02")
    blocked = other_shop.customer(birthday="03-02", status="blocked")
    assert shop.celebrate() == 0, "there is no program"
    assert other_shop.celebrate() == 1
    assert (shop.points(mine), other_shop.points(theirs), other_shop.points(blocked)) == ((0, 0), (50, 50), (0, 0))


def test_a_full_wallet_waits_for_room(shop: Shop) -> None:
    shop.publish(BIRTHDAY, POINT_PER_RIYAL, balance_max=100)
    ana = shop.customer(birthday="03-02")
    shop.earn(ana, 100)
    assert shop.celebrate() == 0
    shop.redeem(ana, shop.offer(30))
    assert shop.celebrate() == 1
    assert shop.points(ana) == (100, 100)


def test_a_sale_keeps_a_birthday_only_where_a_rule_asks(shop: Shop) -> None:
    ana = shop.customer(birthday="03-02", joined_at=riyadh(2036, 1, 1))
    shop.publish(POINT_PER_RIYAL)
    assert "birthday" not in shop.sell(ana).purchase.facts
    shop.publish(POINT_PER_RIYAL, rule("discount", percent_off=50, conditions=[{"kind": "on_birthday"}]))
    sold = shop.sell(ana, line("A", 2, 1000)).purchase
    facts = orjson.loads(sold.facts)
    assert (facts["birthday"], facts["joined_on"]) == ("03-02", "2036-01-01")
    assert sold.due == 1000
    shop.at = later(days=5)
    assert shop.take_back(sold.id, {0: 1}).refund == 500, "worked out as on the birthday"
