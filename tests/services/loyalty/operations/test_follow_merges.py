"""What comes to a merged customer later."""

from concurrent.futures import ThreadPoolExecutor

from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_what_comes_later_follows(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    sold = shop.sell(old, line("THING", 2, 5000)).purchase.id
    shop.merge(old, new)
    shop.earn(old, 30)
    assert shop.follow() == 1
    assert (shop.points(old), shop.points(new)) == ((0, 0), (130, 130))
    shop.take_back(sold, {0: 1})
    assert (shop.points(old), shop.points(new)) == ((0, 0), (80, 80))
    assert shop.follow() == 0


def test_earning_on_both_during_the_merge_is_not_lost(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    with ThreadPoolExecutor(4) as hands:
        sales = [hands.submit(shop.earn, customer_id, 10) for _sale in range(6) for customer_id in (old, new)]
        merging = hands.submit(shop.merge, old, new)
        for job in (*sales, merging):
            job.result()
    shop.follow()
    assert (shop.points(old), shop.points(new)) == ((0, 0), (120, 120))
