"""What a wallet holds by the clock."""

from services.loyalty.domain.wallet import NextExpiry
from tests.services.loyalty.shop import Shop, later


def test_who_never_had_anything_has_nothing(shop: Shop) -> None:
    ana = shop.customer()
    balance = shop.balance(ana)
    assert (balance.balance, balance.available, balance.version, balance.next_expiry) == (0, 0, 0, None)


def test_all_of_it_at_once(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=3))
    shop.adjust(ana, 20, expires_at=later(days=3))
    shop.adjust(ana, 40, expires_at=later(days=5))
    shop.adjust(ana, 80)
    shop.hold(ana, 100, hours=1)
    balance = shop.balance(ana)
    assert (balance.balance, balance.held, balance.available, balance.pending) == (150, 100, 50, 0)
    assert balance.next_expiry == NextExpiry(later(days=3), 30)
    shop.at = later(days=3)
    balance = shop.balance(ana)
    assert (balance.balance, balance.held, balance.available) == (120, 0, 120)
    assert balance.next_expiry == NextExpiry(later(days=5), 40)
    shop.time_out()
