"""Customers who bring others: what both get for it, and when. Source: docs/rules/referral.md."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from kernel.language import Text
from services.loyalty.domain.award import Award
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.local_day import day_start, days_later, local_date
from services.loyalty.domain.name import Name
from services.loyalty.domain.period import Period, period_start

ReferralStatus = Literal["pending", "held", "rewarded", "refused", "revoked"]
ReferralReason = Literal[
    "expired",
    "bought_before",
    "purchase_too_small",
    "purchases_max",
    "returned",
    "same_person",
    "same_household",
    "ring",
    "blocked",
]

HOLD_DAYS = 14
# By this name its units and vouchers are known, as others are by their rule's.
REFERRAL = "referral"
# What two can have none for at all. Whatever else bars them leaves them what they have.
UNDOING: tuple[ReferralReason, ...] = ("same_person", "ring")
# A till's clock may be slow by so much: what it sold a moment before the invitation was sold after it.
TILL_SLOW_MAX = timedelta(minutes=5)
REASONS: dict[ReferralReason, Text] = {
    "expired": Text(en="nothing was bought in time", ar="لم يتم الشراء في الوقت المحدد"),
    "bought_before": Text(en="the friend had bought before", ar="سبق للصديق أن اشترى"),
    "purchase_too_small": Text(en="the purchase was too small", ar="عملية الشراء أقل من الحد الأدنى"),
    "purchases_max": Text(
        en="as many of the friend's purchases as count were rewarded", ar="اكتمل عدد مشتريات الصديق التي تُكافأ"
    ),
    "returned": Text(en="the purchase was brought back", ar="أُرجعت عملية الشراء"),
    "same_person": Text(en="both are one person", ar="الطرفان شخص واحد"),
    "same_household": Text(en="both are of one household", ar="الطرفان من أسرة واحدة"),
    "ring": Text(en="the friend had brought the advocate", ar="الصديق هو من دعا صاحب الدعوة"),
    "blocked": Text(en="one of them is blocked", ar="أحد الطرفين محظور"),
}


class ReferralLimit(BaseModel):
    """An advocate brings at most so many in a period of the shop's calendar, or ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_most: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    per: Period | Literal["ever"] = "ever"

    def since(self, day: date, zone: ZoneInfo) -> datetime | None:
        """From when on those that count were made, for one made that day; None: all count."""
        return None if self.per == "ever" else day_start(period_start(self.per, day), zone)


class ReferralMilestone(BaseModel):
    """What an advocate gets for having brought so many `friends`: once, or for `every` so many of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    friends: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    award: Award
    every: StrictBool = False

    def reached(self, friends: int) -> range:
        """The numbers of friends for which it is given, up to that many."""
        last = friends if self.every else min(friends, self.friends)
        return range(self.friends, last + 1, self.friends)

    def after(self, friends: int) -> int | None:
        """The next number of friends for which it is given, when there are so many."""
        if self.every:
            return friends - friends % self.friends + self.friends
        return self.friends if friends < self.friends else None

    def meets(self, other: "ReferralMilestone") -> bool:
        """Whether both are given for some number of friends."""
        if self.every and other.every:
            return True
        return self.friends in other.reached(self.friends) or other.friends in self.reached(other.friends)


class ReferralTerms(BaseModel):
    """What an advocate and the friend they bring get, once the friend's first purchase is safe.

    The friend has `valid_days` to buy for at least `purchase_min`, in minor units; then the referral is held until
    `return_days` later. The friend's award comes then too, or with the purchase. Where it is enough that the friend
    `came`, it is held for `hold_days` from then on instead. What is brought back, or found out, within `take_back_days`
    after that takes the awards back. A code is good for `code_days`, or for ever.

    Under `every_purchase` each purchase that the friend makes within `valid_days` is held, rewarded and taken back by
    itself in the same way; at most `purchases_max` of one friend's are rewarded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    advocate: Award | None = None
    friend: Award | None = None
    milestones: Annotated[tuple[ReferralMilestone, ...], Field(max_length=20)] = ()
    when: Literal["first_purchase", "came", "every_purchase"] = "first_purchase"
    hold_days: Annotated[int, Field(strict=True, ge=0, le=366)] = HOLD_DAYS
    purchase_min: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)] = 1
    purchases_max: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    valid_days: Annotated[int, Field(strict=True, ge=1, le=3660)] = 30
    return_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 14
    friend_when: Literal["window_closed", "purchased"] = "window_closed"
    take_back_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 90
    code_days: Annotated[int, Field(strict=True, ge=1, le=3660)] | None = None
    limits: Annotated[tuple[ReferralLimit, ...], Field(max_length=5)] = ()

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if not self.awards:
            raise ValueError("a referral gives the advocate something, the friend, or both")
        return self

    @model_validator(mode="after")
    def _asks_for_what_there_is(self) -> Self:
        of_purchase = (self.purchase_min, self.valid_days, self.return_days, self.friend_when)
        if self.when == "came" and of_purchase != (1, 30, 14, "window_closed"):
            raise ValueError(
                "it is enough that the friend came: leave out purchase_min, valid_days, return_days and friend_when"
            )
        if self.when != "came" and self.hold_days != HOLD_DAYS:
            raise ValueError("hold_days is for friends of whom it is enough that they came: see return_days")
        if self.when != "every_purchase" and self.purchases_max is not None:
            raise ValueError("purchases_max is for friends whose every purchase is rewarded")
        return self

    @model_validator(mode="after")
    def _gives_one_award_for_so_many_friends(self) -> Self:
        if any(one.meets(other) for one, other in combinations(self.milestones, 2)):
            raise ValueError("two milestones fall on the same number of friends")
        return self

    @property
    def awards(self) -> tuple[Award, ...]:
        """All that anybody is given under these terms."""
        of_milestones = (milestone.award for milestone in self.milestones)
        return tuple(award for award in (self.advocate, self.friend, *of_milestones) if award is not None)

    @property
    def purchase_needed(self) -> int:
        """What the friend has to buy for at least, in minor units; 0 where it is enough that they came."""
        return 0 if self.when == "came" else self.purchase_min

    def waits_until(self, came_at: datetime, zone: ZoneInfo) -> datetime:
        """When a friend's time to buy is over; or, where it is enough that they came, the time it is held."""
        return days_later(came_at, self.hold_days if self.when == "came" else self.valid_days, zone)

    def next_milestone(self, friends: int) -> int | None:
        """The number of friends at which an advocate who has brought so many gets the next award."""
        return min((after for each in self.milestones if (after := each.after(friends)) is not None), default=None)

    def code_ends(self, issued_at: datetime, zone: ZoneInfo) -> datetime | None:
        """The moment from which a code is not taken any more."""
        return None if self.code_days is None else days_later(issued_at, self.code_days, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendPurchase:
    """Something the friend bought: what it came to when it was sold, at the close of what it waits for, and now."""

    id: str
    occurred_at: datetime
    sold: int
    at_close: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Where one, or one of its purchases, stands: `until` it waits for a purchase, is held, or can be taken back."""

    status: ReferralStatus
    created_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What becomes of a referral, why, and until when it stays so."""

    status: ReferralStatus
    reason: ReferralReason | None = None
    until: datetime | None = None


def next_step(
    terms: ReferralTerms,
    zone: ZoneInfo,
    referral: Referral,
    bought: FriendPurchase | None,
    barred: ReferralReason | None,
    at: datetime,
) -> Step | None:
    """What becomes of a referral by that moment; None while it stays what it is.

    `barred` is why these two can have none. Whether it is late that anybody looks makes no difference.
    """
    over = Step(status="rewarded", until=days_later(referral.until, terms.take_back_days, zone))
    match referral.status:
        case "pending" if terms.when == "came":
            return _after_coming(referral, bought, barred, at, over)
        case "pending":
            return _after_waiting(terms, zone, referral, bought, barred, at)
        case "held":
            return _after_purchase(terms, referral, bought, barred, at, over)
        case "rewarded":
            # Somebody who is blocked later keeps what they got before.
            barred = None if barred == "blocked" else barred
            return _after_purchase(terms, referral, bought, barred, at, Step(status="rewarded"))
    return None


def _after_coming(
    referral: Referral, bought: FriendPurchase | None, barred: ReferralReason | None, at: datetime, over: Step
) -> Step | None:
    if barred:
        return Step(status="refused", reason=barred)
    if bought is not None and bought.occurred_at < referral.created_at - TILL_SLOW_MAX:
        return Step(status="refused", reason="bought_before")
    return over if at >= referral.until else None


def _after_waiting(
    terms: ReferralTerms,
    zone: ZoneInfo,
    referral: Referral,
    bought: FriendPurchase | None,
    barred: ReferralReason | None,
    at: datetime,
) -> Step | None:
    if barred:
        return Step(status="refused", reason=barred)
    if bought is None:
        return Step(status="refused", reason="expired") if at >= referral.until else None
    if bought.occurred_at < referral.created_at - TILL_SLOW_MAX:
        return Step(status="refused", reason="bought_before")
    if bought.occurred_at >= referral.until:
        return Step(status="refused", reason="expired")
    if max(bought.sold, bought.now) < terms.purchase_min:
        return Step(status="refused", reason="purchase_too_small")
    return Step(status="held", until=days_later(bought.occurred_at, terms.return_days, zone))


def _after_purchase(
    terms: ReferralTerms,
    referral: Referral,
    bought: FriendPurchase | None,
    barred: ReferralReason | None,
    at: datetime,
    over: Step,
) -> Step | None:
    is_over = at >= referral.until
    if barred:
        return Step(status="revoked", reason=barred)
    if terms.when == "came":
        return over if is_over else None
    assert bought is not None, "only a purchase leads here"
    if (bought.at_close if is_over else bought.now) < terms.purchase_min:
        return Step(status="revoked", reason="returned")
    return over if is_over else None


def next_purchase_step(
    terms: ReferralTerms,
    zone: ZoneInfo,
    purchase: Referral,
    bought: FriendPurchase,
    barred: ReferralReason | None,
    at: datetime,
    *,
    has_room: bool,
) -> Step | None:
    """What becomes of one of the purchases under `every_purchase` by that moment; None while it stays what it is.

    `has_room` is whether fewer than `purchases_max` others have a place. With `purchased` the friend has theirs while
    it is held, and the place with it; else what it comes to when its window closes decides, and nothing before.
    """
    is_over = at >= purchase.until
    is_enough = (bought.at_close if is_over else bought.now) >= terms.purchase_min
    is_early = terms.friend_when == "purchased"
    was_given = purchase.status == "rewarded" or (purchase.status == "held" and is_early)
    if barred and (purchase.status != "rewarded" or barred in UNDOING):
        return Step(status="revoked" if was_given else "refused", reason=barred)
    if was_given and not is_enough:
        return Step(status="revoked", reason="returned")
    if purchase.status == "rewarded":
        return Step(status="rewarded") if is_over else None
    if is_over and not is_enough:
        was_enough = bought.sold >= terms.purchase_min
        return Step(status="refused", reason="returned" if was_enough else "purchase_too_small")
    if is_enough and (is_early or is_over) and not was_given and not has_room:
        return Step(status="refused", reason="purchases_max")
    if is_over:
        return Step(status="rewarded", until=days_later(purchase.until, terms.take_back_days, zone))
    status: ReferralStatus = "held" if is_enough else "pending"
    return None if status == purchase.status else Step(status=status, until=purchase.until)


def after_purchases(
    stands: Collection[ReferralStatus],
    *,
    counting: bool,
    barred: ReferralReason | None,
    refused_for: ReferralReason | None,
) -> Step:
    """What a referral of every purchase is, where its purchases are these.

    `counting` is whether more may come, and `refused_for` why the last of those that were refused was.
    """
    if barred and (barred in UNDOING or "rewarded" not in stands):
        was_given = "rewarded" in stands or "revoked" in stands
        return Step(status="revoked" if was_given else "refused", reason=barred)
    if "rewarded" in stands:
        return Step(status="rewarded", reason=barred)
    if "held" in stands:
        return Step(status="held")
    if counting or "pending" in stands:
        return Step(status="pending")
    if "revoked" in stands:
        return Step(status="revoked", reason="returned")
    return Step(status="refused", reason=refused_for or "expired")


def reward_id(purchase_id: str) -> str:
    """By which id a purchase of a friend is the source of awards: of one purchase always the same."""
    return f"rfp_{purchase_id.partition('_')[2]}"


def award_source(referral_id: str, purchase_id: str | None) -> str:
    """What an award is for: the referral, or one purchase of the friend."""
    return referral_id if purchase_id is None else reward_id(purchase_id)


def milestones_due(terms: ReferralTerms, friends: int, given: Collection[int]) -> Iterator[tuple[int, Award]]:
    """What an advocate gets who has brought so many, for which number of them, beside what was `given` for others."""
    for milestone in terms.milestones:
        for number in milestone.reached(friends):
            if number not in given:
                yield number, milestone.award


def counted_since(terms: ReferralTerms, at: datetime, zone: ZoneInfo) -> list[tuple[ReferralLimit, datetime | None]]:
    """Each limit on an advocate, and from when on their referrals count towards it."""
    return [(limit, limit.since(local_date(at, zone), zone)) for limit in terms.limits]
