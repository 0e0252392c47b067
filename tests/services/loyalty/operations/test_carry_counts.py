"""What is counted of merged customers: once, whoever buys, and given back."""

from concurrent.futures import ThreadPoolExecutor

from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later

CARD = rule("stamp_card", card="coffee", stamps_needed=5, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
TWICE = rule("earn", per=100, limits=[{"at_most": 2, "per": "ever", "each": "customer"}])
RESTING = rule("earn", per=100, cool_down={"days": 3})
WELCOME = rule("earn", id="welcome", points=7, for_each="visit", conditions=[{"kind": "first_purchase"}])


def purchases(shop: Shop, *customers: str) -> list[int]:
    counted = {
        row["customer_id"]: row["purchases"] for row in shop.rows("SELECT customer_id, purchases FROM customers")
    }
    return [counted[customer_id] for customer_id in customers]


def stamps(shop: Shop, *customers: str) -> list[int]:
    on_card = {row["customer_id"]: row["stamps"] for row in shop.rows("SELECT customer_id, stamps FROM stamp_cards")}
    return [on_card.get(customer_id, 0) for customer_id in customers]


def test_a_purchase_of_the_first_is_one_of_the_second(shop: Shop) -> None:
    shop.publish(WELCOME)
    old, new = shop.customer(), shop.customer()
    shop.sell(old)
    shop.sell(old)
    merge = shop.merge(old, new)
    assert purchases(shop, old, new) == [0, 2]
    shop.sell(new)
    assert shop.points(new) == (7, 7), "the first purchase was the other's"
    shop.sell(old)
    assert shop.follow() == 1
    assert (purchases(shop, old, new), shop.follow()) == ([0, 4], 0)
    shop.unmerge(merge)
    assert purchases(shop, old, new) == [3, 1]


def test_stamps_go_on_one_card(shop: Shop) -> None:
    shop.publish(CARD)
    old, new = shop.customer(), shop.customer()
    shop.sell(old, line("COFFEE", 3))
    shop.sell(new, line("COFFEE", 1))
    merge = shop.merge(old, new)
    assert stamps(shop, old, new) == [0, 4]
    shop.sell(new, line("COFFEE", 1))
    assert stamps(shop, old, new) == [0, 0]
    assert [row["customer_id"] for row in shop.rows("SELECT customer_id FROM vouchers")] == [new]
    shop.unmerge(merge)
    assert stamps(shop, old, new) == [0, 0], "what filled a card stays used"


def test_stamps_that_were_not_used_come_back(shop: Shop) -> None:
    shop.publish(CARD)
    old, new = shop.customer(), shop.customer()
    sold = shop.sell(old, line("COFFEE", 3)).purchase.id
    shop.sell(new, line("COFFEE", 1))
    merge = shop.merge(old, new)
    shop.take_back(sold, {0: 2})
    assert stamps(shop, old, new) == [-2, 4]
    shop.follow()
    assert stamps(shop, old, new) == [0, 2]
    shop.unmerge(merge)
    assert stamps(shop, old, new) == [1, 1]


def test_a_limit_counts_one_person_once(shop: Shop) -> None:
    shop.publish(TWICE)
    old, new = shop.customer(), shop.customer()
    first = shop.earn(old, 10)
    merge = shop.merge(old, new)
    assert shop.breaches() == []
    shop.earn(new, 10)
    shop.earn(new, 10)
    assert shop.points(new) == (20, 20), "the third time gives nothing"
    shop.take_back(first)
    assert shop.breaches() == []
    shop.follow()
    shop.earn(new, 10)
    assert shop.points(new) == (20, 20), "a use that was given back is there again"
    shop.unmerge(merge)
    assert shop.breaches() == []
    before, _available = shop.points(old)
    shop.earn(old, 10)
    assert shop.points(old)[0] == before + 10, "the first one's own use was given back"


def test_a_cool_down_runs_from_the_latest_use_of_either(shop: Shop) -> None:
    shop.publish(RESTING)
    old, new = shop.customer(), shop.customer()
    shop.earn(new, 10)
    shop.at = later(days=2)
    sold = shop.earn(old, 10)
    merge = shop.merge(old, new)
    shop.at = later(days=4)
    shop.earn(new, 10)
    assert (shop.points(new), shop.breaches()) == ((20, 20), [])
    shop.take_back(sold)
    shop.follow()
    assert shop.breaches() == []
    shop.earn(new, 10)
    assert shop.points(new) == (20, 20), "the latest use that is left was four days ago"
    shop.unmerge(merge)
    assert shop.breaches() == []
    before, _available = shop.points(old)
    shop.earn(old, 10)
    assert shop.points(old)[0] == before + 10, "the first one's own use was given back"


def test_a_person_of_three(shop: Shop) -> None:
    shop.publish(TWICE, CARD)
    one, two, three = shop.customer(), shop.customer(), shop.customer()
    shop.sell(one, line("COFFEE", 1))
    shop.sell(two, line("COFFEE", 1))
    first = shop.merge(one, two)
    second = shop.merge(two, three)
    shop.sell(one, line("COFFEE", 1))
    shop.follow()
    shop.follow()
    assert (purchases(shop, one, two, three), stamps(shop, one, two, three)) == ([0, 0, 3], [0, 0, 3])
    assert shop.breaches() == []
    shop.unmerge(second)
    assert (purchases(shop, one, two, three), stamps(shop, one, two, three)) == ([0, 3, 0], [0, 3, 0])
    shop.unmerge(first)
    assert (purchases(shop, one, two, three), stamps(shop, one, two, three)) == ([2, 1, 0], [2, 1, 0])
    assert shop.breaches() == []


def test_sales_to_both_during_the_merge_are_counted_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, CARD, rule("earn", id="limited", limits=[{"at_most": 99, "per": "ever"}], per=100))
    old, new = shop.customer(), shop.customer()
    with ThreadPoolExecutor(4) as hands:
        sales = [hands.submit(shop.sell, who, line("COFFEE", 1, 1000)) for _sale in range(6) for who in (old, new)]
        merging = hands.submit(shop.merge, old, new)
        for job in (*sales, merging):
            job.result()
    shop.follow()
    assert (purchases(shop, old, new), stamps(shop, old)) == ([0, 12], [0])
    filled = len(shop.rows("SELECT id FROM vouchers"))
    assert stamps(shop, new) == [12 - 5 * filled]
