"""More money on a card."""

import pytest

from services.loyalty.domain.refusals.codes import GiftCardBlocked, NoSuchGiftCard
from services.loyalty.operations.top_up_gift_card import top_up_gift_card
from tests.services.loyalty.shop import BY_HAND, Shop, later


def top_up(shop: Shop, card_id: str, amount: int = 500) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        top_up_gift_card(db, shop.tenant_id, card_id, amount, by=BY_HAND, at=shop.at)


def test_it_is_added(shop: Shop) -> None:
    card = shop.gift_card(1000).card
    top_up(shop, card.id)
    assert shop.on_card(card.id) == 1500


def test_only_what_can_pay_is_topped_up(shop: Shop, other_shop: Shop) -> None:
    blocked, dead = shop.gift_card(1000).card, shop.gift_card(1000, expires_at=later(days=1)).card
    shop.change_card(blocked.id, "block")
    shop.at = later(days=1)
    for card_id, refusal in (
        (blocked.id, GiftCardBlocked),
        (dead.id, GiftCardBlocked),
        (other_shop.gift_card(1).card.id, NoSuchGiftCard),
        (shop.customer(), NoSuchGiftCard),
    ):
        with pytest.raises(refusal):
            top_up(shop, card_id)
