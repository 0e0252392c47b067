"""Paying with what we hold: points, and the money on gift cards. Source: docs/rules/pay-with-points.md."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.loyalty.domain.basket import BY_POINTS, Basket, Tender
from services.loyalty.domain.effects import Pay
from services.loyalty.domain.gift_card import gift_card_id
from services.loyalty.domain.pay_with_points import PayWithPoints
from services.loyalty.domain.refusals.offline import AllowanceNeeded
from services.loyalty.domain.refusals.purchases import PaymentTooLarge, PointsNotTaken

GIFT_CARD = "gift_card"


def card_tenders(basket: Basket) -> Iterator[tuple[Tender, str]]:
    """The tenders that are gift cards of ours, with the card's id: another's gift card comes without a code."""
    for tender in basket.tenders:
        if tender.kind == GIFT_CARD and tender.code is not None and tender.amount:
            yield tender, gift_card_id(tender.code)


def pays_itself(basket: Basket) -> bool:
    """Whether something we hold may pay for part of it."""
    return any(tender.kind == BY_POINTS for tender in basket.tenders) or any(card_tenders(basket))


def allowance_tender(basket: Basket) -> Tender | None:
    """The tender that was taken on an allowance, if one was: there is one at most."""
    return next((tender for tender in basket.tenders if tender.allowance), None)


def payments(
    terms: PayWithPoints | None, unit: str, basket: Basket, due: int, *, offline: bool = False
) -> tuple[Pay, ...]:
    """What the basket's own tenders take out of which wallets; what an allowance pays comes on top.

    Points are only what the till says they are where the program does not take them as money. Raises PointsNotTaken
    for so many points, AllowanceNeeded for any that were taken `offline`, and PaymentTooLarge above what is due or for
    a card that is named twice.
    """
    found: list[Pay] = []
    points = [one for one in basket.tenders if one.kind == BY_POINTS and one.amount and not one.allowance]
    if offline and points and terms:
        raise AllowanceNeeded
    for tender in points if terms else ():
        assert terms is not None
        if basket.customer_id is None or len(points) > 1:
            raise PointsNotTaken(amount=tender.amount, most=0, step=terms.step_worth)
        found.append(_pay(tender, basket.customer_id, unit, terms.units_for(tender.amount, due), due))
    cards = list(card_tenders(basket))
    found += [_pay(tender, card, basket.currency, tender.amount, due) for tender, card in cards]
    paid = sum(pay.amount for pay in found)
    if paid > due or len({card for _tender, card in cards}) < len(cards):
        raise PaymentTooLarge(amount=paid, due=due)
    return tuple(found)


def _pay(tender: Tender, owner: str, unit: str, units: int, due: int) -> Pay:
    return Pay(
        tender=tender.kind,
        owner=owner,
        unit=unit,
        units=units,
        amount=tender.amount,
        units_sold=units,
        amount_sold=tender.amount,
        due_sold=due,
    )


def kept(terms: PayWithPoints | None, paid: Sequence[Pay], due: int) -> tuple[Pay, ...]:
    """What of the payments stays when only `due` is left to pay: each its share, points in whole steps.

    It follows from the sale and what is left of it, whatever came back in between; nothing is taken a second time.
    """
    return tuple(_kept(terms, pay, min(due, pay.due_sold)) for pay in paid)


def _kept(terms: PayWithPoints | None, pay: Pay, due: int) -> Pay:
    amount = units = min(pay.amount, pay.amount_sold * due // pay.due_sold)
    if pay.allowance is not None:
        units = min(pay.units, pay.units_sold * amount // pay.amount_sold)
    elif pay.tender == BY_POINTS:
        assert terms is not None, "the version of the sale took points"
        units = amount // terms.step_worth * terms.step
        amount = terms.money_for(units)
    return replace(pay, units=units, amount=amount)


def as_far_as_due(basket: Basket, paid: Sequence[Pay], still: Sequence[Pay], due: int) -> Basket:
    """The basket with what its points still pay, and every other tender's share of what is left to pay."""
    sold = paid[0].due_sold
    left = min(due, sold)
    points = sum(pay.amount for pay in still if pay.tender == BY_POINTS)
    others = [
        tender.model_copy(update={"amount": tender.amount * left // sold})
        for tender in basket.tenders
        if tender.kind != BY_POINTS
    ]
    tenders = [Tender(kind=BY_POINTS, amount=points), *others] if points else others
    return basket.model_copy(update={"tenders": tuple(tenders)})


def shows_means(basket: Basket) -> bool:
    """Whether it says what somebody could pay with."""
    return any(tender.code or tender.allowance for tender in basket.tenders)


def without_codes(basket: Basket) -> Basket:
    """The basket as it is kept: who reads it cannot spend from its gift cards and allowances."""
    if not shows_means(basket):
        return basket
    tenders = [tender.model_copy(update={"code": None, "allowance": None}) for tender in basket.tenders]
    return basket.model_copy(update={"tenders": tuple(tenders)})


def as_kept(basket: Basket) -> str:
    """The basket as a document that may be read later."""
    return without_codes(basket).model_dump_json(exclude_defaults=True)
