"""So many friends bring something once, however they are counted; with them it goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from contracts.events.loyalty import (
    PointsAccrued,
    ReferralMilestoneLost,
    ReferralMilestoneReached,
)
from kernel.ids import CustomerId
from services.loyalty.schedules import follow_all_referrals
from tests.services.loyalty.domain.pages import page_documents
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later

TWO = {"friends": 2, "award": {"points": 70}}


def bring(referrals: Referrals, advocate: CustomerId, friends: int) -> list[str]:
    """Friends come, buy and keep it, 14 days long; answers what they bought."""
    came = [referrals.shop.customer() for _ in range(friends)]
    for friend in came:
        referrals.bring(advocate, friend)
    bought = [referrals.buy(friend) for friend in came]
    referrals.follow(referrals.shop.at + timedelta(days=14))
    return bought


def given(shop: Shop) -> list[tuple[int, bool]]:
    """For how many friends something was given, and whether it still is, in that order."""
    rows = shop.rows("SELECT friends, taken_back_at FROM referral_milestones ORDER BY friends, given_at")
    return [(row["friends"], row["taken_back_at"] is None) for row in rows]


@pytest.mark.parametrize(
    ("friends", "lost", "more", "points"),
    [
        (2, 0, 0, 1000),
        (3, 0, 0, 2500),
        (3, 1, 0, 1000),
        (3, 1, 1, 2500),
        (4, 0, 0, 3000),
        (5, 0, 0, 5500),
        (10, 0, 0, 10_000),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_examples_of_the_page(shop: Shop, friends: int, lost: int, more: int, points: int, together: bool) -> None:
    terms = page_documents("referral")[0].referral
    assert terms
    referrals = Referrals(shop, **terms.model_dump(mode="json", exclude_unset=True, exclude={"limits"}))
    ana = shop.customer()
    bought = (
        bring(referrals, ana, friends)
        if together
        else [each for _friend in range(friends) for each in bring(referrals, ana, 1)]
    )
    for purchase in bought[len(bought) - lost :]:
        shop.at += timedelta(days=6)
        shop.take_back(purchase)
        referrals.follow()
    bring(referrals, ana, more)
    assert shop.points(ana)[0] == points
    assert shop.breaches() == []


def test_the_advocate_is_told_and_knows_how_far_it_is(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[TWO], advocate=None)
    ana = shop.customer()
    (first,) = bring(referrals, ana, 1)
    assert referrals.issued(ana)[2:] == (1, 2)
    bring(referrals, ana, 1)
    assert referrals.issued(ana)[2:] == (2, None)
    shop.take_back(first)
    referrals.follow()
    assert referrals.issued(ana)[2:] == (1, 2)
    reached, lost = [
        event for event in shop.told() if isinstance(event, ReferralMilestoneReached | ReferralMilestoneLost)
    ]
    assert isinstance(reached, ReferralMilestoneReached)
    assert (reached.customer_id, reached.friends, reached.balance) == (ana, 2, 70)
    assert reached.facts == [PointsAccrued(unit="points", amount=70)]
    assert (lost.customer_id, lost.friends, lost.balance) == (ana, 2, 0)
    assert lost.facts == [PointsAccrued(unit="points", amount=-70)]
    assert reached.milestone_id == lost.milestone_id
    lot, *_ = shop.rows("SELECT rule, reference FROM lots WHERE amount = 70")
    assert lot == {"rule": "referral", "reference": reached.milestone_id}


def test_a_voucher_for_it_goes_too_unless_it_was_used(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[{"friends": 1, "award": {"reward": FREE_COFFEE}}])
    ana = shop.customer()
    (bought,) = bring(referrals, ana, 1)
    shop.take_back(bought)
    referrals.follow()
    assert [row["status"] for row in shop.rows("SELECT status FROM vouchers")] == ["revoked"]


def test_a_voucher_that_was_given_and_taken_back_by_one_late_look_is_revoked(shop: Shop) -> None:
    referrals = Referrals(shop, advocate={"reward": FREE_COFFEE})
    _ana, omar = referrals.two()
    bought = referrals.buy(omar)
    shop.at = later(days=15)
    shop.take_back(bought, {0: 2})
    referrals.follow()
    assert referrals.standing() == [("revoked", "returned")]
    assert [row["status"] for row in shop.rows("SELECT status FROM vouchers")] == ["revoked"]


def test_what_is_brought_back_too_late_loses_nothing(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[TWO], take_back_days=10)
    ana = shop.customer()
    bought = bring(referrals, ana, 2)
    shop.at += timedelta(days=11)
    shop.take_back(bought[0])
    referrals.follow()
    assert (shop.points(ana)[0], given(shop)) == (1070, [(2, True)])


def test_who_is_revoked_before_they_were_rewarded_never_counted(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[TWO])
    ana, omar = referrals.two()
    shop.take_back(referrals.buy(omar))
    referrals.follow()
    bring(referrals, ana, 1)
    assert given(shop) == []


def test_friends_of_an_earlier_version_count_too(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana = shop.customer()
    bring(referrals, ana, 2)
    Referrals(shop, milestones=[TWO, {"friends": 9, "award": {"points": 1}}])
    bring(referrals, ana, 1)
    assert (shop.points(ana)[0], given(shop)) == (1570, [(2, True)])


def test_two_profiles_of_a_friend_are_one_friend(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[{"friends": 3, "award": {"points": 70}}])
    ana = shop.customer()
    bring(referrals, ana, 2)
    first, second = (CustomerId(row["friend_id"]) for row in shop.rows("SELECT friend_id FROM referrals"))
    shop.merge(first, second)
    bring(referrals, ana, 1)
    assert given(shop) == []
    bring(referrals, ana, 1)
    assert given(shop) == [(3, True)]


def test_two_profiles_of_an_advocate_count_together_and_get_it_once(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[TWO, {"friends": 4, "award": {"points": 9}}], advocate=None)
    ana, hana = shop.customer(), shop.customer()
    bring(referrals, ana, 2)
    (last,) = bring(referrals, hana, 1)
    shop.merge(hana, ana)
    bring(referrals, ana, 1)
    assert given(shop) == [(2, True), (4, True)]
    shop.take_back(last)
    referrals.follow()
    assert given(shop) == [(2, True), (4, False)]
    shop.follow()
    assert shop.points(ana)[0] + shop.points(hana)[0] == 70


def test_what_another_profile_was_given_is_taken_back_from_it(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[TWO], advocate=None)
    ana, hana = shop.customer(), shop.customer()
    bought = bring(referrals, ana, 2)
    shop.merge(hana, ana)
    shop.take_back(bought[0])
    referrals.follow()
    shop.follow()
    assert (given(shop), shop.points(ana)[0] + shop.points(hana)[0]) == ([(2, False)], 0)


def test_a_friend_who_turns_out_to_be_the_advocate_is_none(shop: Shop) -> None:
    referrals = Referrals(shop, milestones=[TWO])
    ana = shop.customer()
    bring(referrals, ana, 2)
    friend = CustomerId(shop.rows("SELECT friend_id FROM referrals ORDER BY id LIMIT 1")[0]["friend_id"])
    shop.merge(friend, ana)
    referrals.follow()
    assert given(shop) == [(2, False)]


def test_two_jobs_at_once_give_it_once(shop: Shop) -> None:
    """Four friends of one advocate, four jobs: each number of friends is reached by one of them."""
    referrals = Referrals(shop, milestones=[{"friends": 1, "every": True, "award": {"points": 70}}])
    ana = shop.customer()
    for _friend in range(4):
        friend = shop.customer()
        referrals.bring(ana, friend)
        referrals.buy(friend)
    shop.at = later(days=14)
    with ThreadPoolExecutor(4) as jobs:
        done = list(jobs.map(lambda _n: follow_all_referrals(shop.database, shop.tenant_id, shop.at), range(4)))
    assert sum(done) == 4
    assert given(shop) == [(1, True), (2, True), (3, True), (4, True)]
    assert shop.points(ana)[0] == 4 * 570


def test_two_profiles_followed_at_once_get_it_once(shop: Shop) -> None:
    """Each profile's friend is in another job's batch; whoever is later knows of the other."""
    referrals = Referrals(shop, milestones=[TWO], advocate=None)
    people = []
    for _pair in range(4):
        ana, hana = shop.customer(), shop.customer()
        shop.merge(hana, ana)
        for advocate in (ana, hana):
            friend = shop.customer()
            referrals.bring(advocate, friend)
            referrals.buy(friend)
        people.append((ana, hana))
    shop.at = later(days=14)
    with ThreadPoolExecutor(4) as jobs:
        list(jobs.map(lambda _n: follow_all_referrals(shop.database, shop.tenant_id, shop.at), range(4)))
    shop.follow()
    assert given(shop) == [(2, True)] * 4
    assert [shop.points(ana)[0] + shop.points(hana)[0] for ana, hana in people] == [70] * 4


def test_neither_tenant_counts_the_others_friends(shop: Shop, other_shop: Shop) -> None:
    ours, theirs = (Referrals(each, milestones=[TWO]) for each in (shop, other_shop))
    known = CustomerId("cus_both")
    for referrals in (ours, theirs):
        referrals.shop.customer(known=known)
        bring(referrals, known, 1)
    assert (given(shop), given(other_shop)) == ([], [])


@pytest.mark.parametrize(
    ("hold_days", "looked_at", "points", "standing"),
    [
        pytest.param(14, 13, [0, 0], ("pending", None), id="waits"),
        pytest.param(14, 14, [500, 200], ("rewarded", None), id="has waited"),
        pytest.param(0, 0, [500, 200], ("rewarded", None), id="does not wait"),
    ],
)
def test_it_may_be_enough_that_the_friend_came(
    shop: Shop, hold_days: int, looked_at: int, points: list[int], standing: Any
) -> None:
    referrals = Referrals(shop, when="came", hold_days=hold_days, purchase_min=1)
    ana, omar = referrals.two()
    referrals.follow(later(days=looked_at))
    assert (referrals.points(ana, omar), referrals.standing()) == (points, [standing])


def test_what_a_friend_who_came_buys_or_brings_back_makes_no_difference(shop: Shop) -> None:
    referrals = Referrals(shop, when="came", purchase_min=1)
    ana, omar = referrals.two()
    bought = referrals.buy(omar, 6)
    assert referrals.follow() == 0
    referrals.follow(later(days=14))
    shop.take_back(bought)
    assert referrals.follow() == 0
    assert referrals.points(ana, omar) == [500, 200]


def test_a_friend_who_came_and_is_found_out_loses_it(shop: Shop) -> None:
    referrals = Referrals(shop, when="came", purchase_min=1)
    early, late = referrals.two(), referrals.two()
    old = referrals.two()[1]
    shop.merge(*early)
    shop.sell(old, occurred_at=shop.at - timedelta(days=1))
    referrals.follow(later(days=14))
    assert referrals.points(*late) == [500, 200]
    shop.merge(*late)
    referrals.follow()
    shop.follow()
    assert referrals.standing() == [
        ("refused", "same_person"),
        ("revoked", "same_person"),
        ("refused", "bought_before"),
    ]
    assert referrals.points(*early, *late) == [0] * 4
