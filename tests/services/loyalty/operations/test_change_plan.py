from datetime import timedelta

import pytest

from services.loyalty.domain.refusals.memberships import PlanUnknown, PlanUnsuitable
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.memberships import Memberships, sold
from tests.services.loyalty.shop import Shop

GOLD = {"id": "gold", "name": NAME}


def changed(shop: Shop, gold: dict[str, object]) -> Memberships:
    """The gym's year, changed to gold after a hundred days."""
    gym = sold(shop, gold)
    shop.at += timedelta(days=100)
    changed_id = gym.change("gold")
    (row,) = shop.rows("SELECT customer_id FROM memberships WHERE id = :id", id=changed_id)
    assert gym.time() == [("paid", "2036-03-02", "2036-06-10")]
    return Memberships(shop, row["customer_id"], "gold")


def test_bonus_is_kept_day_for_day(shop: Shop) -> None:
    gold = changed(shop, GOLD)
    assert gold.time() == [("paid", "2036-06-10", "2037-03-02"), ("bonus", "2037-03-02", "2037-06-02")]
    # What was paid for the time that is left went with it: 265 of 365 days.
    assert sum(part.price for part in gold.entries()) == 87_123


def test_paid_time_can_be_changed_by_its_worth(shop: Shop) -> None:
    """871.23 of gold at 200.00 for a month of thirty days: 130 days. The gift is not worth money, and stays."""
    gold = changed(shop, {**GOLD, "change": "value", "price": 20_000, "months": 1})
    assert gold.time() == [("paid", "2036-06-10", "2036-10-18"), ("bonus", "2036-10-18", "2037-01-18")]


def test_it_follows_time_on_the_other_plan(shop: Shop) -> None:
    gold = changed(shop, GOLD)
    assert gold.last_day() == "2037-06-01"
    gold.give(3)
    assert gold.time()[-1] == ("goodwill", "2037-06-02", "2037-06-05")


@pytest.mark.parametrize(("plan", "refusal"), [("silver", PlanUnknown), ("gym", PlanUnsuitable)])
def test_not_to_nothing_and_not_to_itself(shop: Shop, plan: str, refusal: type[Exception]) -> None:
    gym = sold(shop, GOLD)
    with pytest.raises(refusal):
        gym.change(plan)
