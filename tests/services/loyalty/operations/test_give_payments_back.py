"""A refund of nothing moves nothing."""

from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import Shop


def test_what_was_free_anyway_gives_nothing_back(shop: Shop) -> None:
    """Three for two, paid with a card: the one that comes back was the free one."""
    shop.publish(rule("buy_x_get_y"))
    ana = shop.customer()
    card = shop.gift_card(2000)
    tender = {"kind": "gift_card", "amount": 2000, "code": card.code}
    sold = shop.sell(ana, line("COFFEE", 3, 1000), tenders=[tender]).purchase
    before = shop.rows("SELECT count(*) FROM entries")
    returned = shop.take_back(sold.id, {0: 1})
    assert (returned.refund, [each.amount for each in returned.refunds]) == (0, [0])
    assert shop.rows("SELECT count(*) FROM entries") == before
    assert shop.take_back(sold.id, {0: 1}).refunds[0].amount == 1000
    assert shop.on_card(card.card.id) == 1000


def test_a_voided_sale_gives_all_back_and_opened_again_takes_nothing_a_second_time(shop: Shop) -> None:
    ana = shop.customer()
    card = shop.gift_card(800)
    tender = {"kind": "gift_card", "amount": 800, "code": card.code}
    sold = shop.sell(ana, line("THING", 1, 1000), tenders=[tender]).purchase
    assert shop.void(sold.id).refunds[0].amount == 800
    assert shop.on_card(card.card.id) == 800
    opened = shop.reopen(sold.id)
    assert (opened.refund, opened.refunds[0].amount) == (-1000, 0), "what is due again is the till's to take"
    assert shop.on_card(card.card.id) == 800


def test_a_claimed_sale_stays_paid(shop: Shop) -> None:
    shop.publish(rule("earn", per=100))
    ana = shop.customer()
    card = shop.gift_card(800)
    tender = {"kind": "gift_card", "amount": 800, "code": card.code}
    sold = shop.sell(None, line("THING", 1, 1000), tenders=[tender]).purchase
    shop.claim(sold.id, ana)
    assert (shop.on_card(card.card.id), shop.points(ana)) == (0, (10, 10))
    assert shop.take_back(sold.id).refunds[0].amount == 800
    assert shop.on_card(card.card.id) == 800
