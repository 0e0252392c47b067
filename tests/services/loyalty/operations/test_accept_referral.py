"""Who may bring whom: some tests are named for complaints about referrals that were farmed."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.ids import CustomerId
from kernel.refusal import Refused
from services.loyalty.domain.guessing import WRONG_MAX
from services.loyalty.domain.refusals.codes import TooManyWrongCodes
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.referrals import (
    AdvocateBlocked,
    FriendNotNew,
    ReferralLimitReached,
    ReferralRing,
    ReferredAlready,
    SameHousehold,
    SelfReferral,
)
from services.loyalty.domain.voucher_code import displayed
from services.loyalty.operations.learn_customer import learn_customer
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.memberships import GYM_YEAR, YEAR, Memberships
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import Shop


def test_a_friend_comes_by_a_code_as_people_type_it(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = shop.customer(), shop.customer()
    assert referrals.come(f" {displayed(referrals.code(ana)).lower()} ", omar)
    (row,) = shop.rows("SELECT advocate_id, friend_id, status, until, actor FROM referrals")
    assert row == {
        "advocate_id": ana,
        "friend_id": omar,
        "status": "pending",
        "until": shop.at + timedelta(days=30),
        "actor": "key_test",
    }


def test_a_code_of_nobody_is_counted_and_too_many_bar(shop: Shop) -> None:
    referrals = Referrals(shop)
    omar, code = shop.customer(), referrals.code(shop.customer())
    for guess in range(WRONG_MAX["customer"]):
        assert referrals.come(("0" * 16 + "0") if guess % 2 else "no code", omar) is None
    with pytest.raises(TooManyWrongCodes):
        referrals.come(code, omar)
    shop.at += timedelta(minutes=15)
    assert referrals.come(code, omar)


def test_nobody_brings_themselves(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana = shop.customer()
    with pytest.raises(SelfReferral):
        referrals.bring(ana, ana)


@pytest.mark.parametrize("merged_into_friend", [True, False])
def test_nobody_brings_their_own_second_profile(shop: Shop, merged_into_friend: bool) -> None:
    referrals = Referrals(shop)
    ana, between, second = shop.customer(), shop.customer(), shop.customer()
    shop.merge(ana, between)
    shop.merge(*((between, second) if merged_into_friend else (second, between)))
    with pytest.raises(SelfReferral):
        referrals.bring(ana, second)


def test_a_household_does_not_bring_itself(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = shop.customer(), shop.customer()
    shop.pool(ana, omar)
    with pytest.raises(SameHousehold):
        referrals.bring(ana, omar)


@pytest.mark.parametrize("holder_first", [True, False])
def test_nor_does_a_family_that_shares_a_membership(shop: Shop, holder_first: bool) -> None:
    referrals = Referrals(shop, GYM_YEAR, plans=[{"id": "gym", "name": NAME, "family_max": 2}])
    holder, omar, sara = shop.customer(), shop.customer(), shop.customer()
    shop.sell(holder, YEAR)
    gym = Memberships(shop, holder)
    gym.share(omar)
    gym.share(sara)
    with pytest.raises(SameHousehold):
        referrals.bring(holder if holder_first else sara, omar)


def test_who_bought_before_is_not_brought(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar, merged = shop.customer(), shop.customer(), shop.customer()
    referrals.buy(omar, 6)
    with pytest.raises(FriendNotNew):
        referrals.bring(ana, omar)
    shop.merge(merged, omar)
    with pytest.raises(FriendNotNew):
        referrals.bring(ana, merged)


def test_who_brought_everything_back_is_not_new_either_but_who_never_bought_is(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, returned, voided = shop.customer(), shop.customer(), shop.customer()
    shop.take_back(referrals.buy(returned))
    shop.void(referrals.buy(voided))
    with pytest.raises(FriendNotNew):
        referrals.bring(ana, returned)
    referrals.bring(ana, voided)


def test_a_friend_is_brought_once(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    other, merged = shop.customer(), shop.customer()
    for advocate in (ana, other):
        with pytest.raises(ReferredAlready):
            referrals.bring(advocate, omar)
    shop.merge(omar, merged)
    with pytest.raises(ReferredAlready):
        referrals.bring(other, merged)


def test_who_did_not_buy_in_time_may_be_brought_again(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    referrals.follow(shop.at + timedelta(days=30))
    referrals.bring(ana, omar)
    assert referrals.standing() == [("refused", "expired"), ("pending", None)]


def test_who_is_blocked_neither_brings_nor_is_brought(shop: Shop, other_shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = shop.customer(), shop.customer()
    code = referrals.code(ana)
    for friend, refusal in (
        (shop.customer(status="blocked"), CustomerBlocked),
        (CustomerId("cus_nobody"), NoSuchCustomer),
        (other_shop.customer(), NoSuchCustomer),
    ):
        with pytest.raises(refusal):
            referrals.come(code, friend)
    block(shop, ana)
    with pytest.raises(AdvocateBlocked):
        referrals.come(code, omar)
    assert shop.rows("SELECT 1 FROM referrals") == []


def block(shop: Shop, customer_id: CustomerId) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        learn_customer(db, shop.tenant_id, customer_id, version=2, language="ar", status="blocked", at=shop.at)


def test_a_code_of_another_tenant_is_nobodys(shop: Shop, other_shop: Shop) -> None:
    referrals, theirs = Referrals(shop), Referrals(other_shop)
    assert referrals.come(theirs.code(other_shop.customer()), shop.customer()) is None


def test_an_advocate_farms_no_more_than_the_limits_allow(shop: Shop) -> None:
    """Named for Jexactyl/Jexactyl issue 253: no end to what one account could claim by referring."""
    referrals = Referrals(shop, limits=[{"at_most": 2, "per": "month"}, {"at_most": 3}])
    ana, merged = shop.customer(), shop.customer()
    for _ in range(2):
        referrals.bring(ana, shop.customer())
    with pytest.raises(ReferralLimitReached) as refused:
        referrals.bring(ana, shop.customer())
    assert refused.value.params == {"most": 2}
    shop.merge(ana, merged)
    with pytest.raises(ReferralLimitReached):
        referrals.bring(merged, shop.customer())
    # The two did not buy, and count no more; in the next month three may come in all.
    referrals.follow(shop.at + timedelta(days=31))
    for _ in range(2):
        referrals.bring(ana, shop.customer())
    shop.at += timedelta(days=29)
    referrals.bring(ana, shop.customer())
    with pytest.raises(ReferralLimitReached) as refused:
        referrals.bring(ana, shop.customer())
    assert refused.value.params == {"most": 3}


def outcomes(works: Sequence[Callable[[], object]]) -> Counter[str]:
    """How it ended for each of those who try at once."""

    def tried(work: Callable[[], object]) -> str:
        try:
            work()
        except Refused as refused:
            return type(refused).__name__
        return "in"

    with ThreadPoolExecutor(len(works)) as doors:
        return Counter(doors.map(tried, works))


def test_one_friend_at_many_doors_comes_once(shop: Shop) -> None:
    referrals = Referrals(shop)
    omar, codes = shop.customer(), [referrals.code(shop.customer()) for _ in range(2)]
    works = [lambda code=code: referrals.come(code, omar) for code in codes * 3]  # type: ignore[misc]
    assert outcomes(works) == {"in": 1, "ReferredAlready": 5}


def test_many_friends_at_once_for_the_last_place(shop: Shop) -> None:
    referrals = Referrals(shop, limits=[{"at_most": 2}])
    code, friends = referrals.code(shop.customer()), [shop.customer() for _ in range(6)]
    works = [lambda friend=friend: referrals.come(code, friend) for friend in friends]  # type: ignore[misc]
    assert outcomes(works) == {"in": 2, "ReferralLimitReached": 4}


@pytest.mark.parametrize("many", [2, 3, 4, 5])
def test_a_ring_made_at_once_stays_open(shop: Shop, many: int) -> None:
    referrals = Referrals(shop)
    ring = [shop.customer() for _ in range(many)]
    codes = [referrals.code(customer) for customer in ring]
    works = [
        lambda code=code, friend=friend: referrals.come(code, friend)  # type: ignore[misc]
        for code, friend in zip(codes, [*ring[1:], ring[0]], strict=True)
    ]
    assert outcomes(works) == {"in": many - 1, "ReferralRing": 1}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=14))
def test_no_ring_however_they_bring_each_other(shop: Shop, brought: list[tuple[int, int]]) -> None:
    """Against a model: everybody has one advocate at most, and nobody is above themselves."""
    referrals = Referrals(shop)
    people = [shop.customer() for _ in range(6)]
    above: dict[int, int] = {}
    for advocate, friend in brought:
        chain, up = [advocate], above.get(advocate)
        while up is not None:
            chain.append(up)
            up = above.get(up)
        expected: type[Refused] | None = None
        if advocate == friend:
            expected = SelfReferral
        elif friend in above:
            expected = ReferredAlready
        elif friend in chain:
            expected = ReferralRing
        if expected is not None:
            with pytest.raises(expected):
                referrals.bring(people[advocate], people[friend])
        else:
            referrals.bring(people[advocate], people[friend])
            above[friend] = advocate


def test_a_ring_by_way_of_a_second_profile(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = referrals.two()
    second = shop.customer()
    shop.merge(second, ana)
    with pytest.raises(ReferralRing):
        referrals.bring(omar, second)
