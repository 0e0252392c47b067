"""What a basket does for a customer. Source: docs/adr/0008-pure-program-engine.md."""

from datetime import datetime

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.caps import within_caps
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.evaluation import Evaluation, Totals
from services.loyalty.domain.misses import UNMET
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.refusals import CurrencyMismatch
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
    if not program.choices:
        return _apply_rules(program, Cart(program.terms, basket, customer, at, used))
    return stacked(
        program.choices, lambda shut: _apply_rules(program, Cart(program.terms, basket, customer, at, used, shut))
    )


def _apply_rules(program: CompiledProgram, cart: Cart) -> Evaluation:
    vouchers = usable_vouchers(cart)
    use_for_items(cart, vouchers)
    for rule in program.price_rules:
        rule.consider(cart)
    use_for_money(cart, vouchers)
    for rule in program.reward_rules:
        rule.consider(cart)
    _miss_unknown_codes(program, cart)
    capped = within_caps(cart.effects, program.terms, cart.customer.room if cart.customer else {})
    return Evaluation(effects=capped.effects, misses=(*cart.misses, *capped.misses), totals=_totals(cart))


def _miss_unknown_codes(program: CompiledProgram, cart: Cart) -> None:
    vouchers = {voucher.code for voucher in cart.customer.vouchers} if cart.customer else set()
    for code in cart.basket.codes:
        if program.terms.plain_code(code) not in program.codes and normalised(code) not in vouchers:
            cart.miss(None, "unknown_code", UNMET, code)


def _totals(cart: Cart) -> Totals:
    subtotal, due = cart.basket.subtotal, sum(cart.left)
    return Totals(subtotal=subtotal, discount=subtotal - due, due=due)
