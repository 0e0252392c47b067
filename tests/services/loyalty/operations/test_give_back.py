"""Burned units come back to the books: to their own lots, in parts, and as new lots where those are dead."""

import pytest

from services.loyalty.operations.give_back import give_back
from services.loyalty.queries.customers import locked
from services.loyalty.tables.books import Books
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def back(shop: Shop, customer_id: str, burn: str, amount: int, already: int = 0) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        standing = locked(db, shop.tenant_id, customer_id)  # type: ignore[arg-type]
        books = Books(shop.at)
        wallet = books.open_wallet(db, standing, "points")
        give_back(db, books, standing, wallet, burn=burn, reference="red_1", amount=amount, already=already)
        books.close(db)


def left(shop: Shop) -> list[int]:
    return [row["remaining"] for row in shop.rows("SELECT remaining FROM lots ORDER BY expires_at, id")]


def test_in_parts_to_their_own_lots(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=20))
    shop.adjust(ana, 10, expires_at=later(days=40))
    burn = shop.redeem(ana, shop.offer(15, {"kind": "goods", "name": {"en": "x", "ar": "x"}, "sku": "X"}))
    transaction = burn.redemption.transaction_id
    assert left(shop) == [0, 5]
    back(shop, ana, transaction, 3)
    assert left(shop) == [0, 8]
    back(shop, ana, transaction, 4, already=3)
    assert left(shop) == [2, 10]
    assert shop.points(ana) == (12, 12)
    kinds = shop.rows("SELECT kind, amount FROM entries WHERE wallet = 'customer' AND reference = 'red_1'")
    assert kinds == [{"kind": "reversal", "amount": 3}, {"kind": "reversal", "amount": 4}]
    # What is missing of the price is what the shop still has: the redemption stays.
    back(shop, ana, transaction, 8, already=7)
    assert left(shop) == [10, 10]


def test_dead_ones_pay_a_debt_first(shop: Shop) -> None:
    shop.publish({"kind": "earn", "id": "base", "name": {"en": "x", "ar": "x"}, "per": 100})
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=2))
    bought = shop.earn(ana, 10)
    burn = shop.redeem(ana, shop.offer(20)).redemption
    shop.take_back(bought)
    assert shop.points(ana) == (-10, 0)
    shop.at = later(days=3)
    shop.move(burn.id, "cancelled")
    assert shop.points(ana) == (10, 10)


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize("earned_since", [False, True])
def test_units_that_would_have_lapsed_live_for_a_week(shop: Shop, *, swept: bool, earned_since: bool) -> None:
    """The wallet's time was over while they were spent: they do not come back to live for ever, or with newer ones."""
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "sliding", "days": 10})
    ana = shop.customer()
    shop.earn(ana, 30)
    redeemed = shop.redeem(ana, shop.offer(30)).redemption.id
    shop.at = later(days=20)
    if swept:
        shop.expire()
    if earned_since:
        shop.earn(ana, 5)
    shop.move(redeemed, "cancelled")
    week = (later(days=27), shop.at)
    newer = {(later(days=30, hours=12), shop.at): 5} if earned_since else {}
    assert shop.deaths(ana, "points") == {week: 30, **newer}
    assert shop.breaches() == []
