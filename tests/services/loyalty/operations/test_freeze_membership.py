from datetime import timedelta

import pytest

from contracts.events.loyalty import MembershipChanged
from services.loyalty.domain.refusals.memberships import FreezeInvalid, MembershipOver
from tests.services.loyalty.memberships import GYM, Memberships, sold
from tests.services.loyalty.shop import Shop


def test_frozen_days_push_the_end(shop: Shop) -> None:
    gym = sold(shop)
    gym.freeze("2036-04-01", "2036-05-01")
    assert gym.time() == [
        ("paid", "2036-03-02", "2036-04-01"),
        ("frozen", "2036-04-01", "2036-05-01"),
        ("paid", "2036-05-01", "2037-04-01"),
        ("bonus", "2037-04-01", "2037-07-02"),
    ]
    assert gym.last_day() == "2037-07-01"
    told = shop.told()[-1]
    assert isinstance(told, MembershipChanged)
    assert (told.change, told.days, str(told.ends_on)) == ("frozen", 30, "2037-07-01")


def test_who_froze_it_and_why_is_kept(shop: Shop) -> None:
    sold(shop).freeze()
    row = shop.rows("SELECT cause, reason, actor, until_date FROM membership_entries ORDER BY position")[-1]
    assert (row["cause"], row["reason"], row["actor"], row["until_date"]) == (
        "freeze",
        "asked for it",
        "key_test",
        None,
    )


def test_the_plan_limits_the_days(shop: Shop) -> None:
    gym = sold(shop, {**GYM, "freeze_days_max": 30})
    with pytest.raises(FreezeInvalid):
        gym.freeze("2036-04-01", "2036-05-02")
    gym.freeze("2036-04-01")
    assert gym.time()[1] == ("frozen", "2036-04-01", "2036-05-01")


def test_yesterday_is_not_frozen_and_neither_is_what_is_over(shop: Shop) -> None:
    gym = sold(shop)
    with pytest.raises(FreezeInvalid):
        gym.freeze("2036-03-01", "2036-04-01")
    shop.at += timedelta(days=460)
    with pytest.raises(MembershipOver):
        gym.freeze()


def test_a_sale_while_frozen_comes_after_what_there_is(shop: Shop) -> None:
    gym = sold(shop)
    (row,) = shop.rows("SELECT customer_id FROM memberships")
    gym.freeze()
    shop.at += timedelta(days=1000)
    shop.sell(row["customer_id"], {"sku": "GYM12", "quantity": 1, "unit_price": 120_000})
    gym.resume()
    # The day of the sale was frozen from its morning: none of the thirty months was used.
    assert Memberships(shop, row["customer_id"]).time()[0][0] == "frozen"
    assert gym.last_day() == "2041-05-28"
