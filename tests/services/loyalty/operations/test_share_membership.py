"""Families: who shares a membership has its plan whenever its holder has."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from contracts.events.loyalty import FamilyChanged
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.memberships import FamilyFull, InFamily, MembershipOver, MembershipUnknown
from services.loyalty.domain.refusals.wallets import SameCustomer
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.operations.rehearse_basket import rehearse_basket
from services.loyalty.operations.share_membership import share_membership
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.domain.pages import page_document
from tests.services.loyalty.memberships import GYM, GYM_YEAR, STAFF, YEAR, Memberships, sold
from tests.services.loyalty.shop import Shop

WATER = line("WATER", 1, 200)
FOR_TWO = {**GYM, "family_max": 2}


def holder_of(gym: Memberships) -> CustomerId:
    (row,) = gym.shop.rows("SELECT customer_id FROM memberships WHERE id = :id", id=gym.id)
    return CustomerId(str(row["customer_id"]))


def family(shop: Shop) -> tuple[Memberships, CustomerId, CustomerId]:
    """The page's gym, its holder, and Omar who shares it."""
    terms = page_document("membership").model_dump(mode="json", exclude_unset=True)
    shop.publish(*terms.pop("rules"), **terms)
    holder, omar = shop.customer(), shop.customer()
    shop.sell(holder, YEAR)
    gym = Memberships(shop, holder)
    gym.share(omar)
    return gym, holder, omar


def half_price(shop: Shop, *customers: CustomerId) -> list[bool]:
    """Who pays half for water; a quote and a dry run say the same."""
    found = []
    for customer_id in customers:
        sale = shop.sale(customer_id, WATER)
        with shop.database.transaction(shop.tenant_id) as db:
            quoted, program = quote_basket(db, shop.tenant_id, sale.basket, at=shop.at)
            assert program
            of = (program.program_id, program.version)
            rehearsed, _ = rehearse_basket(db, shop.tenant_id, *of, sale.basket, at=shop.at)
        recorded = shop.sell(customer_id, WATER).purchase
        assert quoted.totals.due == rehearsed.totals.due == recorded.due
        found.append(recorded.due == 100)
    return found


def test_the_family_of_the_page(shop: Shop) -> None:
    gym, holder, omar = family(shop)
    assert half_price(shop, holder, omar, shop.customer()) == [True, True, False]
    gym.freeze()
    assert half_price(shop, holder, omar) == [False, False]
    shop.at += timedelta(days=3)
    gym.resume()
    assert half_price(shop, holder, omar) == [True, True]
    gym.cancel()
    assert half_price(shop, holder, omar) == [True, True]
    shop.at += timedelta(days=1)
    assert half_price(shop, holder, omar) == [False, False]


def test_days_of_grace_are_for_renewing_and_renewed_all_have_it_again(shop: Shop) -> None:
    gym, holder, omar = family(shop)
    shop.at += timedelta(days=460)
    assert half_price(shop, holder, omar) == [False, False]
    shop.sell(holder, YEAR)
    assert half_price(shop, holder, omar) == [True, True]
    assert gym.family() == [omar]


def test_a_return_is_worked_out_from_what_was_shared_then(shop: Shop) -> None:
    gym, _holder, omar = family(shop)
    bought = shop.sell(omar, line("WATER", 2, 200)).purchase
    gym.part(omar)
    assert shop.take_back(bought.id, {0: 1}).refund == 100


def test_a_sale_claimed_later_counts_what_is_shared(shop: Shop) -> None:
    _gym, _holder, omar = family(shop)
    assert shop.claim(shop.sell(None, WATER).purchase.id, omar).refund == 100


def test_the_first_sale_of_a_new_version_asks_too(shop: Shop) -> None:
    """Before it nobody expected that families would be asked for."""
    shop.publish(GYM_YEAR, plans=[FOR_TWO])
    holder, omar = shop.customer(), shop.customer()
    shop.sell(holder, YEAR)
    Memberships(shop, holder).share(omar)
    shop.at += timedelta(days=1)
    half = rule("discount", percent_off=50, conditions=[{"kind": "has_plan", "plans": ["gym"]}])
    shop.publish(GYM_YEAR, half, plans=[FOR_TWO])
    assert half_price(shop, omar) == [True]


def test_who_came_is_told_and_kept(shop: Shop) -> None:
    gym, holder, omar = family(shop)
    told = shop.told()[-1]
    assert isinstance(told, FamilyChanged)
    assert (told.customer_id, told.holder_id, told.membership_id, told.step) == (omar, holder, gym.id, "joined")
    assert told.plan_name == {"en": "Gym", "ar": "النادي"}
    (row,) = shop.rows("SELECT actor, left_at FROM family_places")
    assert (row["actor"], row["left_at"]) == ("key_test", None)


def test_as_many_as_the_plan_allows(shop: Shop) -> None:
    gym = sold(shop, FOR_TWO)
    gym.share(shop.customer())
    gym.share(shop.customer())
    with pytest.raises(FamilyFull):
        gym.share(shop.customer())
    assert len(gym.family()) == 2


def test_none_unless_the_plan_says_so(shop: Shop) -> None:
    with pytest.raises(FamilyFull):
        sold(shop).share(shop.customer())


def test_many_at_once_for_the_last_place(shop: Shop) -> None:
    gym = sold(shop, {**GYM, "family_max": 1})
    people = [shop.customer() for _ in range(8)]

    def join(person: CustomerId) -> str:
        try:
            gym.share(person)
        except FamilyFull:
            return "full"
        return "in"

    with ThreadPoolExecutor(8) as doors:
        assert Counter(doors.map(join, people)) == {"in": 1, "full": 7}
    assert len(gym.family()) == 1


def test_two_families_at_once(shop: Shop) -> None:
    shop.publish(GYM_YEAR, plans=[FOR_TWO])
    gyms = []
    for _ in range(4):
        holder = shop.customer()
        shop.sell(holder, YEAR)
        gyms.append(Memberships(shop, holder))
    omar = shop.customer()

    def join(gym: Memberships) -> str:
        try:
            gym.share(omar)
        except InFamily:
            return "in another"
        return "in"

    with ThreadPoolExecutor(4) as doors:
        assert Counter(doors.map(join, gyms)) == {"in": 1, "in another": 3}
    assert sum(len(gym.family()) for gym in gyms) == 1


def test_who_cannot(shop: Shop, other_shop: Shop) -> None:
    gym, holder, omar = family(shop)
    for customer_id, refusal in (
        (holder, SameCustomer),
        (omar, InFamily),
        (CustomerId("cus_nobody"), NoSuchCustomer),
        (other_shop.customer(), NoSuchCustomer),
        (shop.customer(status="blocked"), CustomerBlocked),
    ):
        with pytest.raises(refusal):
            gym.share(customer_id)
    with pytest.raises(MembershipUnknown), shop.database.transaction(other_shop.tenant_id) as db:
        share_membership(db, other_shop.tenant_id, gym.id, other_shop.customer(), by=STAFF, at=shop.at)
    assert gym.family() == [omar]


def test_not_when_it_is_over(shop: Shop) -> None:
    gym = sold(shop, FOR_TWO)
    gym.cancel()
    shop.at += timedelta(days=1)
    with pytest.raises(MembershipOver):
        gym.share(shop.customer())


def test_a_holder_may_share_anothers(shop: Shop) -> None:
    gym, holder, omar = family(shop)
    shop.sell(omar, YEAR)
    own = Memberships(shop, omar)
    own.freeze()
    assert half_price(shop, omar) == [True]
    gym.part(omar)
    assert half_price(shop, omar) == [False]
    own.share(holder)
