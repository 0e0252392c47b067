"""Finding gift cards."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.codes import NoSuchGiftCard
from services.loyalty.tables.gift_cards import GiftCardRow
from services.loyalty.tables.standings import Standing, lock_standing


def find_card(db: Session, tenant_id: TenantId, card_id: str) -> GiftCardRow:
    """A gift card. Raises NoSuchGiftCard."""
    card = db.get(GiftCardRow, (tenant_id, card_id))
    if card is None:
        raise NoSuchGiftCard
    return card


def lock_card(db: Session, tenant_id: TenantId, card_id: str) -> tuple[GiftCardRow, Standing]:
    """A gift card under lock, and where its wallet stands. Raises NoSuchGiftCard."""
    standing = lock_standing(db, tenant_id, CustomerId(card_id))
    named = (GiftCardRow.tenant_id == tenant_id, GiftCardRow.id == card_id)
    card = db.scalar(select(GiftCardRow).where(*named).execution_options(populate_existing=True))
    if standing is None or card is None:
        raise NoSuchGiftCard
    return card, standing
