"""A card that is blocked, pays again, or is cancelled with its sale."""

import pytest

from kernel.refusal import Refused
from services.loyalty.domain.refusals.codes import GiftCardBlocked, NoSuchGiftCard
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import Shop


def pays(shop: Shop, code: str, amount: int) -> bool:
    tender = {"kind": "gift_card", "amount": amount, "code": code}
    (outcome,) = shop.record(shop.sale(None, line("THING", 1, amount), tenders=[tender]))
    return not isinstance(outcome, Refused)


def test_a_blocked_card_pays_nothing_until_it_is_let(shop: Shop) -> None:
    issued = shop.gift_card(1000)
    for _twice in range(2):
        assert shop.change_card(issued.card.id, "block").status == "blocked"
    assert not pays(shop, issued.code, 100)
    assert shop.change_card(issued.card.id, "unblock").status == "active"
    assert pays(shop, issued.code, 100)
    assert shop.on_card(issued.card.id) == 900


def test_pain_16_cancelling_the_sale_of_a_card_takes_the_unused_part_and_names_the_used(shop: Shop) -> None:
    issued = shop.gift_card(1000)
    assert pays(shop, issued.code, 300)
    shop.change_card(issued.card.id, "cancel")
    assert not pays(shop, issued.code, 100)
    assert shop.on_card(issued.card.id) == 0
    assert shop.rows("SELECT step, amount FROM gift_card_steps ORDER BY recorded_at, id") == [
        {"step": "issue", "amount": 1000},
        {"step": "cancel", "amount": -700},
    ]
    with pytest.raises(GiftCardBlocked):
        shop.change_card(issued.card.id, "unblock")


def test_nobody_blocks_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    for card_id in (other_shop.gift_card(1).card.id, shop.customer()):
        with pytest.raises(NoSuchGiftCard):
            shop.change_card(card_id, "block")
