"""Taking what pays for a purchase out of the wallets it comes from. Source: docs/rules/pay-with-points.md."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from contracts.events.loyalty import PaidWith
from kernel.ids import CustomerId, TenantId
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.effects import Pay
from services.loyalty.domain.lot import Draw
from services.loyalty.domain.refusals.codes import GiftCardBlocked, GiftCardTooLow, GiftCardUnknown
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.domain.tender import GIFT_CARD
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.gift_cards import BLOCKED_CARD, CARD
from services.loyalty.tables.standings import Owner, Standing, Wallet


class PlannedPayment(NamedTuple):
    """A payment, the wallet it comes from, and the lots that give it."""

    pay: Pay
    standing: Standing
    wallet: Wallet
    draws: tuple[Draw, ...]


def plan_payments(
    db: Session, books: Books, tenant_id: TenantId, pays: Sequence[Pay], standings: Mapping[Owner, Standing]
) -> list[PlannedPayment]:
    """Which lots pay; nothing is posted yet.

    Raises InsufficientPoints, GiftCardUnknown, GiftCardBlocked and GiftCardTooLow.
    """
    return [_plan(db, books, pay, standings.get((tenant_id, CustomerId(pay.owner)))) for pay in pays]


def _plan(db: Session, books: Books, pay: Pay, standing: Standing | None) -> PlannedPayment:
    if pay.tender == GIFT_CARD:
        check_card(standing)
    assert standing is not None, "a customer is known before anything is decided"
    wallet = books.open_wallet(db, standing, pay.unit)
    time_out_holds_of(db, books, standing, wallet)
    lots = [opened.lot for opened in (wallet.lots or {}).values()]
    try:
        draws = plan_burn(lots, pay.units, at=books.at, held=wallet.held)
    except InsufficientPoints as refused:
        if pay.tender == GIFT_CARD:
            raise GiftCardTooLow(**refused.params) from refused
        raise
    return PlannedPayment(pay, standing, wallet, draws)


def check_card(standing: Standing | None) -> None:
    """Raises GiftCardUnknown and GiftCardBlocked."""
    if standing is None or standing.status not in (CARD, BLOCKED_CARD):
        raise GiftCardUnknown
    if standing.status == BLOCKED_CARD:
        raise GiftCardBlocked(status="blocked")


def take_payments(
    books: Books,
    purchase_id: str,
    occurred_at: datetime,
    planned: Sequence[PlannedPayment],
) -> tuple[list[Pay], list[PaidWith]]:
    """Burn what pays; the payments as they are stored, and what others are told."""
    taken = []
    for pay, standing, wallet, draws in planned:
        burned = movement("burn", "redeemed", purchase_id, occurred_at)
        books.take(standing, wallet, burned, draws)
        taken.append(replace(pay, burn=burned.id))
    return taken, [told(pay, pay.units, pay.amount) for pay in taken]


def told(pay: Pay, units: int, amount: int) -> PaidWith:
    """A payment as others hear of it; below zero when it was given back."""
    return PaidWith(tender=pay.tender, unit=pay.unit, units=Points(units), amount=amount)
