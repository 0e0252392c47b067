"""What a message tells, part by part: facts only, no names of people. Stored as JSON, put into words when read."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.notifications.domain.words import Words


class Part(BaseModel):
    """One thing that a message tells. Of a message's parts the first gives it its title."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @abstractmethod
    def title(self, words: Words) -> str:
        """The part in a few words, without a full stop."""

    @abstractmethod
    def lines(self, words: Words) -> Iterator[str]:
        """The part in whole sentences, one after another."""


class Welcome(Part):
    """The customer is new."""

    kind: Literal["welcome"] = "welcome"

    def title(self, words: Words) -> str:
        return words.say("welcome.title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("welcome.line")


class Thanks(Part):
    """The customer did something we are glad about."""

    kind: Literal["thanks"] = "thanks"

    def title(self, words: Words) -> str:
        return words.say("thanks.title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("thanks.line")


class HappyBirthday(Part):
    """It is the customer's birthday, or nearly."""

    kind: Literal["happy_birthday"] = "happy_birthday"

    def title(self, words: Words) -> str:
        return words.say("happy_birthday.title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("happy_birthday.line")


class YearsTogether(Part):
    """The customer came so many years ago."""

    kind: Literal["years_together"] = "years_together"
    years: int

    def title(self, words: Words) -> str:
        return words.say("years_together.title", years=words.amount("years", self.years))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("years_together.line", years=words.amount("years", self.years))


class PlaceWon(Part):
    """The customer's place on a leaderboard won a prize."""

    kind: Literal["place_won"] = "place_won"
    leaderboard_name: dict[str, str]
    place: int

    def title(self, words: Words) -> str:
        return words.say("place_won.title", leaderboard=words.name(self.leaderboard_name), place=str(self.place))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("place_won.line", leaderboard=words.name(self.leaderboard_name), place=str(self.place))


class AwardReceived(Part):
    """The customer was given something, as many others were."""

    kind: Literal["award_received"] = "award_received"
    award_name: dict[str, str]

    def title(self, words: Words) -> str:
        return words.say("award_received.title", award=words.name(self.award_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("award_received.line", award=words.name(self.award_name))


class PointsReceived(Part):
    """Units came into the wallet; `spendable_at` only when they cannot be spent yet."""

    kind: Literal["points_received"] = "points_received"
    unit: str
    amount: int
    spendable_at: datetime | None = None

    def title(self, words: Words) -> str:
        return words.say("points_received.title", amount=words.amount(self.unit, self.amount))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("points_received.line", amount=words.amount(self.unit, self.amount))
        if self.spendable_at is not None:
            yield words.say("points_received.pending", day=words.first_day(self.spendable_at))


class PointsTaken(Part):
    """Units were taken back with a return; `amount` is above zero."""

    kind: Literal["points_taken"] = "points_taken"
    unit: str
    amount: int

    def title(self, words: Words) -> str:
        return words.say("points_taken.title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("points_taken.line", amount=words.amount(self.unit, self.amount))


class Balance(Part):
    """What the wallet holds afterwards. Never the first part of a message."""

    kind: Literal["balance"] = "balance"
    unit: str
    amount: int

    def title(self, words: Words) -> str:
        return words.say("balance.line", amount=words.amount(self.unit, self.amount))

    def lines(self, words: Words) -> Iterator[str]:
        yield self.title(words)


class StampProgress(Part):
    """A stamp card moved; `stamps_left` is how many it still lacks."""

    kind: Literal["stamp_progress"] = "stamp_progress"
    card_name: dict[str, str]
    stamps_left: int

    def title(self, words: Words) -> str:
        return words.say("stamps.title", card=words.name(self.card_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.count("stamps.line", self.stamps_left, card=words.name(self.card_name))


class VoucherReceived(Part):
    """The customer was given a voucher, which ends at `expires_at`. Its code is shown in the account only."""

    kind: Literal["voucher"] = "voucher"
    reward_name: dict[str, str]
    expires_at: datetime | None = None

    def title(self, words: Words) -> str:
        return words.say("voucher.title", reward=words.name(self.reward_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("voucher.line", reward=words.name(self.reward_name))
        if self.expires_at is not None:
            yield words.say("voucher.until", day=words.last_day(self.expires_at))


class MembershipExtended(Part):
    """Membership time was added: paid and given months told apart."""

    kind: Literal["membership"] = "membership"
    plan_name: dict[str, str]
    paid_months: int
    bonus_months: int
    ends_on: date

    def title(self, words: Words) -> str:
        return words.say("membership.title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("membership.line", plan=words.name(self.plan_name), day=words.day(self.ends_on))
        if self.paid_months:
            yield words.say("membership.paid", months=words.amount("months", self.paid_months))
        if self.bonus_months:
            yield words.say("membership.bonus", months=words.amount("months", self.bonus_months))


class MembershipShortened(Part):
    """A return took membership time back."""

    kind: Literal["membership_shortened"] = "membership_shortened"
    plan_name: dict[str, str]
    ends_on: date

    def title(self, words: Words) -> str:
        return words.say("membership_shortened.title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("membership_shortened.line", plan=words.name(self.plan_name), day=words.day(self.ends_on))


class FamilyJoined(Part):
    """The customer shares somebody's membership from now on."""

    kind: Literal["family_joined"] = "family_joined"
    plan_name: dict[str, str]

    def title(self, words: Words) -> str:
        return words.say("family_joined.title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("family_joined.line", plan=words.name(self.plan_name))


class FamilyLeft(Part):
    """The customer shares the membership no longer."""

    kind: Literal["family_left"] = "family_left"
    plan_name: dict[str, str]

    def title(self, words: Words) -> str:
        return words.say("family_left.title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("family_left.line", plan=words.name(self.plan_name))


class MembershipChanged(Part):
    """Staff held a membership's time still, let it pass again, gave days, changed its plan or ended it.

    `ends_on` is unknown while nobody knows when a freeze ends.
    """

    kind: Literal["membership_changed"] = "membership_changed"
    plan_name: dict[str, str]
    change: Literal["frozen", "resumed", "goodwill", "plan_changed", "cancelled"]
    ends_on: date | None = None

    def title(self, words: Words) -> str:
        return words.say(f"membership_changed.{self.change}_title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say(f"membership_changed.{self.change}", plan=words.name(self.plan_name))
        if self.ends_on is not None:
            yield words.say("membership_changed.until", day=words.day(self.ends_on))


class MembershipEnding(Part):
    """A membership runs out in so many days, the last one included."""

    kind: Literal["membership_ending"] = "membership_ending"
    plan_name: dict[str, str]
    ends_on: date
    days_left: int

    def title(self, words: Words) -> str:
        return words.say("membership_ending.title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("membership_ending.line", plan=words.name(self.plan_name), day=words.day(self.ends_on))
        yield words.count("membership_ending.left", self.days_left)


class MembershipOver(Part):
    """A membership ran out."""

    kind: Literal["membership_over"] = "membership_over"
    plan_name: dict[str, str]
    ended_on: date

    def title(self, words: Words) -> str:
        return words.say("membership_over.title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("membership_over.line", plan=words.name(self.plan_name), day=words.day(self.ended_on))


class PassesReceived(Part):
    """Passes of so many entries each, which end at `expires_at`."""

    kind: Literal["passes"] = "passes"
    plan_name: dict[str, str]
    passes: int
    entries: int
    expires_at: datetime | None = None

    def title(self, words: Words) -> str:
        return words.say("passes.title", plan=words.name(self.plan_name))

    def lines(self, words: Words) -> Iterator[str]:
        entries = words.count("passes.entries", self.passes * self.entries)
        yield words.say("passes.line", plan=words.name(self.plan_name), entries=entries)
        if self.expires_at is not None:
            yield words.say("passes.until", day=words.last_day(self.expires_at))


class ReferralMoved(Part):
    """Something was given for bringing a friend, or for having been brought; or it came to nothing."""

    kind: Literal["referral"] = "referral"
    side: Literal["advocate", "friend"]
    step: Literal["rewarded", "revoked", "purchase_rewarded", "purchase_revoked"]

    def title(self, words: Words) -> str:
        return words.say(f"referral.{self.step}_{self.side}_title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say(f"referral.{self.step}_{self.side}")


class MilestoneMoved(Part):
    """Something was given for having brought so many friends; or there are not so many any more."""

    kind: Literal["milestone"] = "milestone"
    friends: int
    step: Literal["reached", "lost"]

    def title(self, words: Words) -> str:
        return words.say(f"milestone.{self.step}_title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say(f"milestone.{self.step}", friends=words.count("milestone.friends", self.friends))


class Refunded(Part):
    """Money was given back for a return, in the currency's minor unit."""

    kind: Literal["refund"] = "refund"
    currency: str
    amount: int

    def title(self, words: Words) -> str:
        return words.say("refund.title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("refund.line", money=words.money(self.amount, self.currency))


class RewardTaken(Part):
    """Units were exchanged for a reward."""

    kind: Literal["redemption"] = "redemption"
    reward_name: dict[str, str]
    unit: str
    price: int

    def title(self, words: Words) -> str:
        return words.say("redemption.title", reward=words.name(self.reward_name))

    def lines(self, words: Words) -> Iterator[str]:
        amount = words.amount(self.unit, self.price)
        yield words.say("redemption.line", reward=words.name(self.reward_name), amount=amount)


class RewardMoved(Part):
    """Goods that a customer took as a reward are ready or on their way, or the redemption was cancelled."""

    kind: Literal["redemption_step"] = "redemption_step"
    reward_name: dict[str, str]
    status: Literal["prepared", "shipped", "cancelled"]

    def title(self, words: Words) -> str:
        return words.say("redemption_step.title", reward=words.name(self.reward_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say(f"redemption_step.{self.status}", reward=words.name(self.reward_name))


class UnitsExpiring(Part):
    """Units die unless they are spent by the end of `last_day`."""

    kind: Literal["expiring"] = "expiring"
    unit: str
    amount: int
    last_day: date

    def title(self, words: Words) -> str:
        return words.say("expiring.title", day=words.day(self.last_day))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("expiring.line", amount=words.amount(self.unit, self.amount), day=words.day(self.last_day))


class UnitsExpired(Part):
    """Units died unused."""

    kind: Literal["expiry"] = "expiry"
    unit: str
    amount: int

    def title(self, words: Words) -> str:
        return words.say("expiry.title")

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("expiry.line", amount=words.amount(self.unit, self.amount))


class PrizeWon(Part):
    """The customer won a draw. The prize is forfeited from `claim_until` on, where it must be claimed."""

    kind: Literal["prize_won"] = "prize_won"
    draw_name: dict[str, str]
    prize_name: dict[str, str]
    claim_until: datetime | None = None

    def title(self, words: Words) -> str:
        return words.say("prize_won.title", prize=words.name(self.prize_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("prize_won.line", prize=words.name(self.prize_name), draw=words.name(self.draw_name))
        if self.claim_until is not None:
            yield words.say("prize_won.claim", day=words.last_day(self.claim_until))


class InstantPrizeWon(Part):
    """The customer played and won."""

    kind: Literal["instant_prize_won"] = "instant_prize_won"
    instant_win_name: dict[str, str]
    prize_name: dict[str, str]

    def title(self, words: Words) -> str:
        return words.say("instant_prize_won.title", prize=words.name(self.prize_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say(
            "instant_prize_won.line",
            prize=words.name(self.prize_name),
            instant_win=words.name(self.instant_win_name),
        )


class TierReached(Part):
    """The customer is in a higher tier, or was given one; `ends_on` is its last day so far."""

    kind: Literal["tier_reached"] = "tier_reached"
    tier_name: dict[str, str]
    ends_on: date | None = None

    def title(self, words: Words) -> str:
        return words.say("tier_reached.title", tier=words.name(self.tier_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("tier_reached.line", tier=words.name(self.tier_name))
        if self.ends_on is not None:
            yield words.say("tier_reached.until", day=words.day(self.ends_on))


class TierLowered(Part):
    """The customer is in a lower tier, or in none."""

    kind: Literal["tier_lowered"] = "tier_lowered"
    tier_name: dict[str, str] | None = None

    def title(self, words: Words) -> str:
        return words.say("tier_lowered.title")

    def lines(self, words: Words) -> Iterator[str]:
        if self.tier_name is None:
            yield words.say("tier_lowered.none")
        else:
            yield words.say("tier_lowered.line", tier=words.name(self.tier_name))


class TierEnding(Part):
    """A tier ends soon, unless so much more is bought: units, money in minor units, or visits."""

    kind: Literal["tier_ending"] = "tier_ending"
    tier_name: dict[str, str]
    ends_on: date
    unit: str
    needed: int

    def title(self, words: Words) -> str:
        return words.say("tier_ending.title", tier=words.name(self.tier_name))

    def lines(self, words: Words) -> Iterator[str]:
        yield words.say("tier_ending.line", tier=words.name(self.tier_name), day=words.day(self.ends_on))
        yield words.say("tier_ending.needed", amount=words.amount(self.unit, self.needed))


AnyPart = Annotated[
    Welcome
    | Thanks
    | HappyBirthday
    | YearsTogether
    | PlaceWon
    | AwardReceived
    | PointsReceived
    | PointsTaken
    | Balance
    | StampProgress
    | VoucherReceived
    | MembershipExtended
    | MembershipShortened
    | FamilyJoined
    | FamilyLeft
    | MembershipChanged
    | MembershipEnding
    | MembershipOver
    | PassesReceived
    | ReferralMoved
    | MilestoneMoved
    | Refunded
    | RewardTaken
    | RewardMoved
    | UnitsExpiring
    | UnitsExpired
    | PrizeWon
    | InstantPrizeWon
    | TierReached
    | TierLowered
    | TierEnding,
    Field(discriminator="kind"),
]
PARTS: TypeAdapter[tuple[AnyPart, ...]] = TypeAdapter(tuple[AnyPart, ...])
