"""Coupons at the till: which of those shown can be used, and which were. Source: docs/rules/coupons.md."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.loyalty.domain.coupon import CouponFacts
from services.loyalty.domain.effects import Effect, UseCoupon


def usable_coupons(coupons: Iterable[CouponFacts], today: date, *, known: bool) -> dict[str, CouponFacts]:
    """The coupon that each campaign's rules go by: of several that can be used, always the same.

    `today` is the day in the shop, `known` whether somebody named shows them.
    """
    usable: dict[str, CouponFacts] = {}
    for coupon in sorted(coupons, key=_code):
        if why_not(coupon, today, known=known) is None:
            usable.setdefault(coupon.campaign, coupon)
    return usable


def why_not(coupon: CouponFacts, today: date, *, known: bool) -> str | None:
    """The condition that keeps a coupon from being used; None when nothing does."""
    if coupon.barred == "stopped":
        return "coupon_stopped"
    if coupon.starts_on is not None and today < coupon.starts_on:
        return "coupon_not_yet"
    if coupon.ends_on is not None and today > coupon.ends_on:
        return "coupon_ended"
    if coupon.barred is not None:
        return f"coupon_{coupon.barred}"
    return "coupon_customer" if coupon.per_customer and not known else None


def coupons_used(
    effects: Iterable[Effect], usable: Mapping[str, CouponFacts], asking: Mapping[str, str]
) -> tuple[UseCoupon, ...]:
    """The coupons whose campaigns' rules did something. `asking` is the campaign that each rule asks for."""
    worked = {asking.get(getattr(effect, "rule", "")) for effect in effects}
    return tuple(
        UseCoupon(code=coupon.code, written=coupon.written, campaign=campaign)
        for campaign, coupon in sorted(usable.items())
        if campaign in worked
    )


def _code(coupon: CouponFacts) -> str:
    return coupon.code
