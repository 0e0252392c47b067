"""Each purchase of a friend brings its awards once, by its own return window, and loses them by itself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from contracts.events.loyalty import PointsAccrued, ReferralRevoked, ReferralRewarded
from kernel.ids import CustomerId
from services.loyalty.domain.referral import reward_id
from services.loyalty.operations import reward_purchases as rewarding
from services.loyalty.schedules import follow_all_referrals
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.domain.pages import page_documents
from tests.services.loyalty.operations.test_accept_referral import block
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later

REWARDED, HELD, PENDING = ("rewarded", None), ("held", None), ("pending", None)
RETURNED, TOO_SMALL, ENOUGH = ("refused", "returned"), ("refused", "purchase_too_small"), ("refused", "purchases_max")


def every(shop: Shop, **terms: Any) -> Referrals:
    """A shop that gives 500 points for each purchase of 50.00 within 60 days, and the friend 200."""
    return Referrals(shop, **{"when": "every_purchase", "valid_days": 60, **terms})


def wait(referrals: Referrals, days: float) -> int:
    """So long later the job looks."""
    return referrals.follow(referrals.shop.at + timedelta(days=days))


Script = Callable[[Shop, Referrals, CustomerId], dict[int, Callable[[], Any]]]


def twice(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    referrals.buy(omar)
    return {10: lambda: referrals.buy(omar)}


def one_too_small(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    referrals.buy(omar)
    shop.sell(omar, line("THING", 1, 4999))
    return {}


def four(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    for _each in range(4):
        referrals.buy(omar)
    return {}


def four_one_back(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    first, *_rest = [referrals.buy(omar) for _each in range(4)]
    return {5: lambda: shop.take_back(first)}


def one_back_later(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    first, _second = [referrals.buy(omar) for _each in range(2)]
    return {18: lambda: shop.take_back(first, {0: 2})}


def reopened(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    bought = referrals.buy(omar)
    return {3: lambda: shop.void(bought), 5: lambda: shop.reopen(bought)}


def corrected(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    bought = referrals.buy(omar, 4000 // 6 * 6)
    return {3: lambda: shop.edit(bought, line("THING", 6, 1000))}


def all_back(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    bought = referrals.buy(omar)
    return {18: lambda: shop.take_back(bought)}


def too_late(shop: Shop, referrals: Referrals, omar: CustomerId) -> dict[int, Callable[[], Any]]:
    return {61: lambda: referrals.buy(omar)}


@pytest.mark.parametrize(
    ("script", "days", "points", "purchases", "standing"),
    [
        (twice, 20, [100, 50], [REWARDED, HELD], REWARDED),
        (one_too_small, 20, [100, 50], [REWARDED, TOO_SMALL], REWARDED),
        (four, 20, [300, 150], [REWARDED] * 3 + [ENOUGH], REWARDED),
        (four_one_back, 20, [300, 150], [RETURNED] + [REWARDED] * 3, REWARDED),
        (one_back_later, 20, [100, 50], [("revoked", "returned"), REWARDED], REWARDED),
        (reopened, 20, [100, 50], [REWARDED], REWARDED),
        (corrected, 20, [100, 50], [REWARDED], REWARDED),
        (all_back, 20, [0, 0], [("revoked", "returned")], PENDING),
        (too_late, 80, [0, 0], [], ("refused", "expired")),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_the_examples_of_the_page(
    shop: Shop,
    script: Script,
    days: int,
    points: list[int],
    purchases: list[tuple[str, str | None]],
    standing: tuple[str, str | None],
    late: bool,
) -> None:
    """Whether the job looks every day, or only when something has been done and in the end."""
    terms = page_documents("referral")[1].referral
    assert terms
    referrals = Referrals(shop, **terms.model_dump(mode="json", exclude_unset=True))
    ana, omar = referrals.two()
    to_do = script(shop, referrals, omar)
    for day in range(days + 1):
        shop.at = later(days=day)
        if day in to_do:
            if late:
                referrals.follow()
            to_do[day]()
        if not late or day == days:
            referrals.follow()
    assert (referrals.points(ana, omar), referrals.purchases(), referrals.standing()) == (points, purchases, [standing])


def test_it_is_closed_when_the_time_is_over_and_all_is_settled(shop: Shop) -> None:
    referrals = every(shop)
    ana, omar = referrals.two()
    referrals.buy(omar)
    ends = []
    for days in (0, 14, 46, 43, 1):
        wait(referrals, days)
        ends.append(shop.rows("SELECT until FROM referrals")[0]["until"])
    assert ends == [later(days=14), later(days=60), later(days=104), later(days=104), None]
    assert (referrals.points(ana, omar), referrals.standing()) == ([500, 200], [REWARDED])
    referrals.buy(omar)
    assert wait(referrals, 30) == 0


def test_both_are_told_of_each_purchase_and_of_each_that_is_taken_back(shop: Shop) -> None:
    referrals = every(shop, friend={"reward": {**FREE_COFFEE, "valid_days": 50}})
    ana, omar = referrals.two()
    bought = [referrals.buy(omar) for _each in range(2)]
    wait(referrals, 14)
    told = [event for event in shop.told() if isinstance(event, ReferralRewarded)]
    assert [(event.side, event.customer_id, event.purchase_id) for event in told] == [
        (side, who, purchase) for purchase in bought for side, who in (("friend", omar), ("advocate", ana))
    ]
    assert told[3].facts == [PointsAccrued(unit="points", amount=500)]
    assert [row["reference"] for row in shop.rows("SELECT reference FROM lots ORDER BY reference")] == sorted(
        map(reward_id, bought)
    )
    shop.void(bought[0])
    wait(referrals, 1)
    lost = [event for event in shop.told() if isinstance(event, ReferralRevoked)]
    assert [(event.side, event.purchase_id, event.reason) for event in lost] == [
        ("friend", bought[0], "returned"),
        ("advocate", bought[0], "returned"),
    ]
    assert [row["status"] for row in shop.rows("SELECT status FROM vouchers ORDER BY id")] == ["revoked", "issued"]
    assert referrals.points(ana) == [500]


def test_what_was_taken_back_is_not_given_again(shop: Shop) -> None:
    referrals = every(shop)
    ana, omar = referrals.two()
    bought = referrals.buy(omar)
    wait(referrals, 14)
    shop.void(bought)
    wait(referrals, 1)
    shop.reopen(bought)
    wait(referrals, 1)
    assert (referrals.points(ana, omar), referrals.purchases()) == ([0, 0], [("revoked", "returned")])
    wait(referrals, 60)
    assert referrals.standing() == [("revoked", "returned")]


def test_what_is_brought_back_too_late_keeps_it(shop: Shop) -> None:
    referrals = every(shop, take_back_days=10)
    ana, omar = referrals.two()
    bought = referrals.buy(omar)
    wait(referrals, 24)
    shop.take_back(bought)
    wait(referrals, 1)
    assert (referrals.points(ana, omar), referrals.purchases()) == ([500, 200], [REWARDED])


def test_the_friend_may_have_theirs_with_each_purchase(shop: Shop) -> None:
    referrals = every(shop, friend_when="purchased", purchases_max=2)
    ana, omar = referrals.two()
    first = referrals.buy(omar)
    small = referrals.buy(omar, 600)
    referrals.follow()
    assert (referrals.points(ana, omar), referrals.purchases()) == ([0, 200], [HELD, PENDING])
    shop.edit(small, line("THING", 6, 1000))
    referrals.follow()
    assert referrals.points(ana, omar) == [0, 400]
    referrals.buy(omar)
    referrals.follow()
    assert referrals.purchases() == [HELD, HELD, ENOUGH]
    shop.void(first)
    referrals.follow()
    shop.reopen(first)
    referrals.buy(omar)
    wait(referrals, 14)
    assert referrals.purchases() == [("revoked", "returned"), REWARDED, ENOUGH, REWARDED]
    assert referrals.points(ana, omar) == [1000, 400]
    revoked = [event for event in shop.told() if isinstance(event, ReferralRevoked)]
    assert [(event.side, event.customer_id) for event in revoked] == [("friend", omar)]


def test_with_purchased_a_late_look_gives_both_at_once(shop: Shop) -> None:
    referrals = every(shop, friend_when="purchased")
    ana, omar = referrals.two()
    referrals.buy(omar)
    wait(referrals, 15)
    assert referrals.points(ana, omar) == [500, 200]
    assert [event.side for event in shop.told() if isinstance(event, ReferralRewarded)] == ["friend", "advocate"]


def test_one_side_only(shop: Shop) -> None:
    referrals = every(shop, friend=None, friend_when="purchased")
    ana, omar = referrals.two()
    bought = referrals.buy(omar)
    referrals.follow()
    wait(referrals, 14)
    shop.take_back(bought)
    wait(referrals, 1)
    assert referrals.points(ana, omar) == [0, 0]
    told = [event for event in shop.told() if isinstance(event, ReferralRewarded | ReferralRevoked)]
    assert [event.side for event in told] == ["advocate", "advocate"]


def test_a_friend_counts_once_for_milestones_while_a_purchase_stays_rewarded(shop: Shop) -> None:
    referrals = every(shop, milestones=[{"friends": 1, "award": {"points": 70}}])
    ana, omar = referrals.two()
    bought = [referrals.buy(omar) for _each in range(2)]
    wait(referrals, 14)
    assert referrals.points(ana) == [1070]
    shop.void(bought[0])
    wait(referrals, 1)
    assert referrals.points(ana) == [570]
    shop.void(bought[1])
    wait(referrals, 1)
    assert (referrals.points(ana), referrals.standing()) == ([0], [PENDING])
    referrals.buy(omar)
    wait(referrals, 14)
    assert referrals.points(ana) == [570]


def test_a_friend_of_many_purchases_counts_once_for_limits(shop: Shop) -> None:
    referrals = every(shop, limits=[{"at_most": 2}])
    ana, omar = referrals.two()
    for _each in range(3):
        referrals.buy(omar)
    wait(referrals, 14)
    referrals.bring(ana, shop.customer())
    assert referrals.standing() == [REWARDED, PENDING]


def test_a_walk_in_sale_that_is_claimed_counts(shop: Shop) -> None:
    referrals = every(shop)
    ana, omar = referrals.two()
    sold = shop.sell(None, line("THING", 6, 1000)).purchase.id
    referrals.buy(omar)
    referrals.follow()
    shop.claim(sold, omar)
    wait(referrals, 14)
    assert referrals.points(ana, omar) == [1000, 400]


def test_an_offline_sale_counts_by_when_it_was_made(shop: Shop) -> None:
    referrals = every(shop)
    ana, omar = referrals.two()
    referrals.buy(omar)
    wait(referrals, 61)
    shop.sell(omar, line("THING", 6, 1000), occurred_at=shop.at - timedelta(days=2))
    referrals.buy(omar)
    wait(referrals, 14)
    assert (referrals.points(ana, omar), referrals.purchases()) == ([1000, 400], [REWARDED] * 2)


def test_a_sale_of_before_that_was_uploaded_late_ends_it(shop: Shop) -> None:
    referrals = every(shop)
    (ana, omar), (_hana, sara) = referrals.two(), referrals.two()
    referrals.buy(omar)
    wait(referrals, 14)
    referrals.buy(omar)
    referrals.buy(sara)
    referrals.follow()
    for friend in (omar, sara):
        shop.sell(friend, line("THING", 6, 1000), occurred_at=later(days=-1))
    wait(referrals, 14)
    referrals.buy(omar)
    wait(referrals, 14)
    assert referrals.standing() == [("rewarded", "bought_before"), ("refused", "bought_before")]
    assert referrals.purchases() == [REWARDED, *[("refused", "bought_before")] * 2]
    assert referrals.points(ana, omar) == [500, 200]


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("early", [False, True])
def test_who_is_blocked_keeps_what_was_rewarded_and_gets_no_more(shop: Shop, side: int, early: bool) -> None:
    referrals = every(shop, friend_when="purchased" if early else "window_closed")
    pair = referrals.two()
    referrals.buy(pair[1])
    wait(referrals, 14)
    referrals.buy(pair[1])
    referrals.follow()
    assert referrals.points(*pair) == [500, 400 if early else 200]
    block(shop, pair[side])
    wait(referrals, 1)
    assert referrals.purchases() == [REWARDED, ("revoked" if early else "refused", "blocked")]
    assert referrals.standing() == [("rewarded", "blocked")]
    assert referrals.points(*pair) == [500, 200]
    assert wait(referrals, 1) == 0


@pytest.mark.parametrize("into_friend", [False, True])
def test_a_friend_who_turns_out_to_be_the_advocate_loses_it_all(shop: Shop, into_friend: bool) -> None:
    referrals = every(shop)
    ana, omar = referrals.two()
    referrals.buy(omar)
    wait(referrals, 14)
    referrals.buy(omar)
    referrals.follow()
    merge = shop.merge(*((ana, omar) if into_friend else (omar, ana)))
    wait(referrals, 1)
    shop.follow()
    assert referrals.purchases() == [("revoked", "same_person"), ("refused", "same_person")]
    assert (referrals.points(ana, omar), referrals.standing()) == ([0, 0], [("revoked", "same_person")])
    shop.unmerge(merge)
    referrals.buy(omar)
    wait(referrals, 14)
    assert (referrals.points(ana, omar), referrals.standing()) == ([0, 0], [("revoked", "same_person")])


def test_what_was_settled_before_two_turned_out_to_be_one_stays(shop: Shop) -> None:
    referrals = every(shop, take_back_days=10)
    ana, omar = referrals.two()
    referrals.buy(omar)
    wait(referrals, 20)
    referrals.buy(omar)
    wait(referrals, 14)
    shop.merge(omar, ana)
    wait(referrals, 1)
    shop.follow()
    assert referrals.purchases() == [REWARDED, ("revoked", "same_person")]
    assert sum(referrals.points(ana, omar)) == 700


def test_whom_the_advocate_was_merged_into_goes_on_being_paid(shop: Shop) -> None:
    referrals = every(shop)
    ana, omar = referrals.two()
    hana = shop.customer()
    bought = referrals.buy(omar)
    wait(referrals, 14)
    merge = shop.merge(ana, hana)
    referrals.buy(omar)
    wait(referrals, 14)
    shop.follow()
    assert referrals.points(ana, hana) == [0, 1000]
    shop.take_back(bought)
    wait(referrals, 1)
    shop.follow()
    assert referrals.points(ana, hana) == [0, 500]
    shop.unmerge(merge)
    referrals.buy(omar)
    wait(referrals, 14)
    shop.follow()
    assert sum(referrals.points(ana, hana)) == 1000


def test_purchases_of_a_friends_other_profile_count_once(shop: Shop) -> None:
    """Also where that profile was brought by somebody else: each purchase is rewarded for one of the two."""
    referrals = every(shop)
    (ana, omar), (hana, sara) = referrals.two(), referrals.two()
    referrals.buy(omar)
    referrals.buy(sara)
    wait(referrals, 14)
    assert referrals.points(ana, omar, hana, sara) == [500, 200, 500, 200]
    shop.merge(sara, omar)
    for friend in (omar, sara):
        referrals.buy(friend)
    wait(referrals, 14)
    shop.follow()
    assert sum(referrals.points(ana, hana)) == 2000
    assert sum(referrals.points(omar, sara)) == 800


def test_what_another_profile_bought_is_taken_back_after_the_merge_was_undone_too(shop: Shop) -> None:
    referrals = every(shop)
    ana, omar = referrals.two()
    sara = shop.customer()
    merge = shop.merge(omar, sara)
    bought = referrals.buy(sara)
    wait(referrals, 14)
    assert referrals.points(ana) == [500]
    shop.unmerge(merge)
    wait(referrals, 1)
    shop.take_back(bought)
    wait(referrals, 1)
    shop.follow()
    assert (referrals.points(ana), referrals.purchases()) == ([0], [("revoked", "returned")])


def test_an_old_customer_into_whom_the_friend_is_merged_ends_it(shop: Shop) -> None:
    referrals = every(shop)
    old = shop.customer()
    referrals.buy(old)
    shop.at = later(days=1)
    ana, omar = referrals.two()
    referrals.buy(omar)
    wait(referrals, 14)
    shop.merge(omar, old)
    referrals.buy(old)
    wait(referrals, 14)
    shop.follow()
    assert (referrals.points(ana, old), referrals.standing()) == ([500, 200], [("rewarded", "bought_before")])


def test_nothing_is_looked_through_before_a_purchase_changes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    referrals = every(shop)
    _ana, omar = referrals.two()
    bought = referrals.buy(omar)
    assert referrals.follow() == 1
    monkeypatch.setattr(rewarding, "purchases_due", None)
    assert [wait(referrals, 1) for _day in range(3)] == [0, 0, 0]
    monkeypatch.undo()
    shop.take_back(bought)
    assert referrals.follow() == 1


def test_more_purchases_than_are_looked_at_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewarding, "FOUND_MAX", 2)
    referrals = every(shop)
    ana, omar = referrals.two()
    for _each in range(5):
        referrals.buy(omar)
    shop.at = later(days=200)
    for _look in range(3):
        referrals.follow()
    assert (referrals.points(ana, omar), referrals.standing()) == ([2500, 1000], [REWARDED])
    assert shop.rows("SELECT until FROM referrals") == [{"until": None}]


def test_two_jobs_at_once_give_it_once(shop: Shop) -> None:
    referrals = every(shop)
    pairs = [referrals.two() for _ in range(4)]
    for _ana, omar in pairs:
        for _each in range(3):
            referrals.buy(omar)
    shop.at = later(days=14)
    with ThreadPoolExecutor(4) as jobs:
        done = list(jobs.map(lambda _n: follow_all_referrals(shop.database, shop.tenant_id, shop.at), range(4)))
    assert sum(done) == 4
    assert [referrals.points(*pair) for pair in pairs] == [[1500, 600]] * 4
    assert sum(isinstance(event, ReferralRewarded) for event in shop.told()) == 24


def test_a_purchase_while_the_job_looks_is_not_missed(shop: Shop) -> None:
    referrals = every(shop, return_days=0)
    ana, omar = referrals.two()
    with ThreadPoolExecutor(4) as people:
        buying = [people.submit(referrals.buy, omar) for _each in range(12)]
        for _look in range(4):
            people.submit(follow_all_referrals, shop.database, shop.tenant_id, shop.at)
    assert len({each.result() for each in buying}) == 12
    referrals.follow()
    assert referrals.points(ana, omar) == [12 * 500, 12 * 200]


def test_neither_tenant_sees_the_others(shop: Shop, other_shop: Shop) -> None:
    referrals, theirs = every(shop), every(other_shop)
    for each in (referrals, theirs):
        _ana, omar = each.two()
        each.buy(omar)
    wait(referrals, 14)
    assert (referrals.purchases(), theirs.purchases()) == ([REWARDED], [])
    assert (referrals.standing(), theirs.standing()) == ([REWARDED], [PENDING])
