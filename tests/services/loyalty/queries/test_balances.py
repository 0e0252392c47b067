"""Balances read together, each as if it were read alone, and the tag by which a phone asks whether anything changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, new_id
from services.loyalty.queries import balances
from services.loyalty.queries.balances import LOTS, BalanceAsked, BalanceRead, read_balances
from tests.services.loyalty.shop import A_YEAR, POINT_PER_RIYAL, Shop, later


def read(shop: Shop, *asked: BalanceAsked) -> list[BalanceRead | None]:
    """What the shop's clock makes of the questions, in one transaction that sees nothing before."""
    with shop.database.blind_transaction() as db:
        return read_balances(db, asked, at=shop.at)


def points(shop: Shop, customer_id: CustomerId, known: str = "") -> BalanceAsked:
    return BalanceAsked(shop.tenant_id, customer_id, "points", known)


def tag(shop: Shop, customer_id: CustomerId) -> str:
    (found,) = read(shop, points(shop, customer_id))
    assert found is not None
    return found.etag


@contextmanager
def round_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How often the database is asked meanwhile."""
    asked: list[int] = []

    def counted(db: object) -> object:
        asked.append(1)
        return pipeline(db)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(balances, "pipeline", counted)
        yield asked


def without_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nobody can look at lots."""
    monkeypatch.setattr(balances, "LOTS", LOTS.replace("JOIN lots", "JOIN there_is_no_such_table"))


def test_many_wallets_are_read_in_one_round_trip(shop: Shop, other_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two tenants, in two units, with all that a wallet may hold; each as it is when it is read by itself."""
    shop.publish(POINT_PER_RIYAL, pending_days=1, expiry=A_YEAR, further_units=[{"unit": "miles"}])
    other_shop.publish(POINT_PER_RIYAL, expiry={"kind": "sliding", "days": 30})
    ana, ben, eve, ida = shop.customer(), shop.customer(), shop.customer(), other_shop.customer()
    shop.earn(ana, 40)
    shop.adjust(ana, 10, expires_at=later(days=2))
    shop.adjust(ana, 20)
    shop.hold(ana, 5)
    shop.hold(ana, 5, minutes=1)
    shop.award(ben, {"points": 7, "unit": "miles"}, source="act_1")
    other_shop.earn(ida, 30)
    wallets = [(shop, ana, "points"), (shop, ben, "miles"), (shop, ben, "points"), (shop, eve, "points")]
    wallets += [(other_shop, ida, "points"), (shop, ana, "points")]
    asked = [BalanceAsked(where.tenant_id, who, unit) for where, who, unit in wallets]
    for at in (later(), later(minutes=2), later(days=1), later(days=2), later(days=400)):
        shop.at = other_shop.at = at
        with round_trips(monkeypatch) as trips:
            found = read(shop, *asked)
        assert [one and one.balance for one in found] == [where.balance(who, unit) for where, who, unit in wallets]
        assert len(trips) == 1
    shop.time_out()


def test_only_what_is_known_is_answered(shop: Shop, other_shop: Shop) -> None:
    """A card is no customer, and another tenant's customer is nobody: row-level security holds within one reading."""
    ana, ida = shop.customer(), other_shop.customer()
    other_shop.adjust(ida, 10)
    card = shop.gift_card(5000).card.id
    theirs = points(shop, ida)
    asked = [points(shop, ana), theirs, points(shop, CustomerId(card)), points(shop, CustomerId(new_id("cus")))]
    found = read(shop, *asked, points(other_shop, ida))
    assert [one.balance.balance if one and one.balance else None for one in found] == [0, None, None, None, 10]


def test_where_the_tag_is_right_no_lot_is_looked_at(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben = shop.customer(), shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=2))
    shop.hold(ana, 4)
    known = [points(shop, who, f'"other", W/{tag(shop, who)}') for who in (ana, ben)]
    without_lots(monkeypatch)
    with round_trips(monkeypatch) as trips:
        found = read(shop, *known)
    assert [one and (one.etag, one.balance) for one in found] == [(tag_of(one), None) for one in known]
    assert len(trips) == 1


def tag_of(asked: BalanceAsked) -> str:
    return asked.known.rpartition("W/")[2]


def test_only_those_whose_tag_is_wrong_wait_for_lots(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben, eve = shop.customer(), shop.customer(), shop.customer()
    for customer_id in (ana, ben, eve):
        shop.adjust(customer_id, 10)
    right, wrong = points(shop, ana, tag(shop, ana)), points(shop, ben, tag(shop, ben))
    shop.adjust(ben, 5)
    with round_trips(monkeypatch) as trips:
        found = read(shop, right, wrong, points(shop, eve))
    assert [one.balance.balance if one and one.balance else None for one in found] == [None, 15, 10]
    assert len(trips) == 2


def test_a_wallet_is_settled_until_time_changes_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=3))
    settled = points(shop, ana, tag(shop, ana))
    shop.at = later(days=3, seconds=-1)
    assert tag(shop, ana) == settled.known
    shop.at = later(days=3)
    (by_the_clock,) = read(shop, settled)
    assert by_the_clock is not None
    assert by_the_clock.balance == shop.balance(ana)
    shop.expire()
    booked = points(shop, ana, tag(shop, ana))
    assert len({settled.known, by_the_clock.etag, booked.known}) == 3
    shop.at = later(days=9999)
    without_lots(monkeypatch)
    (found,) = read(shop, booked)
    assert found is not None
    assert found.balance is None


def test_the_tag_changes_with_every_movement_and_every_hold(shop: Shop) -> None:
    ana = shop.customer()
    seen = [tag(shop, ana)]
    assert seen == ['"empty"']
    shop.adjust(ana, 100)
    seen.append(tag(shop, ana))
    shop.adjust(ana, -10)
    seen.append(tag(shop, ana))
    hold = shop.hold(ana, 10)
    seen.append(tag(shop, ana))
    shop.release(hold.id)
    seen.append(tag(shop, ana))
    shop.hold(ana, 10, minutes=1)
    seen.append(tag(shop, ana))
    shop.at = later(minutes=1)
    seen.append(tag(shop, ana))
    assert len(set(seen)) == len(seen)
    assert tag(shop, ana) == seen[-1]
