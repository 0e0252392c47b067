"""Gift cards. Source: docs/adr/0035-a-gift-card-owns-a-wallet.md."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from services.loyalty.tables.base import Base

# The status of a card's row among the owners of wallets: no customer's is called so.
CARD, BLOCKED_CARD = "gift_card", "blocked_gift_card"
CARDS = (CARD, BLOCKED_CARD)


class GiftCardRow(Base):
    """A card, under an id that follows from its code; the code itself is not kept. Its money is in its wallet.

    Its row among the customers is the lock for all it owns, and says whether it is blocked.
    """

    __tablename__ = "gift_cards"

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str]
    ending: Mapped[str]  # the code's last characters, by which people tell their cards apart
    status: Mapped[str]  # active, blocked, cancelled
    source: Mapped[str | None]  # the tenant's own name for the sale it was sold in
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class GiftCardStepRow(Base):
    """What was done with a card by hand: by whose key, and why. Never updated."""

    __tablename__ = "gift_card_steps"

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    gift_card_id: Mapped[str]
    step: Mapped[str]  # issue, top_up, block, unblock, cancel
    amount: Mapped[int]  # minor units put on the card; below zero taken off
    reason: Mapped[str]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]
