"""Finding who has enough: everybody once, then only whose wallet something came into."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.operations import follow_balances as following
from services.loyalty.operations.adjust_points import adjust_points
from services.loyalty.operations.follow_balances import follow_balances
from services.loyalty.operations.update_reward import update_reward
from services.loyalty.schedules import redeem_all_automatically
from tests.services.loyalty.automatic import allow, look, offered, taken, waits
from tests.services.loyalty.shop import BY_HAND, POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.test_crash_points import at_every_statement


def change(shop: Shop, reward_id: str, **given: Any) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        update_reward(db, shop.tenant_id, reward_id, given, expected_version=None)


def people(shop: Shop, number: int, points: int) -> list[CustomerId]:
    found = [shop.customer() for _ in range(number)]
    for each in found:
        shop.adjust(each, points)
    return found


def test_who_has_enough_already_is_found_once(shop: Shop) -> None:
    rich, poor = people(shop, 3, 10), people(shop, 2, 9)
    offered(shop, 10)
    look(shop)
    assert [taken(shop, each) for each in (*rich, *poor)] == [1, 1, 1, 0, 0]
    assert look(shop) == 0


def test_a_reward_becomes_automatic_and_changes(shop: Shop) -> None:
    (ana,) = people(shop, 1, 30)
    reward = shop.offer(20)
    assert look(shop) == 0
    change(shop, reward, automatic={"at_most": 3})
    look(shop)
    assert taken(shop, ana) == 1
    change(shop, reward, price=10)
    look(shop)
    assert taken(shop, ana) == 2
    change(shop, reward, automatic=None)
    shop.adjust(ana, 100)
    assert look(shop) == 0
    assert taken(shop, ana) == 2


def test_nothing_is_seen_before_it_is_sealed(shop: Shop) -> None:
    """A transaction that began earlier may write a lower position than what is there already: it is not passed by."""
    offered(shop, 10)
    ana, ben = shop.customer(), shop.customer()
    look(shop)
    with shop.database.transaction(shop.tenant_id) as slow:
        adjust_points(slow, shop.tenant_id, ana, unit="points", amount=10, by=BY_HAND, expires_at=None, at=shop.at)
        slow.flush()
        shop.adjust(ben, 10)  # a higher position, and written first
        look(shop)
        assert (taken(shop, ana), taken(shop, ben)) == (0, 0)
    look(shop)
    assert (taken(shop, ana), taken(shop, ben)) == (1, 1)


@pytest.mark.parametrize(
    ("terms", "opens"),
    [
        pytest.param({"stock": 2}, {"stock": 9}, id="sold out"),
        pytest.param(
            {"limits": [{"at_most": 2, "of": "everyone"}]},
            {"limits": [{"at_most": 9, "of": "everyone"}]},
            id="everyone's limit",
        ),
    ],
)
def test_it_stays_where_it_is_until_others_can_take_it(
    shop: Shop, terms: dict[str, Any], opens: dict[str, Any]
) -> None:
    reward = offered(shop, 10, **terms)
    look(shop)
    waiting = people(shop, 4, 10)
    look(shop)
    assert sum(taken(shop, each) for each in waiting) == 2
    place = shop.rows("SELECT * FROM automatic_places")
    assert look(shop) == 0
    assert shop.rows("SELECT * FROM automatic_places") == place
    change(shop, reward, **opens)
    look(shop)
    assert [taken(shop, each) for each in waiting] == [1, 1, 1, 1]


def test_a_place_in_the_stock_goes_to_the_next(shop: Shop) -> None:
    offered(shop, 10, stock=1)
    ana, ben = people(shop, 2, 10)
    look(shop)
    first, second = (ana, ben) if taken(shop, ana) else (ben, ana)
    (row,) = shop.rows("SELECT id FROM redemptions")
    allow(shop, first, False)
    shop.move(str(row["id"]), "cancelled")
    look(shop)
    assert taken(shop, second) == 1


def test_it_begins_on_its_first_day(shop: Shop) -> None:
    shop.publish(time_zone="Asia/Riyadh")
    offered(shop, 10, starts_on="2036-03-03", ends_on="2036-03-03")
    (ana,) = people(shop, 1, 10)
    look(shop)
    assert taken(shop, ana) == 0
    shop.at = later(hours=12)
    look(shop)
    assert taken(shop, ana) == 1
    shop.adjust(ana, 10)
    shop.at = later(hours=36)
    look(shop)
    assert taken(shop, ana) == 1


def test_many_entries_are_read_some_at_a_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "ENTRIES_MAX", 1)
    offered(shop, 10)
    look(shop)
    (ana,) = people(shop, 1, 4)
    shop.adjust(ana, 4)
    people(shop, 2, 3)
    shop.adjust(ana, 4)
    look(shop)
    assert (taken(shop, ana), shop.points(ana)[0]) == (1, 2)


def test_only_whose_wallet_something_came_into_is_looked_at(shop: Shop) -> None:
    reward = offered(shop, 10)
    allow_none = people(shop, 3, 10)
    for each in allow_none:
        allow(shop, each, False)
    look(shop)
    shop.adjust(allow_none[0], -1)
    ana = shop.customer()
    shop.adjust(ana, 10)
    shop.seal()
    with shop.database.transaction(shop.tenant_id) as db:
        assert follow_balances(db, shop.tenant_id, reward, at=shop.at) == 1
    assert taken(shop, ana) == 1


def test_a_neighbour_s_points_are_not_looked_at(shop: Shop, other_shop: Shop) -> None:
    offered(shop, 10)
    theirs = other_shop.customer()
    other_shop.adjust(theirs, 10)
    look(other_shop)
    look(shop)
    assert taken(other_shop, theirs) == 0


def at_once(*work: Callable[[], Any]) -> None:
    with ThreadPoolExecutor(len(work)) as together:
        for each in [together.submit(one) for one in work]:
            each.result()


def test_two_jobs_at_once_take_it_once(shop: Shop) -> None:
    everybody = people(shop, 6, 25)
    offered(shop, 10)
    shop.seal()
    at_once(*[lambda: redeem_all_automatically(shop.database, shop.tenant_id, shop.at)] * 4)
    assert [(taken(shop, each), shop.points(each)[0]) for each in everybody] == [(2, 5)] * 6


def test_the_customer_takes_it_at_the_same_moment(shop: Shop) -> None:
    everybody = people(shop, 8, 10)
    reward = offered(shop, 10, stock=100)
    shop.seal()

    def by_hand() -> None:
        for each in everybody:
            with suppress(InsufficientPoints):
                shop.redeem(each, reward)

    at_once(by_hand, *[lambda: redeem_all_automatically(shop.database, shop.tenant_id, shop.at)] * 2)
    assert [shop.points(each)[0] for each in everybody] == [0] * 8
    assert shop.rows("SELECT count(*) FROM redemptions") == [{"count": 8}]
    assert shop.rows("SELECT taken FROM rewards") == [{"taken": 8}]


def step(shop: Shop, reward_id: str) -> int:
    with shop.database.transaction(shop.tenant_id) as db:
        return follow_balances(db, shop.tenant_id, reward_id, at=shop.at)


def test_whatever_statement_it_dies_at(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    reward = offered(shop, 10, at_most=100, limits=[{"at_most": 1000}])
    look(shop)

    def prepare() -> Callable[[], Any]:
        shop.earn(ana, 10)
        shop.seal()
        return lambda: step(shop, reward)

    at_every_statement(shop, monkeypatch, prepare)
    (earned,) = shop.rows("SELECT count(*) AS times FROM purchases")
    assert (taken(shop, ana), shop.points(ana)[0]) == (earned["times"], 0)


def test_a_stop_dies_and_is_told_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    reward = offered(shop, 10, at_most=1)
    look(shop)

    def prepare() -> Callable[[], Any]:
        people(shop, 1, 20)
        shop.seal()
        return lambda: step(shop, reward)

    at_every_statement(shop, monkeypatch, prepare)
    stops = shop.rows("SELECT data FROM outbox WHERE type = 'loyalty.automatic_redemption_stopped.v1'")
    assert len(stops) == len(waits(shop)) > 3
