"""Issuing a gift card, and putting more money on it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import GiftCardMoved
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.gift_card import gift_card_id
from services.loyalty.domain.refusals.codes import GiftCardExists
from services.loyalty.domain.voucher_code import RANDOM_BYTES, voucher_code
from services.loyalty.operations.learn_customer import learn_customer
from services.loyalty.queries.gift_cards import lock_card
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.gift_cards import CARD, GiftCardRow, GiftCardStepRow
from services.loyalty.tables.standings import Standing

ENDING = 4


@dataclass(frozen=True, slots=True)
class Issued:
    """A new card, its code, which is told this once, and the money on it in minor units."""

    card: GiftCardRow
    code: str
    balance: int


def issue_gift_card(
    db: Session,
    tenant_id: TenantId,
    *,
    amount: int,
    currency: str,
    expires_at: datetime | None,
    source: str | None,
    by: ByHand,
    at: datetime,
) -> Issued:
    """A card with so many minor units on it. The money dies at `expires_at`."""
    code = voucher_code(secrets.token_bytes(RANDOM_BYTES))
    card_id = gift_card_id(code)
    if db.get(GiftCardRow, (tenant_id, card_id)) is not None:
        raise GiftCardExists
    learn_customer(db, tenant_id, CustomerId(card_id), version=0, language="en", status=CARD, at=at)
    card = GiftCardRow(
        tenant_id=tenant_id,
        id=card_id,
        currency=currency,
        ending=code[-ENDING:],
        status="active",
        source=source,
        issued_at=at,
        expires_at=expires_at,
    )
    db.add(card)
    db.flush()
    _card, standing = lock_card(db, tenant_id, card_id)
    return Issued(card, code, put_on(db, card, standing, "issue", amount, by, at))


def put_on(db: Session, card: GiftCardRow, standing: Standing, step: str, amount: int, by: ByHand, at: datetime) -> int:
    """Put money on a locked card, as a lot of its own; the balance after it."""
    books = Books(at)
    wallet = books.open_wallet(db, standing, card.currency)
    step_id = new_id("gcs")
    moved = movement("top_up", "sold", step_id, at)
    books.add(standing, wallet, moved, amount, spendable_at=at, expires_at=card.expires_at)
    note_step(db, books, card, step_id, step, amount, wallet.balance, by)
    books.close(db)
    db.flush()
    return wallet.balance


def note_step(
    db: Session, books: Books, card: GiftCardRow, step_id: str, step: str, amount: int, balance: int, by: ByHand
) -> None:
    """Keep who did what with a card, and tell others."""
    db.add(
        GiftCardStepRow(
            tenant_id=card.tenant_id,
            id=step_id,
            gift_card_id=card.id,
            step=step,
            amount=amount,
            reason=by.reason,
            actor=by.actor,
            recorded_at=books.at,
        )
    )
    books.postings.tell(
        GiftCardMoved(
            tenant_id=card.tenant_id,
            customer_id=None,
            occurred_at=books.at,
            gift_card_id=card.id,
            step=step,
            currency=card.currency,
            amount=amount,
            balance=Points(balance),
        ),
        by.trace,
    )
