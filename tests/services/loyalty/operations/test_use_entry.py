import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.refusal import Refused
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.memberships import NoEntriesLeft
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.memberships import GYM, GYM_YEAR, YEAR, Memberships
from tests.services.loyalty.passes import SWIM_TEN, Passes
from tests.services.loyalty.shop import Shop

PAGE = Path(__file__).parents[4] / "docs/rules/passes.md"


@pytest.fixture
def swims(shop: Shop) -> Passes:
    shop.publish(SWIM_TEN)
    return Passes(shop, shop.customer())


def test_ten_entries_and_not_one_more(swims: Passes) -> None:
    swims.buy()
    assert [swims.use().entries_left for _ in range(10)] == list(range(9, -1, -1))
    with pytest.raises(NoEntriesLeft):
        swims.use()


def test_the_pass_that_ends_soonest_goes_first(swims: Passes, shop: Shop) -> None:
    swims.buy()
    shop.at += timedelta(days=1)
    swims.buy()
    swims.use(3)
    assert swims.left() == [7, 10]
    swims.use(8)
    assert swims.left() == [7, 2]


def test_the_last_day_is_the_shops(swims: Passes, shop: Shop) -> None:
    swims.buy()
    shop.at = datetime(2036, 3, 31, 20, 59, 59, tzinfo=UTC)
    swims.use()
    shop.at = datetime(2036, 3, 31, 21, 0, tzinfo=UTC)
    with pytest.raises(NoEntriesLeft):
        swims.use()


def test_two_turnstiles_at_once_use_one_each(swims: Passes) -> None:
    swims.buy()

    def turn(_number: int) -> bool:
        try:
            swims.use()
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as turnstiles:
        let_in = list(turnstiles.map(turn, range(25)))
    assert (sum(let_in), swims.left()) == (10, [0])


def test_nobodys_and_anothers(swims: Passes, shop: Shop, other_shop: Shop) -> None:
    swims.buy()
    with pytest.raises(NoEntriesLeft):
        Passes(shop, shop.customer()).use()
    with pytest.raises(NoEntriesLeft):
        swims.use(plan="sauna")
    with pytest.raises(NoSuchCustomer):
        Passes(other_shop, swims.customer_id).use()
    with pytest.raises(CustomerBlocked):
        Passes(shop, shop.customer(status="blocked")).use()


SWIM_OF_THE_GYM = {"id": "swim", "name": NAME, "shared_with_family_of": "gym"}
GYM_FOR_TWO = {**GYM, "family_max": 2}


def swimming_family(shop: Shop, swim: dict[str, Any] = SWIM_OF_THE_GYM) -> tuple[Memberships, Passes, Passes, Passes]:
    """A membership, the passes of its holder, and what Omar and Lina, who share it, can use."""
    shop.publish(GYM_YEAR, SWIM_TEN, plans=[GYM_FOR_TWO, swim])
    holder, omar, lina = (Passes(shop, shop.customer()) for _each in range(3))
    shop.sell(holder.customer_id, YEAR)
    gym = Memberships(shop, holder.customer_id)
    for relative in (omar, lina):
        gym.share(relative.customer_id)
    return gym, holder, omar, lina


def test_the_family_uses_the_holders_passes_after_its_own(shop: Shop) -> None:
    _gym, holder, omar, lina = swimming_family(shop)
    holder.buy()
    omar.buy()
    used = [omar.use(8), omar.use(3), lina.use(2)]
    assert (holder.left(), omar.left()) == ([5], [2])
    assert [row.used_by for row in used] == [omar.customer_id, omar.customer_id, lina.customer_id]
    with pytest.raises(NoEntriesLeft):
        omar.use(6)
    back = holder.give_back(used[1].id)
    assert (back.used_by, holder.left()) == (omar.customer_id, [8])
    assert shop.breaches() == []


def test_the_holder_does_not_use_what_is_theirs(shop: Shop) -> None:
    _gym, holder, omar, lina = swimming_family(shop)
    omar.buy()
    for other in (holder, lina):
        with pytest.raises(NoEntriesLeft):
            other.use()


def test_passes_are_shared_while_the_membership_is(shop: Shop) -> None:
    """As `has_plan`: not while it is frozen, not once they left, not when the holder is blocked or it is over."""
    gym, holder, omar, lina = swimming_family(shop)
    holder.buy()
    omar.use()
    gym.freeze()
    with pytest.raises(NoEntriesLeft):
        omar.use()
    shop.at += timedelta(days=1)
    gym.resume()
    omar.use()
    gym.part(omar.customer_id)
    with pytest.raises(NoEntriesLeft):
        omar.use()
    lina.use()
    gym.cancel()
    lina.use()
    shop.at += timedelta(days=1)
    with pytest.raises(NoEntriesLeft):
        lina.use()
    holder.use()
    assert holder.left() == [5]
    shop.customer(known=holder.customer_id, version=2, status="blocked")
    with pytest.raises(NoEntriesLeft):
        lina.use()


def test_passes_of_a_plan_that_does_not_say_so_are_the_holders_alone(shop: Shop) -> None:
    _gym, holder, omar, _lina = swimming_family(shop, {"id": "swim", "name": NAME})
    holder.buy()
    with pytest.raises(NoEntriesLeft):
        omar.use()


def test_a_family_at_several_turnstiles_uses_ten_and_not_one_more(shop: Shop) -> None:
    _gym, holder, omar, lina = swimming_family(shop)
    holder.buy()

    def turn(who: Passes) -> bool:
        try:
            who.use()
        except NoEntriesLeft:
            return False
        return True

    with ThreadPoolExecutor(6) as turnstiles:
        let_in = list(turnstiles.map(turn, [holder, omar, lina] * 6))
    assert (sum(let_in), holder.left()) == (10, [0])
    assert shop.breaches() == []


def test_who_leaves_while_they_come_in_is_in_or_out(shop: Shop) -> None:
    gym, holder, omar, lina = swimming_family(shop)
    holder.buy()
    with ThreadPoolExecutor(4) as pool:
        leaving = pool.submit(gym.part, omar.customer_id)
        coming = [pool.submit(who.use) for who in (omar, lina, omar)]
        leaving.result()
        let_in = sum(each.exception() is None for each in coming)
    assert holder.left() == [10 - let_in]
    with pytest.raises(NoEntriesLeft):
        omar.use()


def test_the_family_named_is_one_of_the_program(shop: Shop) -> None:
    with pytest.raises(ValueError, match="no plan of the program has"):
        shop.publish(SWIM_TEN, plans=[SWIM_OF_THE_GYM])


def test_the_example_of_the_page(shop: Shop) -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    terms = json.loads(blocks[1])
    shop.publish(*terms.pop("rules"), **terms)
    holder, omar = Passes(shop, shop.customer()), Passes(shop, shop.customer())
    shop.sell(holder.customer_id, YEAR)
    gym = Memberships(shop, holder.customer_id)
    gym.share(omar.customer_id)
    holder.buy()
    left = []
    for people, who in ((2, holder), (3, omar)):
        who.use(people)
        left.append(holder.left()[0])
    gym.freeze()
    with pytest.raises(NoEntriesLeft):
        omar.use()
    left.append(holder.left()[0])
    holder.use()
    left.append(holder.left()[0])
    table = re.findall(r"^\| .*? \| (?:in|refused) \| (\d+) \|$", PAGE.read_text(), re.MULTILINE)
    assert left == [int(number) for number in table]
