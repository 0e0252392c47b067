"""When a rule applies. A condition that does not hold says how far off it was. Source: docs/rules/conditions.md."""

from datetime import time
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from services.loyalty.domain.activity import AttributeName, AttributeValue, Deed, WholeNumber
from services.loyalty.domain.basket import MONEY_MAX, QUANTITY_MAX, Channel, Code, Label
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.misses import UNMET, Shortfall
from services.loyalty.domain.month_day import LeapDay, kept_on
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.selector import EVERYTHING, Labels, Selector
from services.loyalty.domain.share import place_in
from services.loyalty.domain.written import LocalTime

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


Channels = Annotated[frozenset[Channel], Field(min_length=1), PlainSerializer(sorted, return_type=list[str])]


# What a condition asks about.
Subject = Literal["basket", "activity", "customer", "moment"]


class ConditionDocument(BaseModel):
    """What all conditions share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: ClassVar[Subject] = "basket"


class SpendAtLeast(ConditionDocument):
    """The selected lines cost so much: what is left of them after earlier rules, or their price before discounts."""

    kind: Literal["spend_at_least"]
    amount: Annotated[int, Field(strict=True, gt=0, le=MONEY_MAX)]
    of: Literal["what_is_left", "subtotal"] = "what_is_left"
    selector: Selector = EVERYTHING

    def shortfall(self, cart: Cart) -> Shortfall | None:
        """The money still missing."""
        places = cart.places(self.selector)
        amounts = cart.lines.subtotals if self.of == "subtotal" else cart.left
        spent = sum(map(amounts.__getitem__, places))
        return Shortfall(self.amount - spent, "money") if spent < self.amount else None


class QuantityAtLeast(ConditionDocument):
    """So many of the selected units are paid for. Free units do not count."""

    kind: Literal["quantity_at_least"]
    quantity: Annotated[int, Field(strict=True, ge=1, le=QUANTITY_MAX)] = 1
    selector: Selector = EVERYTHING

    def shortfall(self, cart: Cart) -> Shortfall | None:
        """The units still missing."""
        bought = cart.count_units(self.selector)
        return Shortfall(self.quantity - bought, "units") if bought < self.quantity else None


class OnWeekdays(ConditionDocument):
    """It is one of these days in the shop, and within the hours when some are given.

    The hours include their beginning and not their end. Hours that pass midnight belong to the day they begin on.
    """

    about: ClassVar[Subject] = "moment"

    kind: Literal["on_weekdays"]
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = WEEKDAYS
    from_time: LocalTime | None = None
    until_time: LocalTime | None = None

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted."""
        now, today = cart.local.time(), cart.local.weekday()
        begin, end = self.from_time or time.min, self.until_time or time.max
        if begin < end:
            holds = self._has_day(today) and begin <= now and (now < end or self.until_time is None)
        else:
            holds = (now >= begin and self._has_day(today)) or (now < end and self._has_day(today - 1))
        return None if holds else UNMET

    def _has_day(self, weekday: int) -> bool:
        return WEEKDAYS[weekday] in self.days


class InChannel(ConditionDocument):
    """The purchase was made there."""

    kind: Literal["in_channel"]
    channels: Channels

    def shortfall(self, cart: Cart) -> Shortfall | None:
        """Nothing that can be counted."""
        return None if cart.basket.channel in self.channels else UNMET


class AtStores(ConditionDocument):
    """The purchase was made in one of these stores."""

    kind: Literal["at_stores"]
    stores: Annotated[Labels, Field(min_length=1)]

    def shortfall(self, cart: Cart) -> Shortfall | None:
        """Nothing that can be counted."""
        return None if cart.basket.store_id in self.stores else UNMET


class HasCode(ConditionDocument):
    """The basket shows this coupon code."""

    kind: Literal["has_code"]
    code: Code

    def shortfall(self, cart: Cart) -> Shortfall | None:
        """Nothing that can be counted."""
        return None if cart.terms.plain_code(self.code) in cart.codes else UNMET


class HasCoupon(ConditionDocument):
    """The basket shows a code of this coupon campaign that can be used."""

    kind: Literal["has_coupon"]
    campaign: Label

    def shortfall(self, cart: Cart) -> Shortfall | None:
        """Nothing that can be counted."""
        return None if self.campaign in cart.coupons else UNMET


class FirstPurchase(ConditionDocument):
    """The customer has bought nothing before."""

    about: ClassVar[Subject] = "customer"

    kind: Literal["first_purchase"]

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted. A sale without a customer is nobody's first."""
        return None if cart.customer is not None and cart.customer.purchases == 0 else UNMET


class InTier(ConditionDocument):
    """The customer stands in one of these tiers."""

    about: ClassVar[Subject] = "customer"

    kind: Literal["in_tier"]
    tiers: Annotated[Labels, Field(min_length=1)]

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted. A sale without a customer stands in no tier."""
        return None if cart.customer is not None and cart.customer.tier in self.tiers else UNMET


class InSegment(ConditionDocument):
    """The customer is in at least one of these segments."""

    about: ClassVar[Subject] = "customer"

    kind: Literal["in_segment"]
    segments: Annotated[Labels, Field(min_length=1)]

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted. A sale without a customer is in no segment."""
        holds = cart.customer is not None and not self.segments.isdisjoint(cart.customer.segments)
        return None if holds else UNMET


class InShare(ConditionDocument):
    """The customer falls into this share of an experiment: from one percentage until just before another."""

    about: ClassVar[Subject] = "customer"

    kind: Literal["in_share"]
    experiment: Label
    from_percent: Annotated[int, Field(strict=True, ge=0, le=99)] = 0
    until_percent: Annotated[int, Field(strict=True, ge=1, le=100)]

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if self.from_percent >= self.until_percent:
            raise ValueError("a share ends after it begins")
        return self

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted. A sale without a customer is in no share."""
        if cart.customer is None:
            return UNMET
        place = place_in(self.experiment, cart.customer.id)
        return None if self.from_percent <= place < self.until_percent else UNMET


class HasPlan(ConditionDocument):
    """The customer has a membership on one of these plans that day, their own or one they share."""

    about: ClassVar[Subject] = "customer"

    kind: Literal["has_plan"]
    plans: Annotated[Labels, Field(min_length=1)]

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted. A sale without a customer has no plan."""
        if cart.customer is None:
            return UNMET
        day = local_date(cart.at, cart.terms.zone)
        return None if any(cart.customer.has_plan(plan, day) for plan in self.plans) else UNMET


class OnBirthday(ConditionDocument):
    """It is the customer's birthday in the shop, or so many days before or after it."""

    about: ClassVar[Subject] = "customer"

    kind: Literal["on_birthday"]
    days_before: Annotated[int, Field(strict=True, ge=0, le=60)] = 0
    days_after: Annotated[int, Field(strict=True, ge=0, le=60)] = 0
    leap_day: LeapDay = "february_28"

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted. Of a birthday that nobody told, nothing is known."""
        if cart.customer is None or cart.customer.birthday is None:
            return UNMET
        today = cart.local.date()
        kept = [kept_on(cart.customer.birthday, today.year + more, self.leap_day) for more in (-1, 0, 1)]
        return None if any(-self.days_before <= (today - day).days <= self.days_after for day in kept) else UNMET


class JoinedWithin(ConditionDocument):
    """The customer came in the last so many days, today included."""

    about: ClassVar[Subject] = "customer"

    kind: Literal["joined_within"]
    days: Annotated[int, Field(strict=True, ge=1, le=3660)]

    def shortfall(self, cart: Occasion) -> Shortfall | None:
        """Nothing that can be counted."""
        joined_on = cart.customer.joined_on if cart.customer else None
        return None if joined_on and (cart.local.date() - joined_on).days < self.days else UNMET


class AttributeEquals(ConditionDocument):
    """The activity's attribute has this value. Text is compared letter by letter."""

    about: ClassVar[Subject] = "activity"

    kind: Literal["attribute_equals"]
    attribute: AttributeName
    value: AttributeValue

    def shortfall(self, deed: Deed) -> Shortfall | None:
        """Nothing that can be counted."""
        return None if _same(deed.attribute(self.attribute), self.value) else UNMET


class AttributeOneOf(ConditionDocument):
    """The activity's attribute has one of these values."""

    about: ClassVar[Subject] = "activity"

    kind: Literal["attribute_one_of"]
    attribute: AttributeName
    values: Annotated[tuple[AttributeValue, ...], Field(min_length=1, max_length=100)]

    def shortfall(self, deed: Deed) -> Shortfall | None:
        """Nothing that can be counted."""
        found = deed.attribute(self.attribute)
        return None if any(_same(found, value) for value in self.values) else UNMET


class AttributeAtLeast(ConditionDocument):
    """The activity's attribute is a number, and so great."""

    about: ClassVar[Subject] = "activity"

    kind: Literal["attribute_at_least"]
    attribute: AttributeName
    at_least: WholeNumber

    def shortfall(self, deed: Deed) -> Shortfall | None:
        """How much is missing; nothing that can be counted where there is no number."""
        found = deed.attribute(self.attribute)
        if isinstance(found, bool) or not isinstance(found, int):
            return UNMET
        return Shortfall(self.at_least - found, "number") if found < self.at_least else None


def _same(found: AttributeValue | None, value: AttributeValue) -> bool:
    """Whether both are the same: yes is not 1."""
    return type(found) is type(value) and found == value


Condition = Annotated[
    SpendAtLeast
    | QuantityAtLeast
    | OnWeekdays
    | InChannel
    | AtStores
    | HasCode
    | HasCoupon
    | FirstPurchase
    | InTier
    | InSegment
    | InShare
    | HasPlan
    | OnBirthday
    | JoinedWithin
    | AttributeEquals
    | AttributeOneOf
    | AttributeAtLeast,
    Field(discriminator="kind"),
]
