"""Settling what an allowance did not cover."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import OfflineConflictSettled
from kernel.ids import CustomerId
from kernel.refusal import Refused
from services.loyalty.domain.refusals.offline import OfflineConflictResolved, OfflineConflictUnknown
from services.loyalty.operations.settle_conflict import Resolution
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import Shop


@pytest.fixture
def ana(shop: Shop) -> CustomerId:
    """She has 600 points, and 100 of them are worth 5.00."""
    shop.publish(rule("earn", per=100_000), pay_with_points={"points": 100, "worth": 500, "step": 100})
    ana = shop.customer()
    shop.adjust(ana, 600)
    return ana


@pytest.fixture
def conflict_id(shop: Shop, ana: CustomerId) -> str:
    """Two tills took 20.00 each on 30.00: 10.00, or 200 points, are nobody's."""
    token, _row = shop.allow(ana, 600)
    for _number in range(2):
        tenders = [{"kind": "points", "amount": 2000, "allowance": token}]
        shop.sell(ana, line("THING", 1, 2000), tenders=tenders)
    (found,) = shop.rows("SELECT id FROM offline_conflicts")
    return str(found["id"])


@pytest.mark.parametrize("resolution", ["write_off", "collected"])
def test_it_is_let_go_or_was_paid(shop: Shop, ana: CustomerId, conflict_id: str, resolution: Resolution) -> None:
    settled = shop.settle(conflict_id, resolution)
    assert (settled.resolution, settled.note, settled.actor) == (resolution, "talked to her", "key_test")
    assert settled.resolved_at == shop.at
    assert shop.points(ana) == (0, 0)
    (told,) = [event for event in shop.told() if isinstance(event, OfflineConflictSettled)]
    assert (told.resolution, told.charged, told.amount) == (resolution, 0, 1000)


@pytest.mark.parametrize(("had", "left"), [(0, -200), (150, -50), (500, 300)])
def test_as_a_debt_it_takes_what_there_is_and_owes_the_rest(
    shop: Shop, ana: CustomerId, conflict_id: str, had: int, left: int
) -> None:
    if had:
        shop.adjust(ana, had)
    shop.settle(conflict_id, "debt")
    assert shop.points(ana) == (left, max(0, left))
    shop.adjust(ana, 1000)
    assert shop.points(ana) == (1000 + left, 1000 + left)
    (told,) = [event for event in shop.told() if isinstance(event, OfflineConflictSettled)]
    assert told.charged == 200


def test_what_is_set_aside_for_others_is_left_alone(shop: Shop, ana: CustomerId, conflict_id: str) -> None:
    shop.adjust(ana, 150)
    hold = shop.hold(ana, 100)
    shop.settle(conflict_id, "debt")
    assert shop.rows("SELECT balance, held, debt FROM wallets") == [{"balance": -50, "held": 100, "debt": 150}]
    with pytest.raises(Refused):
        shop.capture(hold.id)


def test_it_is_settled_once(shop: Shop, ana: CustomerId, conflict_id: str) -> None:
    shop.settle(conflict_id, "debt")
    with pytest.raises(OfflineConflictResolved):
        shop.settle(conflict_id, "debt")
    assert shop.points(ana) == (-200, 0)


def test_two_who_settle_it_at_once(shop: Shop, ana: CustomerId, conflict_id: str) -> None:
    def settle(_number: int) -> str:
        try:
            shop.settle(conflict_id, "debt")
        except OfflineConflictResolved:
            return "refused"
        return "settled"

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(settle, range(4))) == ["refused"] * 3 + ["settled"]
    assert shop.points(ana) == (-200, 0)


def test_a_neighbour_settles_nothing(shop: Shop, other_shop: Shop, conflict_id: str) -> None:
    with pytest.raises(OfflineConflictUnknown):
        other_shop.settle(conflict_id, "debt")
