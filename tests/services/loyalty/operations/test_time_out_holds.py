"""Holds that nobody closed."""

from tests.services.loyalty.shop import Shop, later


def test_holds_that_are_due_are_freed_once(shop: Shop, other_shop: Shop) -> None:
    ana, omar = shop.customer(), shop.customer()
    for customer_id in (ana, omar):
        shop.adjust(customer_id, 100)
    shop.hold(ana, 10, minutes=1)
    shop.hold(ana, 20, minutes=1)
    shop.hold(ana, 40, minutes=2)
    shop.hold(omar, 50, minutes=1)
    theirs = other_shop.customer()
    other_shop.adjust(theirs, 10)
    other_shop.hold(theirs, 10, minutes=1)
    shop.at = later(minutes=1, seconds=-1)
    assert shop.time_out() == 0
    shop.at = other_shop.at = later(minutes=1)
    assert (shop.time_out(), shop.time_out()) == (3, 0)
    assert (shop.balance(ana).held, shop.balance(omar).held) == (40, 0)
    assert shop.rows("SELECT held FROM wallets ORDER BY held") == [{"held": 0}, {"held": 40}]
    assert other_shop.rows("SELECT status FROM holds") == [{"status": "held"}]
    closed = shop.rows("SELECT closed_at FROM holds WHERE status = 'expired'")
    assert closed == [{"closed_at": shop.at}] * 3
