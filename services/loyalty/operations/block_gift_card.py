"""Blocking a gift card, letting it pay again, and cancelling it with its sale."""

from datetime import datetime
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.burn import plan_burn, spendable
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.codes import GiftCardBlocked
from services.loyalty.operations.issue_gift_card import note_step
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.gift_cards import lock_card
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.gift_cards import BLOCKED_CARD, CARD, GiftCardRow
from services.loyalty.tables.standings import Standing

SET_STATUS = text("UPDATE customers SET status = :status WHERE tenant_id = :tenant_id AND customer_id = :id")

Change = Literal["block", "unblock", "cancel"]


def block_gift_card(
    db: Session, tenant_id: TenantId, card_id: str, change: Change, *, by: ByHand, at: datetime
) -> GiftCardRow:
    """Block a card, or let it pay again; or cancel it for good: what is unused leaves it.

    What was used of a cancelled card stays used: it is what was put on less what left. Again changes nothing.
    Raises NoSuchGiftCard, and GiftCardBlocked for a cancelled one.
    """
    card, standing = lock_card(db, tenant_id, card_id)
    status = {"block": "blocked", "unblock": "active", "cancel": "cancelled"}[change]
    if card.status == status:
        return card
    if card.status == "cancelled":
        raise GiftCardBlocked(status=card.status)
    card.status = status
    owner = {"tenant_id": tenant_id, "id": card_id}
    db.execute(SET_STATUS, {**owner, "status": CARD if change == "unblock" else BLOCKED_CARD})
    books = Books(at)
    step_id = new_id("gcs")
    taken = take_unused(db, books, card, standing, step_id) if change == "cancel" else 0
    note_step(db, books, card, step_id, change, -taken, standing.wallet(card.currency).balance, by)
    books.close(db)
    db.flush()
    return card


def take_unused(db: Session, books: Books, card: GiftCardRow, standing: Standing, step_id: str) -> int:
    """Take off the card what can be spent; answers how much."""
    wallet = books.open_wallet(db, standing, card.currency)
    time_out_holds_of(db, books, standing, wallet)
    lots = [opened.lot for opened in (wallet.lots or {}).values()]
    unused = spendable(lots, at=books.at, held=wallet.held)
    if unused:
        moved = movement("adjustment", "sold", step_id, books.at)
        books.take(standing, wallet, moved, plan_burn(lots, unused, at=books.at, held=wallet.held))
    return unused
