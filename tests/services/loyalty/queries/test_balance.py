"""What a wallet holds by the clock, and the tag by which a phone asks whether anything changed."""

from kernel.ids import CustomerId
from services.loyalty.domain.wallet import NextExpiry
from services.loyalty.queries.balance import etag_of, held_now, is_settled, wallet_of
from services.loyalty.tables.ledger import WalletRow
from tests.services.loyalty.shop import Shop, later


def wallet(shop: Shop, customer_id: CustomerId) -> WalletRow:
    with shop.database.transaction(shop.tenant_id) as db:
        found = wallet_of(db, shop.tenant_id, customer_id, "points")
    assert found is not None
    return found


def tag(shop: Shop, customer_id: CustomerId) -> str:
    with shop.database.transaction(shop.tenant_id) as db:
        found = wallet_of(db, shop.tenant_id, customer_id, "points")
        return etag_of(found, held_now(db, found, shop.at) if found else 0)


def test_who_never_had_anything_has_nothing(shop: Shop) -> None:
    ana = shop.customer()
    balance = shop.balance(ana)
    assert (balance.balance, balance.available, balance.version, balance.next_expiry) == (0, 0, 0, None)
    assert tag(shop, ana) == '"empty"'


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


def test_a_wallet_is_settled_until_time_changes_it(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=3))
    found = wallet(shop, ana)
    assert (is_settled(found, later(days=3, seconds=-1)), is_settled(found, later(days=3))) == (True, False)
    shop.at = later(days=3)
    shop.expire()
    assert is_settled(wallet(shop, ana), later(days=9999))


def test_the_tag_changes_with_every_movement_and_every_hold(shop: Shop) -> None:
    ana = shop.customer()
    seen = [tag(shop, ana)]
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
