"""What was promised for a friend is given once, when nothing can be brought back any more, and taken back if it is."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest

from contracts.events.loyalty import PointsAccrued, ReferralRevoked, ReferralRewarded
from services.loyalty.operations import follow_referrals as following
from services.loyalty.operations.follow_referrals import follow_referrals
from services.loyalty.schedules import follow_all_referrals
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.domain.pages import page_documents
from tests.services.loyalty.operations.test_accept_referral import block
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later


@pytest.mark.parametrize(
    ("money", "returned", "on", "looked_at", "points", "standing"),
    [
        pytest.param(5000, 0, 0, 13, [0, 0], ("held", None), id="13 days ago"),
        pytest.param(5000, 0, 0, 14, [500, 200], ("rewarded", None), id="14 days ago"),
        pytest.param(4999, 0, 0, 14, [0, 0], ("refused", "purchase_too_small"), id="too little"),
        pytest.param(None, 0, 0, 30, [0, 0], ("refused", "expired"), id="nothing"),
        pytest.param(6000, 1, 3, 14, [500, 200], ("rewarded", None), id="enough is left"),
        pytest.param(6000, 2, 3, 3, [0, 0], ("revoked", "returned"), id="back after 3 days"),
        pytest.param(6000, 2, 20, 20, [0, 0], ("revoked", "returned"), id="back after 20 days"),
        pytest.param(6000, 2, 120, 120, [500, 200], ("rewarded", None), id="back after 120 days"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_the_examples_of_the_page(
    shop: Shop,
    money: int | None,
    returned: int,
    on: int,
    looked_at: int,
    points: list[int],
    standing: tuple[str, str | None],
    late: bool,
) -> None:
    """Whether the job looks every day, or only in the end."""
    terms = page_documents("referral")[0].referral
    assert terms
    referrals = Referrals(shop, **terms.model_dump(mode="json", exclude_unset=True))
    ana, omar = referrals.two()
    lines = [line("THING", 6, money // 6)] if money and money % 6 == 0 else [line("THING", 1, money or 1)]
    bought = shop.sell(omar, *lines).purchase.id if money else None
    for day in range(looked_at + 1):
        shop.at = later(days=day)
        if bought and returned and day == on:
            shop.take_back(bought, {0: returned})
        if not late or day == looked_at:
            referrals.follow()
    assert (referrals.points(ana, omar), referrals.standing()) == (points, [standing])


def test_both_are_told_and_their_units_go_by_the_name_of_the_terms(shop: Shop) -> None:
    referrals = Referrals(shop, friend={"reward": {**FREE_COFFEE, "valid_days": 5}})
    ana, omar = referrals.two()
    referrals.buy(omar)
    referrals.follow(later(days=14))
    friend, advocate = [event for event in shop.told() if isinstance(event, ReferralRewarded)]
    assert (friend.customer_id, friend.side, friend.balance) == (omar, "friend", 0)
    assert [fact.kind for fact in friend.facts] == ["voucher"]
    assert (advocate.customer_id, advocate.side, advocate.balance) == (ana, "advocate", 500)
    assert advocate.facts == [PointsAccrued(unit="points", amount=500)]
    assert advocate.referral_id == friend.referral_id
    (lot,) = shop.rows("SELECT rule, reference, earned_at FROM lots")
    assert lot == {"rule": "referral", "reference": advocate.referral_id, "earned_at": later(days=14)}
    (voucher,) = shop.rows("SELECT source, customer_id FROM vouchers")
    assert voucher == {"source": advocate.referral_id, "customer_id": omar}


def test_the_friend_may_have_theirs_with_the_purchase(shop: Shop) -> None:
    referrals = Referrals(shop, friend_when="purchased")
    ana, omar = referrals.two()
    bought = referrals.buy(omar)
    referrals.follow()
    assert referrals.points(ana, omar) == [0, 200]
    shop.take_back(bought)
    referrals.follow()
    assert referrals.points(ana, omar) == [0, 0]
    told = [event for event in shop.told() if isinstance(event, ReferralRevoked)]
    assert [(event.customer_id, event.reason, len(event.facts)) for event in told] == [
        (omar, "returned", 1),
        (ana, "returned", 0),
    ]


def test_one_side_only(shop: Shop) -> None:
    referrals = Referrals(shop, advocate=None, return_days=0)
    ana, omar = referrals.two()
    referrals.buy(omar)
    referrals.follow()
    assert referrals.points(ana, omar) == [0, 200]
    assert [event.side for event in shop.told() if isinstance(event, ReferralRewarded)] == ["friend"]


def test_farming_by_buying_and_returning_leaves_nothing(shop: Shop) -> None:
    """Named for odoo/odoo pull 257854: buy, earn, refund, repeat. What was spent meanwhile is owed."""
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    bought = referrals.buy(omar)
    referrals.follow(later(days=14))
    shop.redeem(ana, shop.offer(300))
    shop.take_back(bought)
    referrals.follow(later(days=15))
    assert referrals.points(ana, omar) == [-300, 0]
    assert referrals.follow(later(days=16)) == 0


def test_throwaway_accounts_bring_nothing_before_they_have_paid_and_kept_it(shop: Shop) -> None:
    """Named for acambitsis/markm8-v3 issue 125: accounts made only to be referred, rewarded before they paid."""
    referrals = Referrals(shop)
    ana, friends = shop.customer(), [shop.customer() for _ in range(4)]
    for friend in friends:
        referrals.bring(ana, friend)
    bought = [referrals.buy(friend) for friend in friends[:3]]
    referrals.follow()
    assert referrals.points(ana, *friends) == [0] * 5
    for purchase in bought[:2]:
        shop.take_back(purchase)
    referrals.follow(later(days=30))
    assert referrals.points(ana, *friends) == [500, 0, 0, 200, 0]


def test_a_reopened_sale_does_not_bring_it_back(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    bought = referrals.buy(omar)
    referrals.follow()
    shop.void(bought)
    referrals.follow()
    shop.reopen(bought)
    referrals.follow(later(days=14))
    assert referrals.standing() == [("revoked", "returned")]
    assert referrals.points(ana, omar) == [0, 0]


def test_a_voided_sale_was_none_before_it_was_held(shop: Shop) -> None:
    referrals = Referrals(shop)
    _ana, omar = referrals.two()
    shop.void(referrals.buy(omar, 60))
    shop.at = later(hours=1)
    referrals.buy(omar)
    referrals.follow()
    assert referrals.standing() == [("held", None)]


def test_a_sale_of_before_that_was_uploaded_late_is_no_first_one(shop: Shop) -> None:
    referrals = Referrals(shop)
    _ana, omar = referrals.two()
    shop.sell(omar, line("THING", 1, 6000), occurred_at=shop.at - timedelta(days=1))
    referrals.follow()
    assert referrals.standing() == [("refused", "bought_before")]


def test_two_profiles_that_turn_out_to_be_one_person_lose_it(shop: Shop) -> None:
    referrals = Referrals(shop)
    pairs = [referrals.two() for _ in range(3)]
    for _ana, omar in pairs[1:]:
        referrals.buy(omar)
    shop.merge(pairs[0][0], pairs[0][1])
    referrals.follow()
    shop.merge(pairs[1][1], pairs[1][0])
    referrals.follow(later(days=14))
    assert referrals.points(*pairs[2]) == [500, 200]
    shop.merge(*pairs[2])
    referrals.follow()
    shop.follow()
    assert referrals.standing() == [(status, "same_person") for status in ("refused", "revoked", "revoked")]
    assert referrals.points(*(each for pair in pairs for each in pair)) == [0] * 6


def test_a_ring_that_a_merge_makes_is_broken(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    sara = shop.customer()
    referrals.bring(omar, sara)
    referrals.buy(omar)
    referrals.buy(sara)
    referrals.follow()
    shop.merge(sara, ana)
    referrals.follow(later(days=14))
    assert referrals.standing() == [("revoked", "ring"), ("revoked", "ring")]
    assert referrals.points(ana, omar, sara) == [0, 0, 0]


@pytest.mark.parametrize("side", [0, 1])
def test_who_is_blocked_meanwhile_gets_nothing_and_who_is_later_keeps_it(shop: Shop, side: int) -> None:
    referrals = Referrals(shop)
    pending, held, rewarded = (referrals.two() for _ in range(3))
    referrals.buy(rewarded[1])
    referrals.follow(later(days=14))
    referrals.buy(held[1])
    referrals.follow()
    for pair in (pending, held, rewarded):
        block(shop, pair[side])
    referrals.follow(later(days=29))
    assert referrals.standing() == [("refused", "blocked"), ("revoked", "blocked"), ("rewarded", None)]
    assert referrals.points(*rewarded) == [500, 200]


def test_it_keeps_to_the_terms_under_which_the_friend_came(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    shop.at = later(days=1)
    Referrals(shop, advocate={"points": 1}, friend=None, purchase_min=100_000)
    referrals.buy(omar)
    referrals.follow(later(days=15))
    assert referrals.points(ana, omar) == [500, 200]


def test_two_jobs_at_once_give_it_once(shop: Shop) -> None:
    referrals = Referrals(shop)
    pairs = [referrals.two() for _ in range(4)]
    for _ana, omar in pairs:
        referrals.buy(omar)
    shop.at = later(days=14)
    with ThreadPoolExecutor(4) as jobs:
        done = list(jobs.map(lambda _n: follow_all_referrals(shop.database, shop.tenant_id, shop.at), range(4)))
    assert sum(done) == 4
    assert [referrals.points(*pair) for pair in pairs] == [[500, 200]] * 4
    assert sum(isinstance(event, ReferralRewarded) for event in shop.told()) == 8


def test_a_job_that_dies_in_between_gives_it_once(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    referrals.buy(omar)
    shop.at = later(days=14)

    with suppress(ZeroDivisionError), shop.database.transaction(shop.tenant_id) as db:
        assert follow_referrals(db, shop.tenant_id, after="", at=shop.at) == (1, None)
        _ = 1 // 0
    assert (referrals.points(ana, omar), referrals.standing()) == ([0, 0], [("pending", None)])
    assert (referrals.follow(), referrals.follow()) == (1, 0)
    assert referrals.points(ana, omar) == [500, 200]


def test_more_than_a_batch(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "BATCH_MAX", 2)
    referrals = Referrals(shop)
    friends = [referrals.two()[1] for _ in range(5)]
    for friend in friends:
        referrals.buy(friend)
    assert referrals.follow(later(days=14)) == 5
    assert referrals.points(*friends) == [200] * 5


def test_neither_tenant_sees_the_others(shop: Shop, other_shop: Shop) -> None:
    referrals, theirs = Referrals(shop), Referrals(other_shop)
    for each in (referrals, theirs):
        _ana, omar = each.two()
        each.buy(omar)
    referrals.follow(later(days=14))
    assert (referrals.standing(), theirs.standing()) == ([("rewarded", None)], [("pending", None)])
