"""Quotes: what a basket would cost, earn and unlock. Nothing changes; only wrong codes are counted."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from chassis.web.caller import Caller, CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.api.purchase_documents import (
    EffectDocument,
    MissDocument,
    ProgramReference,
    TotalsDocument,
    effect_documents,
    miss_documents,
)
from services.loyalty.api.quote_tokens import Quoted, quote_token
from services.loyalty.api.tiers import NamedTier, NextTier, named_tier, next_tier
from services.loyalty.domain.basket import Basket, Label
from services.loyalty.domain.evaluate import Evaluation
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.refusals.codes import TooManyWrongCodes
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.domain.refusals.purchases import CurrencyMismatch
from services.loyalty.domain.tender import payments
from services.loyalty.domain.wording import tier_text
from services.loyalty.operations.check_guessing import check_guessing
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.queries.balance import balance_of, held_now, wallet_of
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.queries.tiers import admission_now, tier_record_now

router = APIRouter(prefix="/v1", tags=["purchases"], route_class=TransactionRoute)


class QuotedBasket(Basket):
    """A basket before it has a receipt."""

    external_id: Label = "quote"


class PointsPaymentDocument(BaseModel):
    """At most `units_max` units can pay `amount_max` minor units of the order, in steps of `step` units."""

    unit: str
    available: int
    units_max: int
    amount_max: int
    step: int
    step_amount: int


class TierAfterDocument(BaseModel):
    """The tier that the customer would be in after the purchase, and how far it is to the next one then."""

    tier: NamedTier | None
    next: NextTier | None
    text: str | None = Field(description="How far it is, in the language asked for.")


class QuoteDocument(BaseModel):
    """What the basket would cost and cause. Name `id` as the purchase's `quote_id` to have it honoured."""

    object: str = "quote"
    id: str | None = Field(description="Null when the tenant has no program: there is nothing to honour.")
    expires_at: datetime | None
    currency: str
    totals: TotalsDocument
    effects: list[EffectDocument]
    misses: list[MissDocument]
    pay_with_points: PointsPaymentDocument | None = Field(
        default=None, description="What points can pay of it; null where the program does not take them."
    )
    tier_after: TierAfterDocument | None = Field(
        default=None, description="Null where the program has no tiers, and for a walk-in."
    )
    program: ProgramReference | None


@router.post(
    "/quotes",
    dependencies=[needs("purchases:write")],
    responses=problems(CustomerUnknown, CustomerBlocked, CurrencyMismatch, TooManyWrongCodes),
)
def create_quote(
    basket: QuotedBasket, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> QuoteDocument:
    """Say what a purchase of this basket would do, rule by rule, and what it just misses."""
    introduce_customers(request, db, caller, basket.customer_id)
    guesser = guesser_of(caller, basket)
    if basket.codes:
        check_guessing(db, caller.tenant_id, guesser, at=now)
    decided, shelved = quote_basket(db, caller.tenant_id, basket, at=now)
    wrong = sum(miss.condition == "unknown_code" for miss in decided.misses)
    count_wrong_codes(db, caller.tenant_id, guesser, wrong, at=now)
    promise: dict[str, Any] = {"id": None, "expires_at": None, "program": None}
    if shelved is not None:
        quoted = Quoted(shelved.program_id, shelved.version)
        token, expires_at = quote_token(request.app.state.settings, caller.tenant_id, basket, quoted, now)
        promise = {
            "id": token,
            "expires_at": expires_at,
            "program": ProgramReference(id=shelved.program_id, version=shelved.version),
        }
    compiled = shelved.compiled if shelved else None
    return QuoteDocument.model_validate(
        {
            **promise,
            "currency": basket.currency,
            "totals": TotalsDocument.model_validate(decided.totals, from_attributes=True),
            "effects": effect_documents(decided.effects, compiled, caller.language),
            "pay_with_points": points_payment(db, caller, basket, shelved, decided.totals.due, now),
            "misses": miss_documents(decided.misses, compiled, caller.language),
            "tier_after": tier_after(db, caller, basket, shelved, decided, now),
        }
    )


def tier_after(
    db: Session, caller: Caller, basket: Basket, program: ShelvedProgram | None, decided: Evaluation, now: datetime
) -> TierAfterDocument | None:
    """Where the purchase would bring the customer on the ladder."""
    rules = program.document.tier_rules if program else None
    if rules is None or program is None or basket.customer_id is None:
        return None
    today = rules.day(now)
    owner = (caller.tenant_id, CustomerId(basket.customer_id))
    record = tier_record_now(db, owner, rules, today)
    progress = rules.add(record.progress, today, rules.amount(decided.totals.due, decided.effects))
    standing = rules.standing(progress, record.floor, today, admission_now(db, owner, record))
    above, missing = standing.next_tier, standing.missing
    return TierAfterDocument(
        tier=named_tier(standing.tier),
        next=next_tier(standing),
        text=tier_text(missing, above, program.compiled, rules, caller.language) if above and missing else None,
    )


def points_payment(
    db: Session, caller: Caller, basket: Basket, program: ShelvedProgram | None, due: int, now: datetime
) -> PointsPaymentDocument | None:
    """What the customer's points can pay. Raises PointsNotTaken and PaymentTooLarge for what the basket says of it."""
    terms = program.document.pay_with_points if program else None
    unit = program.document.paying_unit if program else ""
    payments(terms, unit, basket, due)
    if terms is None or basket.customer_id is None:
        return None
    wallet = wallet_of(db, caller.tenant_id, CustomerId(basket.customer_id), unit)
    held = held_now(db, wallet, now) if wallet else 0
    available = balance_of(db, wallet, unit, held=held, at=now).available
    most = terms.most(due, available)
    return PointsPaymentDocument(
        unit=unit,
        available=available,
        units_max=most,
        amount_max=terms.money_for(most),
        step=terms.step,
        step_amount=terms.step_worth,
    )


def guesser_of(caller: Caller, basket: Basket) -> Guesser:
    """From where the basket's codes come."""
    till = f"{basket.store_id} {basket.till_id}" if basket.till_id else None
    return Guesser(caller.actor, till, basket.customer_id)
