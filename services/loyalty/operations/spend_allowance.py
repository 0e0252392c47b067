"""Taking what a till without a connection was paid with; what is not covered becomes a conflict.

Goods that are gone are gone: the sale stands, nothing goes below zero unseen. Source: docs/rules/offline.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events.loyalty import OfflineConflictFound, PaidWith
from kernel.ids import new_id
from kernel.points import Points
from services.loyalty.domain.allowance import REASONS, Reason, claimed, token_hash
from services.loyalty.domain.basket import Basket, Tender
from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.effects import Pay
from services.loyalty.domain.lot import Draw
from services.loyalty.domain.misses import Miss
from services.loyalty.domain.refusals.offline import AllowanceInvalid, AllowanceOfAnother
from services.loyalty.domain.refusals.purchases import CurrencyMismatch
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.operations.take_payments import told
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.holds import HoldRow
from services.loyalty.tables.offline import OfflineAllowanceRow, OfflineConflictRow
from services.loyalty.tables.standings import Standing, Wallet


class Price(NamedTuple):
    """What is due for a sale, and what others of our payments pay of it, in minor units."""

    due: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSpending:
    """A sale's payment on an allowance: the lots that give it, what it covers, and what not, in minor units."""

    pay: Pay
    row: OfflineAllowanceRow
    hold: HoldRow
    standing: Standing
    wallet: Wallet
    draws: tuple[Draw, ...]
    covered: int
    over: int
    reason: Reason | None

    @property
    def miss(self) -> Miss | None:
        """What the till is told of the part that is not covered."""
        if not self.over:
            return None
        return Miss(rule=None, condition="allowance", short_by=self.over, unit="money", code=self.row.id)


def plan_allowance(
    db: Session,
    books: Books,
    standing: Standing | None,
    tender: Tender,
    basket: Basket,
    price: Price,
    sold_at: datetime,
) -> PlannedSpending | None:
    """What the allowance pays of what is left, and from which lots; nothing is posted yet. None for nothing.

    The customer is locked. Raises AllowanceInvalid, AllowanceOfAnother and CurrencyMismatch.
    """
    if standing is None:
        raise AllowanceOfAnother
    row, hold = shown(db, standing, tender, basket)
    amount = min(tender.amount, price.due - price.paid)
    if not amount:
        return None
    wallet = books.open_wallet(db, standing, row.unit)
    time_out_holds_of(db, books, standing, wallet)
    reason = barred(row, hold, sold_at)
    covered = 0 if reason else min(amount, row.worth - row.spent)
    if covered < amount and reason is None:
        reason = "spent"
    needed = row.promise.units_for(row.spent + covered) - row.taken if covered else 0
    draws = drawn(hold, wallet, needed, books.at)
    units = sum(draw.amount for draw in draws)
    if units < needed:
        covered = min(covered, row.promise.worth_of(row.taken + units) - row.spent)
        reason = "not_enough" if hold.status == "held" else "too_late"
    pay = Pay(
        tender=tender.kind,
        owner=row.customer_id,
        unit=row.unit,
        units=units,
        amount=amount,
        units_sold=units,
        amount_sold=amount,
        due_sold=price.due,
        allowance=row.id,
    )
    return PlannedSpending(
        pay=pay,
        row=row,
        hold=hold,
        standing=standing,
        wallet=wallet,
        draws=draws,
        covered=covered,
        over=amount - covered,
        reason=reason,
    )


def shown(db: Session, standing: Standing, tender: Tender, basket: Basket) -> tuple[OfflineAllowanceRow, HoldRow]:
    """The allowance of a token, and its hold. Raises AllowanceInvalid, AllowanceOfAnother and CurrencyMismatch."""
    token = tender.allowance or ""
    serial = claimed(token).id
    found = db.execute(
        select(OfflineAllowanceRow, HoldRow)
        .join(
            HoldRow, (HoldRow.tenant_id == OfflineAllowanceRow.tenant_id) & (HoldRow.id == OfflineAllowanceRow.hold_id)
        )
        .where(OfflineAllowanceRow.tenant_id == standing.tenant_id, OfflineAllowanceRow.id == serial)
    ).one_or_none()
    if found is None or found[0].token_hash != token_hash(token):
        raise AllowanceInvalid
    row, hold = found
    if row.customer_id != standing.customer_id:
        raise AllowanceOfAnother
    if row.currency != basket.currency:
        raise CurrencyMismatch(basket=basket.currency, program=row.currency)
    return row, hold


def barred(row: OfflineAllowanceRow, hold: HoldRow, sold_at: datetime) -> Reason | None:
    """Why the allowance covers nothing of a sale of that moment, if it does not."""
    if not row.promise.is_in_time(sold_at):
        return "outside_time"
    # A hold that was closed by hand; one that ran out may still be paid from what is free.
    if hold.status == "released" or (hold.status == "captured" and hold.captured > row.taken):
        return "called_off"
    return None


def drawn(hold: HoldRow, wallet: Wallet, units: int, at: datetime) -> tuple[Draw, ...]:
    """The lots that give so many units, or as many as there are: those set aside, or once they are free, free ones."""
    if not units:
        return ()
    lots = [opened.lot for opened in (wallet.lots or {}).values()]
    own = hold.left if hold.status == "held" else 0
    since = hold.created_at if own else None
    try:
        return plan_burn(lots, units, at=at, held=wallet.held - own, since=since, clamp=True)
    except InsufficientPoints:
        return ()


def spend_allowance(
    db: Session, books: Books, planned: PlannedSpending, basket: Basket, purchase_id: str, sold_at: datetime
) -> tuple[Pay, PaidWith]:
    """Burn what is covered, and note what is not; the payment as it is stored, and what others are told of it."""
    pay, row, hold = planned.pay, planned.row, planned.hold
    if planned.draws:
        burned = movement("burn", "redeemed", purchase_id, sold_at)
        books.take(planned.standing, planned.wallet, burned, planned.draws)
        pay = replace(pay, burn=burned.id)
        if hold.status == "held":
            books.hold(planned.standing, planned.wallet, -pay.units)
            hold.captured = Points(hold.captured + pay.units)
            if not hold.left:
                hold.status, hold.closed_at = "captured", books.at
    row.taken, row.spent = Points(row.taken + pay.units), row.spent + planned.covered
    if planned.reason:
        note_conflict(db, books, planned, basket, purchase_id)
    db.flush()
    return pay, told(pay, pay.units, pay.amount)


def note_conflict(db: Session, books: Books, planned: PlannedSpending, basket: Basket, purchase_id: str) -> None:
    """Keep what nobody paid, and tell others."""
    assert planned.reason is not None
    row = planned.row
    conflict = OfflineConflictRow(
        tenant_id=row.tenant_id,
        id=new_id("ofc"),
        allowance_id=row.id,
        customer_id=row.customer_id,
        purchase_id=purchase_id,
        store_id=basket.store_id,
        till_id=basket.till_id,
        unit=row.unit,
        units=Points(row.promise.units_for(planned.over)),
        currency=row.currency,
        amount=planned.over,
        reason=planned.reason,
        found_at=books.at,
        resolution=None,
        note=None,
        actor=None,
        resolved_at=None,
    )
    db.add(conflict)
    books.postings.tell(
        OfflineConflictFound(
            tenant_id=planned.standing.tenant_id,
            customer_id=row.customer_id,
            occurred_at=books.at,
            conflict_id=conflict.id,
            allowance_id=row.id,
            purchase_id=purchase_id,
            store_id=basket.store_id,
            till_id=basket.till_id,
            unit=row.unit,
            units=conflict.units,
            currency=row.currency,
            amount=planned.over,
            reason=planned.reason,
            reason_text={"en": REASONS[planned.reason].en, "ar": REASONS[planned.reason].ar},
        ),
        None,
    )
