"""A customer's vouchers, taken in at the till. Source: docs/rules/vouchers.md."""

from collections.abc import Iterable, Sequence

from kernel.points import Rounding
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.customer import VoucherFacts
from services.loyalty.domain.effects import UseVoucher
from services.loyalty.domain.misses import ONE_UNIT, UNMET
from services.loyalty.domain.percent import percentage
from services.loyalty.domain.reward import AmountOff, FreeItem, PercentOff
from services.loyalty.domain.units import take, worth


def usable_vouchers(cart: Cart) -> list[VoucherFacts]:
    """The vouchers shown that can still be used, always in the same order; a miss for each of the others."""
    usable = []
    for voucher in sorted(cart.customer.vouchers, key=_code) if cart.customer else ():
        if voucher.used:
            cart.miss(None, "voucher_used", UNMET, voucher.code)
        elif voucher.valid_until is not None and voucher.valid_until <= cart.at:
            cart.miss(None, "voucher_expired", UNMET, voucher.code)
        elif voucher.reserved:
            cart.miss(None, "voucher_reserved", UNMET, voucher.code)
        else:
            usable.append(voucher)
    return usable


def use_for_items(cart: Cart, vouchers: Iterable[VoucherFacts]) -> None:
    """Give the cheapest matching unit of the basket for each voucher that is good for one."""
    for voucher in vouchers:
        if isinstance(voucher.reward, FreeItem):
            free, _ = take(cart.pick_loose(voucher.reward.selector), 1)
            if free:
                cart.effects.append(UseVoucher(code=voucher.code, amount=worth(free), pieces=cart.give_away(free)))
            else:
                cart.miss(None, "voucher", ONE_UNIT, voucher.code)


def use_for_money(cart: Cart, vouchers: Sequence[VoucherFacts]) -> None:
    """Take money off for each voucher that is good for some: percentages first, then amounts. Never below zero."""
    for voucher in vouchers:
        if isinstance(voucher.reward, PercentOff):
            _take_off(cart, voucher, voucher.reward)
    for voucher in vouchers:
        if isinstance(voucher.reward, AmountOff):
            _take_off(cart, voucher, voucher.reward)


def _take_off(cart: Cart, voucher: VoucherFacts, reward: PercentOff | AmountOff) -> None:
    places = cart.select(reward.selector)
    left = sum(cart.left[place] for place in places)
    if isinstance(reward, AmountOff):
        amount = min(reward.amount, left)
    else:
        amount = percentage(left, reward.percent_off, Rounding.HALF_UP)
    if amount:
        if reward.selector.is_everything:
            cart.order_wide.add(voucher.code)
        cart.effects.append(UseVoucher(code=voucher.code, amount=amount, pieces=cart.take_off(amount, places)))
    else:
        cart.miss(None, "voucher", ONE_UNIT, voucher.code)


def _code(voucher: VoucherFacts) -> str:
    return voucher.code
