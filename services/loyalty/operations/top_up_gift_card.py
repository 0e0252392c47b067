"""Putting more money on a gift card."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.codes import GiftCardBlocked
from services.loyalty.operations.issue_gift_card import put_on
from services.loyalty.queries.gift_cards import lock_card
from services.loyalty.tables.gift_cards import GiftCardRow


def top_up_gift_card(
    db: Session, tenant_id: TenantId, card_id: str, amount: int, *, by: ByHand, at: datetime
) -> GiftCardRow:
    """So many minor units more, which die when the card does. Raises NoSuchGiftCard and GiftCardBlocked."""
    card, standing = lock_card(db, tenant_id, card_id)
    if card.status != "active" or (card.expires_at is not None and card.expires_at <= at):
        raise GiftCardBlocked(status=card.status if card.status != "active" else "expired")
    put_on(db, card, standing, "top_up", amount, by, at)
    return card
