"""What changes between two evaluations of a purchase. Source: docs/rules/returns.md."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

from services.loyalty.domain.effects import (
    Accrue,
    Discount,
    Effect,
    EnterDraw,
    ExtendMembership,
    Give,
    GivePlays,
    IssuePass,
    IssueVoucher,
    Stamp,
    UseCoupon,
    UseVoucher,
)
from services.loyalty.domain.tally import NOTHING_GIVEN, Given, given_by


class UnitsChange(NamedTuple):
    """Units to accrue, or to take back when below zero, for one rule and one life."""

    rule: str
    unit: str
    spendable_at: datetime
    expires_at: datetime | None
    amount: int


class StampsChange(NamedTuple):
    """Stamps to add to a card, or to take back when below zero. What fills or breaks is the card's to say."""

    card: str
    needed: int
    stamps: int


class MembershipChange(NamedTuple):
    """Months to add to a plan, or to take back when below zero; and how much more, or less, was paid for its time."""

    plan: str
    paid_months: int
    bonus_months: int
    price: int = 0


class PassChange(NamedTuple):
    """Passes to issue, or to revoke when below zero: each of so many entries on a plan, good until then."""

    plan: str
    entries: int
    valid_until: datetime | None
    passes: int


class DrawChange(NamedTuple):
    """Entries to put into a draw, or to take back when below zero."""

    draw: str
    draw_id: str
    entries: int


class PlaysChange(NamedTuple):
    """Plays of an instant win to give, good until then, or to take back when below zero."""

    instant_win: str
    instant_win_id: str
    valid_until: datetime
    plays: int


class GiftChange(NamedTuple):
    """Free units to hand over, or to hand back when below zero."""

    sku: str
    quantity: int


class CouponChange(NamedTuple):
    """A coupon, by its code in plain form, and its campaign."""

    code: str
    campaign: str


class GivenChange(NamedTuple):
    """How much more a rule gives, or less when below zero: what its limits count."""

    rule: str
    given: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is to be posted, so that what was posted before becomes what it would be now.

    `discount` is how much more is taken off, in minor units. Vouchers and coupons that are `freed` were used before and
    are not any more.
    Vouchers that came from a stamp card follow its stamps; `awarded` are others to issue, and `broken` the codes of
    others to revoke.
    """

    discount: int
    units: tuple[UnitsChange, ...]
    stamps: tuple[StampsChange, ...]
    memberships: tuple[MembershipChange, ...]
    gifts: tuple[GiftChange, ...]
    passes: tuple[PassChange, ...] = ()
    draws: tuple[DrawChange, ...] = ()
    plays: tuple[PlaysChange, ...] = ()
    vouchers_used: tuple[str, ...]
    vouchers_freed: tuple[str, ...]
    given: tuple[GivenChange, ...] = ()
    coupons_used: tuple[CouponChange, ...] = ()
    coupons_freed: tuple[CouponChange, ...] = ()
    awarded: tuple[IssueVoucher, ...] = ()
    broken: tuple[str, ...] = ()


def difference(before: Sequence[Effect], after: Sequence[Effect]) -> Difference:
    """What to post to get from one to the other. Posting the steps of a series posts the whole way."""
    used_before, used_after = _vouchers_used(before), _vouchers_used(after)
    coupons_before, coupons_after = _coupons_used(before), _coupons_used(after)
    awarded_before, awarded_after = _awarded(before), _awarded(after)
    return Difference(
        discount=_discount(after) - _discount(before),
        units=tuple(UnitsChange(*key, amount) for key, amount in _changes(_units(before), _units(after))),
        stamps=tuple(StampsChange(*key, stamps) for key, stamps in _changes(_stamps(before), _stamps(after))),
        memberships=_membership_changes(before, after),
        gifts=tuple(GiftChange(sku, quantity) for sku, quantity in _changes(_gifts(before), _gifts(after))),
        passes=tuple(PassChange(*key, passes) for key, passes in _changes(_passes(before), _passes(after))),
        draws=tuple(DrawChange(*key, entries) for key, entries in _changes(_entries(before), _entries(after))),
        plays=tuple(PlaysChange(*key, plays) for key, plays in _changes(_plays(before), _plays(after))),
        vouchers_used=tuple(sorted(used_after - used_before)),
        vouchers_freed=tuple(sorted(used_before - used_after)),
        given=_given_changes(given_by(before), given_by(after)),
        coupons_used=tuple(sorted(coupons_after - coupons_before)),
        coupons_freed=tuple(sorted(coupons_before - coupons_after)),
        awarded=tuple(effect for rule, effect in awarded_after.items() if rule not in awarded_before),
        broken=tuple(
            effect.code for rule, effect in awarded_before.items() if effect.code and rule not in awarded_after
        ),
    )


def _given_changes(before: Mapping[str, Given], after: Mapping[str, Given]) -> tuple[GivenChange, ...]:
    changes = [
        GivenChange(rule, after.get(rule, NOTHING_GIVEN).less(before.get(rule, NOTHING_GIVEN)))
        for rule in dict.fromkeys([*before, *after])
    ]
    return tuple(change for change in changes if any(change.given))


Key = TypeVar("Key", bound=Hashable)


def _changes(before: Counter[Key], after: Counter[Key]) -> list[tuple[Key, int]]:
    keys = dict.fromkeys([*before, *after])
    return [(key, after[key] - before[key]) for key in keys if after[key] != before[key]]


def _discount(effects: Sequence[Effect]) -> int:
    return sum(effect.amount for effect in effects if isinstance(effect, Discount | UseVoucher))


def _vouchers_used(effects: Sequence[Effect]) -> set[str]:
    return {effect.code for effect in effects if isinstance(effect, UseVoucher)}


def _coupons_used(effects: Sequence[Effect]) -> set[CouponChange]:
    return {CouponChange(effect.code, effect.campaign) for effect in effects if isinstance(effect, UseCoupon)}


def _awarded(effects: Sequence[Effect]) -> dict[str, IssueVoucher]:
    """The vouchers that no stamp card gave, by their rules."""
    return {effect.rule: effect for effect in effects if isinstance(effect, IssueVoucher) and effect.card is None}


def _units(effects: Sequence[Effect]) -> Counter[tuple[str, str, datetime, datetime | None]]:
    return _summed(
        ((effect.rule, effect.unit, effect.spendable_at, effect.expires_at), effect.amount)
        for effect in effects
        if isinstance(effect, Accrue)
    )


def _stamps(effects: Sequence[Effect]) -> Counter[tuple[str, int]]:
    return _summed(((effect.card, effect.needed), effect.stamps) for effect in effects if isinstance(effect, Stamp))


def _gifts(effects: Sequence[Effect]) -> Counter[str]:
    return _summed((effect.sku, effect.quantity) for effect in effects if isinstance(effect, Give))


def _passes(effects: Sequence[Effect]) -> Counter[tuple[str, int, datetime | None]]:
    return _summed(
        ((effect.plan, effect.entries, effect.valid_until), effect.passes)
        for effect in effects
        if isinstance(effect, IssuePass)
    )


def _entries(effects: Sequence[Effect]) -> Counter[tuple[str, str]]:
    return _summed(
        ((effect.draw, effect.draw_id), effect.entries) for effect in effects if isinstance(effect, EnterDraw)
    )


def _plays(effects: Sequence[Effect]) -> Counter[tuple[str, str, datetime]]:
    return _summed(
        ((effect.instant_win, effect.instant_win_id, effect.valid_until), effect.plays)
        for effect in effects
        if isinstance(effect, GivePlays)
    )


def _membership_changes(before: Sequence[Effect], after: Sequence[Effect]) -> tuple[MembershipChange, ...]:
    paid = dict(_changes(_months(before, "paid_months"), _months(after, "paid_months")))
    bonus = dict(_changes(_months(before, "bonus_months"), _months(after, "bonus_months")))
    price = dict(_changes(_months(before, "price"), _months(after, "price")))
    return tuple(
        MembershipChange(plan, paid.get(plan, 0), bonus.get(plan, 0), price.get(plan, 0))
        for plan in dict.fromkeys([*paid, *bonus, *price])
    )


def _months(effects: Sequence[Effect], kind: Literal["paid_months", "bonus_months", "price"]) -> Counter[str]:
    return _summed((effect.plan, getattr(effect, kind)) for effect in effects if isinstance(effect, ExtendMembership))


def _summed(amounts: Iterable[tuple[Key, int]]) -> Counter[Key]:
    sums: Counter[Key] = Counter()
    for key, amount in amounts:
        sums[key] += amount
    return sums
