"""Memberships of customers who turn out to be one: nobody loses time, and each has their own again after an undo."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from contracts.events.loyalty import MembershipLapsed, MembershipRenewalDue
from kernel.ids import CustomerId
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.memberships import GYM, GYM_YEAR, YEAR, Memberships
from tests.services.loyalty.operations.test_share_membership import FOR_TWO, half_price
from tests.services.loyalty.shop import NOON, Shop, later

MONTH = line("GYM1", 1, 10_000)
GYM_MONTH = rule("membership_bonus", id="month", plan="gym", selector={"skus": ["GYM1"]}, paid_months=1, bonus_months=0)
HALF_WATER = rule(
    "discount",
    id="half",
    percent_off=50,
    selector={"skus": ["WATER"]},
    conditions=[{"kind": "has_plan", "plans": ["gym"]}],
)


@pytest.fixture
def gym(shop: Shop) -> Shop:
    shop.publish(GYM_MONTH, {**GYM_YEAR, "id": "year"}, HALF_WATER, plans=[{**FOR_TWO, "grace_days": 0}])
    return shop


def ends(shop: Shop, customer_id: CustomerId) -> str:
    """The last day of the customer's membership."""
    return Memberships(shop, customer_id).last_day()


def test_the_time_goes_to_who_has_none(gym: Shop) -> None:
    old, new = gym.customer(), gym.customer()
    gym.sell(old, YEAR)
    assert half_price(gym, old, new) == [True, False]
    merge = gym.merge(old, new)
    assert half_price(gym, old, new) == [False, True]
    assert ends(gym, new) == "2037-06-01"
    gym.unmerge(merge)
    assert half_price(gym, old, new) == [True, False]
    assert (ends(gym, old), Memberships(gym, new).time()) == ("2037-06-01", [])
    assert gym.breaches() == []


def test_time_of_both_runs_one_after_the_other(gym: Shop) -> None:
    """Ten days of the old card's month had been used when the new card's began; nobody loses one."""
    old, new = gym.customer(), gym.customer()
    gym.sell(old, MONTH)
    gym.at = later(days=10)
    gym.sell(new, MONTH)
    gym.at = later(days=20)
    merge = gym.merge(old, new)
    assert Memberships(gym, new).time() == [("paid", "2036-03-02", "2036-04-02"), ("paid", "2036-04-02", "2036-05-02")]
    gym.unmerge(merge)
    assert (ends(gym, old), ends(gym, new)) == ("2036-04-01", "2036-04-11")
    assert gym.breaches() == []


def test_what_stood_still_is_left(gym: Shop) -> None:
    """Undone after five days, the first one has the days they could not use; what the second bought since is theirs."""
    old, new = gym.customer(), gym.customer()
    gym.sell(old, MONTH)
    merge = gym.merge(old, new)
    gym.at = later(days=5)
    gym.sell(new, MONTH)
    gym.unmerge(merge)
    assert (ends(gym, old), Memberships(gym, new).time()) == ("2036-04-06", [("paid", "2036-04-02", "2036-05-02")])
    assert gym.breaches() == []


def test_bought_with_the_old_card_after_the_merge(gym: Shop) -> None:
    old, new = gym.customer(), gym.customer()
    gym.sell(new, MONTH)
    merge = gym.merge(old, new)
    gym.sell(old, MONTH)
    assert (gym.follow(), gym.follow()) == (1, 0)
    assert ends(gym, new) == "2036-05-01"
    gym.unmerge(merge)
    assert (ends(gym, old), ends(gym, new)) == ("2036-04-01", "2036-04-01")
    assert gym.breaches() == []


def test_a_return_takes_the_time_it_brought(gym: Shop) -> None:
    """From who has it, at once; and after an undo it is gone from the first one."""
    old, new = gym.customer(), gym.customer()
    gym.sell(new, MONTH)
    year = gym.sell(old, YEAR).purchase.id
    merge = gym.merge(old, new)
    assert ends(gym, new) == "2037-07-01"
    gym.take_back(year)
    assert (ends(gym, new), gym.breaches()) == ("2036-04-01", [])
    gym.unmerge(merge)
    assert Memberships(gym, old).time() == []
    assert ends(gym, new) == "2036-04-01"
    assert gym.breaches() == []


def test_a_chain_is_undone_link_by_link(gym: Shop) -> None:
    one, two, three = gym.customer(), gym.customer(), gym.customer()
    for who in (one, two, three):
        gym.sell(who, MONTH)
    first, second = gym.merge(one, two), gym.merge(two, three)
    assert ends(gym, three) == "2036-06-01"
    gym.unmerge(second)
    assert (ends(gym, two), ends(gym, three)) == ("2036-05-01", "2036-04-01")
    gym.unmerge(first)
    assert [ends(gym, who) for who in (one, two, three)] == ["2036-04-01"] * 3
    assert gym.breaches() == []


def test_a_frozen_one_and_one_that_runs(gym: Shop) -> None:
    """The frozen one waits its turn behind; undone, it is frozen as it was."""
    old, new = gym.customer(), gym.customer()
    gym.sell(old, MONTH)
    gym.sell(new, MONTH)
    Memberships(gym, old).freeze()
    gym.at = later(days=3)
    merge = gym.merge(old, new)
    assert half_price(gym, new) == [True]
    assert ends(gym, new) == "2036-05-04"
    gym.unmerge(merge)
    assert half_price(gym, old, new) == [False, True]
    Memberships(gym, old).resume()
    assert (ends(gym, old), ends(gym, new)) == ("2036-04-04", "2036-04-01")
    assert gym.breaches() == []


def test_the_family_comes_along_as_far_as_there_is_room(gym: Shop) -> None:
    old, new, omar, layla, noor = (gym.customer() for _ in range(5))
    for holder, sharing in ((old, (omar, layla)), (new, (noor,))):
        gym.sell(holder, MONTH)
        for who in sharing:
            Memberships(gym, holder).share(who)
    merge = gym.merge(old, new)
    assert Memberships(gym, new).family() == [noor, omar]
    assert half_price(gym, omar, layla) == [True, False]
    gym.unmerge(merge)
    assert (Memberships(gym, old).family(), Memberships(gym, new).family()) == ([omar], [noor])


def test_who_shared_it_holds_it(gym: Shop) -> None:
    old, new = gym.customer(), gym.customer()
    gym.sell(old, MONTH)
    Memberships(gym, old).share(new)
    gym.merge(old, new)
    assert (Memberships(gym, new).family(), half_price(gym, new)) == ([], [True])
    assert gym.breaches() == []


def test_buying_at_the_moment_of_the_merge(gym: Shop) -> None:
    """Whichever comes first: no month is lost, none is doubled."""
    old, new = gym.customer(), gym.customer()
    gym.sell(old, MONTH)
    with ThreadPoolExecutor(3) as hands:
        jobs = [hands.submit(gym.sell, who, MONTH) for who in (old, new)] + [hands.submit(gym.merge, old, new)]
        for job in jobs:
            job.result()
    gym.follow()
    assert (ends(gym, new), gym.breaches()) == ("2036-06-01", [])


def test_ends_are_told_to_who_holds_it_now(gym: Shop) -> None:
    gym.publish(GYM_MONTH, plans=[{**GYM, "reminder_days": 7}])
    old, new = gym.customer(), gym.customer()
    gym.sell(old, MONTH)
    gym.merge(old, new)
    gym.at = NOON + timedelta(days=28)
    gym.tell_membership_ends()
    (told,) = [event for event in gym.told() if isinstance(event, MembershipRenewalDue | MembershipLapsed)]
    assert told.customer_id == new


def test_what_was_returned_in_a_chain_is_gone_at_its_end(gym: Shop) -> None:
    one, two, three = gym.customer(), gym.customer(), gym.customer()
    gym.sell(two, MONTH)
    year = gym.sell(one, YEAR).purchase.id
    first, second = gym.merge(one, two), gym.merge(two, three)
    gym.take_back(year)
    assert ends(gym, three) == "2036-04-01"
    gym.unmerge(second)
    gym.unmerge(first)
    assert (Memberships(gym, one).time(), ends(gym, two), Memberships(gym, three).time()) == ([], "2036-04-01", [])
    assert gym.breaches() == []


def test_time_that_an_edit_adds_goes_back_with_the_rest(gym: Shop) -> None:
    old, new = gym.customer(), gym.customer()
    month = gym.sell(old, MONTH).purchase.id
    merge = gym.merge(old, new)
    gym.edit(month, line("GYM1", 2, 10_000))
    assert ends(gym, new) == "2036-05-01"
    gym.unmerge(merge)
    assert (ends(gym, old), Memberships(gym, new).time()) == ("2036-05-01", [])
    assert gym.breaches() == []


def test_what_was_cancelled_since_is_gone(gym: Shop) -> None:
    """A month less twenty days is what is left of it."""
    old, new = gym.customer(), gym.customer()
    gym.sell(new, MONTH)
    gym.sell(old, MONTH)
    merge = gym.merge(old, new)
    Memberships(gym, new).cancel("2036-04-11")
    gym.unmerge(merge)
    assert (ends(gym, old), ends(gym, new)) == ("2036-03-12", "2036-04-01")
    assert gym.breaches() == []
