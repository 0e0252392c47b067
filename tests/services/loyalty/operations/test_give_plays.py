"""The way in without a purchase: by hand, with a reason, as long as the instant win is open."""

import pytest

from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.instant_wins import InstantWinNotOpen, InstantWinUnknown
from tests.services.loyalty.instant_wins import BY, InstantWins
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_plays_are_given_with_a_reason(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create()
    given = wheels.give(instant_win_id, ana, 3)
    assert sorted(given) == wheels.plays(ana)
    for row in shop.rows("SELECT * FROM plays"):
        assert (row["source"], row["reason"], row["actor"]) == (row["id"], BY.reason, BY.actor)
        assert row["valid_until"] == later(days=7), "as long as it is open"
    assert shop.breaches() == []


@pytest.mark.parametrize(("play_days", "until"), [(2, later(days=2)), (30, later(days=7))])
def test_a_play_is_good_for_so_many_days_but_not_longer_than_the_instant_win(
    shop: Shop, play_days: int, until: object
) -> None:
    shop.publish(POINT_PER_RIYAL)
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.give(wheels.create(play_days=play_days), ana)
    assert [row["valid_until"] for row in shop.rows("SELECT valid_until FROM plays")] == [until]


def test_refused(shop: Shop, other_shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(opens_at=later(days=1).isoformat())
    with pytest.raises(InstantWinNotOpen):
        wheels.give(instant_win_id, ana)
    shop.at = later(days=2)
    with pytest.raises(CustomerBlocked):
        wheels.give(instant_win_id, shop.customer(status="blocked"))
    with pytest.raises(NoSuchCustomer):
        wheels.give(instant_win_id, other_shop.customer())
    with pytest.raises(InstantWinUnknown):
        wheels.give("iwn_nobodys", ana)
    shop.at = later(days=7)
    with pytest.raises(InstantWinNotOpen):
        wheels.give(instant_win_id, ana)
    assert shop.rows("SELECT * FROM plays") == []
