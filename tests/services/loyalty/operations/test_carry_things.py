"""Vouchers, passes and places in pools of merged customers: theirs who can use them, and given back unless used."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ids import CustomerId
from kernel.refusal import Refused
from tests.services.loyalty.passes import SWIM_TEN, Passes
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def owners(shop: Shop, table: str) -> list[CustomerId]:
    return [row["customer_id"] for row in shop.rows(f"SELECT customer_id FROM {table} ORDER BY id")]


def vouchers(shop: Shop, customer_id: CustomerId, count: int) -> list[str]:
    """Codes of rewards that the customer took."""
    shop.adjust(customer_id, count)
    offer = shop.offer(1)
    return [str(shop.redeem(customer_id, offer).code) for _ in range(count)]


def test_vouchers_that_were_not_used(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    used, later_used, left = vouchers(shop, old, 3)
    shop.sell(old, codes=[used])
    merge = shop.merge(old, new)
    assert owners(shop, "vouchers") == [old, new, new]
    shop.sell(new, codes=[later_used])
    shop.unmerge(merge)
    assert owners(shop, "vouchers") == [old, new, old]
    assert shop.sell(old, codes=[left]).purchase.discount == 1000


def test_a_voucher_in_a_checkout_follows_when_it_is_over(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    (code,) = vouchers(shop, old, 1)
    reservation = shop.reserve(old, code)
    shop.merge(old, new)
    assert (owners(shop, "vouchers"), shop.follow()) == ([old], 0)
    shop.release_vouchers(reservation.id)
    assert (shop.follow(), owners(shop, "vouchers"), shop.follow()) == (1, [new], 0)


def test_passes(shop: Shop) -> None:
    shop.publish(SWIM_TEN)
    old, new = shop.customer(), shop.customer()
    sold = Passes(shop, old).buy()
    merge = shop.merge(old, new)
    Passes(shop, new).use()
    assert owners(shop, "passes") == [new]
    shop.unmerge(merge)
    assert owners(shop, "passes") == [old]
    assert [row["entries_left"] for row in shop.rows("SELECT entries_left FROM passes")] == [9]
    assert sold


def test_a_place_in_a_pool(shop: Shop) -> None:
    old, new, ben = shop.customer(), shop.customer(), shop.customer()
    shop.pool(ben, old)
    merge = shop.merge(old, new)
    here = "SELECT customer_id FROM pool_members WHERE left_at IS NULL ORDER BY customer_id"
    assert [row["customer_id"] for row in shop.rows(here)] == sorted([new, ben])
    shop.at = later(hours=1)
    shop.unmerge(merge)
    assert [row["customer_id"] for row in shop.rows(here)] == sorted([old, ben])


def test_who_is_in_another_pool_stays_there(shop: Shop) -> None:
    old, new, ben, eva = (shop.customer() for _ in range(4))
    shop.pool(ben, old)
    stays = shop.pool(eva, new)
    shop.merge(old, new)
    here = "SELECT customer_id, pool_id FROM pool_members WHERE left_at IS NULL"
    assert {row["customer_id"]: row["pool_id"] for row in shop.rows(here)}[new] == stays
    assert len(shop.rows(here)) == 3


def test_a_voucher_is_used_or_moved_never_both(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    codes = vouchers(shop, old, 4)

    def buy(code: str) -> bool:
        try:
            return shop.sell(old, codes=[code]).purchase.discount == 1000
        except (Refused, AssertionError):
            return False

    with ThreadPoolExecutor(4) as hands:
        sales = [hands.submit(buy, code) for code in codes]
        hands.submit(shop.merge, old, new).result()
        used = sum(sale.result() for sale in sales)
    shop.follow()
    found = shop.rows("SELECT customer_id, status FROM vouchers")
    assert [row["status"] for row in found].count("used") == used
    assert all(row["customer_id"] == (old if row["status"] == "used" else new) for row in found)


@pytest.mark.parametrize("table", ["merged_counts", "merged_things"])
def test_a_neighbour_sees_nothing_of_it(shop: Shop, other_shop: Shop, table: str) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    shop.sell(old)
    vouchers(shop, old, 1)
    shop.merge(old, new)
    assert shop.rows(f"SELECT * FROM {table}")
    assert not other_shop.rows(f"SELECT * FROM {table}")
