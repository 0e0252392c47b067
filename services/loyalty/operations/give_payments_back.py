"""Giving back what paid for goods that came back, each part to its source. Source: docs/rules/pay-with-points.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from contracts.events.loyalty import PaidWith
from kernel.ids import CustomerId
from services.loyalty.domain.effects import Pay
from services.loyalty.operations.give_back import give_back
from services.loyalty.operations.take_payments import told
from services.loyalty.tables.books import Books
from services.loyalty.tables.receipts import PurchaseRecord
from services.loyalty.tables.standings import Standing, StandingsRequest


@dataclass(frozen=True, slots=True)
class Refund:
    """The part of a refund that went back to points or a gift card: `units` of its wallet, `amount` minor units."""

    tender: str
    owner: str
    unit: str
    units: int
    amount: int


def refunds_of(paid: Sequence[Pay], still: Sequence[Pay]) -> tuple[Refund, ...]:
    """What of each payment no longer pays."""
    return tuple(
        Refund(before.tender, before.owner, before.unit, before.units - after.units, before.amount - after.amount)
        for before, after in zip(paid, still, strict=True)
    )


def give_payments_back(
    db: Session,
    books: Books,
    purchase: PurchaseRecord,
    standing: Standing | None,
    paid: Sequence[Pay],
    still: Sequence[Pay],
) -> list[PaidWith]:
    """Give back what no longer pays, each to the lots it came from; what others are told.

    The purchase's customer is locked already; its gift cards are locked here. Who holds a card waits for no customer.
    """
    owners = {(purchase.tenant_id, CustomerId(pay.owner)) for pay in paid if pay.owner != purchase.customer_id}
    standings = {standing.owner: standing} if standing else {}
    if owners:
        with pipeline(db) as asking:
            request = StandingsRequest(asking, owners)
        standings |= request.answer()
    facts = []
    for before, after in zip(paid, still, strict=True):
        back = before.units - after.units
        if back:
            owner = standings[purchase.tenant_id, CustomerId(before.owner)]
            wallet = books.open_wallet(db, owner, before.unit)
            already = before.units_sold - before.units
            named = {"burn": before.burn, "reference": purchase.id}
            give_back(db, books, owner, wallet, **named, amount=back, already=already)
            facts.append(told(before, -back, after.amount - before.amount))
    return facts
