"""Applying a rule as far as its limits allow. Source: docs/rules/limits.md, docs/rules/budgets.md."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Accrue, Discount, Effect, IssueVoucher, Piece
from services.loyalty.domain.limit import Limit
from services.loyalty.domain.local_day import day_start
from services.loyalty.domain.misses import MissUnit, Shortfall
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.period import next_start
from services.loyalty.domain.tally import NOTHING_GIVEN, Tally, given_by

if TYPE_CHECKING:
    from services.loyalty.domain.rules.rule import RuleDocument


def apply_within_limits(rule: "RuleDocument", cart: Occasion) -> None:
    """Apply the rule if its limits and its cool-down allow, whole or as much of it as is left; else say since when."""
    if not (_is_cool(rule, cart) and _is_something_left(rule, cart)):
        return
    trial = cart.trial()
    # Some rules look at what those before them did.
    trial.effects.extend(cart.effects)
    rule.apply(trial)
    del trial.effects[: len(cart.effects)]
    given = given_by(trial.effects).get(rule.id, NOTHING_GIVEN)
    left = given.of(rule.in_part) if rule.in_part else 0
    for limit in rule.limits:
        over = given.of(limit.of) - _left(rule.id, limit, cart)
        if over > 0 and limit.when_passed == "refuse":
            _refuse(rule.id, limit, cart, over, trial.effects)
            return
        if over > 0:
            left = min(left, given.of(limit.of) - over)
    if rule.in_part and left < given.of(rule.in_part):
        _give_part(cart, trial.effects, left)
    else:
        cart.adopt(trial)


def _is_cool(rule: "RuleDocument", cart: Occasion) -> bool:
    last = cart.used.last.get(rule.id)
    if rule.cool_down is None or last is None:
        return True
    # A sale that comes late may lie before the last use: then that one waits for it.
    earlier, later = min(last, cart.at), max(last, cart.at)
    if later >= rule.cool_down.ends_at(earlier, cart.terms.zone):
        return True
    cart.miss(rule.id, "cool_down", again_at=rule.cool_down.ends_at(last, cart.terms.zone))
    return False


def _is_something_left(rule: "RuleDocument", cart: Occasion) -> bool:
    for limit in rule.limits:
        if _left(rule.id, limit, cart) <= 0:
            cart.miss(rule.id, limit.condition, again_at=_again_at(limit, cart))
            return False
    return True


def _left(rule: str, limit: Limit, cart: Occasion) -> int:
    if limit.per == "sale":
        return limit.at_most
    return limit.at_most - cart.used.amounts.get(Tally(rule, limit.of, limit.per, limit.each).label, 0)


def _again_at(limit: Limit, cart: Occasion) -> datetime | None:
    if limit.per == "sale" or limit.per == "ever":
        return None
    return day_start(next_start(limit.per, cart.local.date()), cart.terms.zone)


def _refuse(rule: str, limit: Limit, cart: Occasion, over: int, effects: Iterable[Effect]) -> None:
    wallet = next((effect.unit for effect in effects if isinstance(effect, Accrue)), None)
    unit: MissUnit = "money" if limit.of == "money" else "units" if wallet is None else "wallet"
    again_at = _again_at(limit, cart)
    cart.miss(rule, f"{limit.condition}_passed", Shortfall(over, unit), again_at=again_at, wallet=wallet)


def _give_part(cart: Occasion, effects: Iterable[Effect], left: int) -> None:
    """Put the effects into the cart, cut to what is left of the units or the money. A voucher is whole."""
    for effect in effects:
        if isinstance(effect, IssueVoucher):
            cart.effects.append(effect)
        if not left or not isinstance(effect, Accrue | Discount):
            continue
        amount = min(effect.amount, left)
        left -= amount
        capped_from = effect.amount if amount < effect.amount else effect.capped_from
        if isinstance(effect, Accrue):
            cart.effects.append(replace(effect, amount=amount, capped_from=capped_from))
        else:
            assert isinstance(cart, Cart), "money is taken off a basket"
            pieces = _pieces(cart, effect, amount)
            cart.effects.append(replace(effect, amount=amount, pieces=pieces, capped_from=capped_from))


def _pieces(cart: Cart, whole: Discount, amount: int) -> tuple[Piece, ...]:
    """Take part of a discount off, on the same units."""
    by_line = {piece.line: piece for piece in whole.pieces}
    places = cart.ranked(by_line)
    parts = cart.share(amount, [by_line[place].amount for place in places], places)
    pieces = [replace(by_line[place], amount=part) for place, part in zip(places, parts, strict=True) if part]
    for piece in pieces:
        cart.left[piece.line] -= piece.amount
    return tuple(sorted(pieces, key=lambda piece: piece.line))
