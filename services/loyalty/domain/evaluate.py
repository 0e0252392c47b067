"""What a basket does for a customer. Source: docs/adr/0008-pure-program-engine.md."""

from datetime import datetime

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.caps import within_caps
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.coupon import readings
from services.loyalty.domain.coupons import coupons_used, why_not
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.evaluation import Evaluation, Totals
from services.loyalty.domain.lines import Lines
from services.loyalty.domain.misses import UNMET
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.refusals.purchases import CurrencyMismatch
from services.loyalty.domain.stacking import stacked
from services.loyalty.domain.tally import NOTHING_USED, Used
from services.loyalty.domain.voucher_code import normalised
from services.loyalty.domain.vouchers import usable_vouchers, use_for_items, use_for_money

__all__ = ["Evaluation", "Totals", "evaluate"]


def evaluate(
    program: CompiledProgram, basket: Basket, customer: CustomerFacts | None, at: datetime, used: Used = NOTHING_USED
) -> Evaluation:
    """What the program does to this basket at that moment, and what it would take for more.

    `used` is what the rules with limits gave before. Pure: the same arguments give the same answer, and the order of
    the lines does not matter. Without a customer only what needs none applies. Raises CurrencyMismatch.
    """
    if basket.currency != program.terms.currency:
        raise CurrencyMismatch(basket=basket.currency, program=program.terms.currency)
    lines = Lines(basket.lines)
    if not program.choices:
        return _apply_rules(program, Cart(program.terms, basket, lines, customer, at, used))
    return stacked(
        program.choices,
        lambda shut: _apply_rules(program, Cart(program.terms, basket, lines, customer, at, used, shut)),
    )


def _apply_rules(program: CompiledProgram, cart: Cart) -> Evaluation:
    vouchers = usable_vouchers(cart)
    if vouchers:
        use_for_items(cart, vouchers)
    for rule in program.price_rules:
        rule.consider(cart)
    if vouchers:
        use_for_money(cart, vouchers)
    for rule in program.reward_rules:
        rule.consider(cart)
    if cart.basket.codes:
        _miss_unknown_codes(program, cart)
    if cart.used.coupons:
        _miss_coupons(program, cart)
    capped = within_caps(cart.effects, program.terms, cart.customer.room if cart.customer else {})
    effects = capped.effects
    if cart.used.coupons:
        effects = (*effects, *coupons_used(effects, cart.coupons, program.campaigns))
    return Evaluation(effects=effects, misses=(*cart.misses, *capped.misses), totals=_totals(cart))


def _miss_unknown_codes(program: CompiledProgram, cart: Cart) -> None:
    vouchers = {voucher.code for voucher in cart.customer.vouchers} if cart.customer else set()
    coupons = {coupon.code for coupon in cart.used.coupons}
    for code in cart.basket.codes:
        if program.terms.plain_code(code) in program.codes or normalised(code) in vouchers:
            continue
        if coupons.isdisjoint(reading.code for reading in readings([code])):
            cart.miss(None, "unknown_code", UNMET, code)


def _miss_coupons(program: CompiledProgram, cart: Cart) -> None:
    """Say of each coupon shown why it cannot be used; one that can be, and is not, is its rules' to explain."""
    asked = set(program.campaigns.values())
    for coupon in cart.used.coupons:
        why = why_not(coupon, cart.local.date(), known=cart.customer is not None)
        if why or coupon.campaign not in asked:
            cart.miss(None, why or "coupon_unasked", UNMET, coupon.written)


def _totals(cart: Cart) -> Totals:
    subtotal, due = sum(cart.lines.subtotals), sum(cart.left)
    return Totals(subtotal=subtotal, discount=subtotal - due, due=due)


def decide(
    program: CompiledProgram | None,
    basket: Basket,
    facts: CustomerFacts | None,
    at: datetime,
    used: Used = NOTHING_USED,
) -> Evaluation:
    """What the program makes of the basket; without one it only costs what it costs."""
    if program is not None:
        return evaluate(program, basket, facts, at, used)
    subtotal = basket.subtotal
    due = sum(line.total for line in basket.lines)
    return Evaluation(effects=(), misses=(), totals=Totals(subtotal=subtotal, discount=subtotal - due, due=due))
