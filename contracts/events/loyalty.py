"""What loyalty tells: purchases with all they caused, returns, redemptions, expiry."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Event
from kernel.points import Points


class Fact(BaseModel):
    """One thing that a purchase or a return caused. Consumers ignore kinds they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PointsAccrued(Fact):
    """Units came into the wallet; negative in a return, where they were taken back."""

    kind: Literal["accrue"] = "accrue"
    unit: str
    amount: Points
    spendable_at: datetime | None = Field(default=None, description="Pending until then; spendable at once when null.")
    expires_at: datetime | None = None


class StampsGiven(Fact):
    """A stamp card moved; negative in a return."""

    kind: Literal["stamp"] = "stamp"
    card: str
    card_name: dict[str, str] = Field(description="The card's name by language, `en` and `ar`.")
    stamps: int
    stamps_on_card: int = Field(description="After this purchase.")
    stamps_needed: int


class VoucherIssued(Fact):
    """The customer was given a voucher. Its code is told to the customer only, so it is not in the event."""

    kind: Literal["voucher"] = "voucher"
    voucher_id: str
    reward_name: dict[str, str]
    expires_at: datetime | None = None


class MembershipExtended(Fact):
    """Membership time was added; negative months in a return."""

    kind: Literal["membership"] = "membership"
    plan: str
    plan_name: dict[str, str]
    paid_months: int
    bonus_months: int
    ends_on: date


class PassesIssued(Fact):
    """The customer was given passes of so many entries each; negative passes in a return."""

    kind: Literal["pass"] = "pass"
    plan: str
    plan_name: dict[str, str]
    passes: int
    entries: int
    expires_at: datetime | None = None


class DrawEntered(Fact):
    """The customer got entries in a draw; negative in a return."""

    kind: Literal["draw_entry"] = "draw_entry"
    draw: str = Field(description="What rules call the draw.")
    draw_id: str
    entries: int


class PlaysGiven(Fact):
    """The customer got plays of an instant win; negative in a return."""

    kind: Literal["plays"] = "plays"
    instant_win: str = Field(description="What rules call the instant win.")
    instant_win_id: str
    plays: int


class DiscountGiven(Fact):
    """Money off, in the currency's minor unit; `free_units` of them for nothing."""

    kind: Literal["discount"] = "discount"
    rule: str
    amount: int
    free_units: int = 0


class PaidWith(Fact):
    """Points or a gift card paid for part of it: `units` of a wallet for `amount` minor units; negative in a return."""

    kind: Literal["paid_with"] = "paid_with"
    tender: str = Field(description="points or gift_card.")
    unit: str
    units: Points
    amount: int


class CouponUsed(Fact):
    """A coupon of a campaign was used; below zero in a return, where it was not any more. Its code is in no event."""

    kind: Literal["coupon"] = "coupon"
    campaign_id: str
    uses: int = 1


AnyFact = Annotated[
    PointsAccrued
    | StampsGiven
    | VoucherIssued
    | MembershipExtended
    | PassesIssued
    | DrawEntered
    | PlaysGiven
    | DiscountGiven
    | PaidWith
    | CouponUsed,
    Field(discriminator="kind"),
]


class PurchaseRecorded(Event):
    """A sale was recorded, and this is all it caused. Amounts in minor units of `currency`."""

    event_type: ClassVar[str] = "loyalty.purchase_recorded.v1"

    purchase_id: str
    store_id: str
    channel: str
    currency: str
    subtotal: int
    discount: int
    due: int
    facts: list[AnyFact]
    balance: Points | None = Field(default=None, description="The wallet's balance afterwards; null for a walk-in.")


Amendment = Literal["return", "edit", "void", "reopen", "challenge"]


class PurchaseReturned(Event):
    """Part or all of a sale came back, or it was corrected. Amounts are what was given back, below zero when more is to
    be paid; facts are the differences posted.
    """

    event_type: ClassVar[str] = "loyalty.purchase_returned.v1"

    purchase_id: str
    return_id: str
    currency: str
    refund: int
    whole: bool = Field(description="Whether nothing of the purchase is left.")
    change: Amendment = Field(
        default="return",
        description="Whether goods came back, the sale was corrected, or another one moved the prize of a challenge.",
    )
    facts: list[AnyFact]
    balance: Points | None = None


class PurchaseClaimed(Event):
    """A sale to nobody was claimed by the customer it was made to. It occurred when it was claimed."""

    event_type: ClassVar[str] = "loyalty.purchase_claimed.v1"

    purchase_id: str
    sold_at: datetime
    store_id: str
    currency: str
    subtotal: int
    discount: int
    due: int
    refund: int = Field(description="To be given back, for what the customer's rules take off.")
    facts: list[AnyFact]
    balance: Points | None = None


class ActivityRecorded(Event):
    """A customer did something that is no purchase, and this is all it caused. Its attributes are told to nobody."""

    event_type: ClassVar[str] = "loyalty.activity_recorded.v1"

    activity_id: str
    activity: str = Field(description="What kind of activity it is, as the tenant calls it.")
    facts: list[AnyFact]
    balance: Points | None = Field(default=None, description="The main wallet's balance afterwards.")


class ActivityCancelled(Event):
    """An activity is not to count. Facts are the differences posted."""

    event_type: ClassVar[str] = "loyalty.activity_cancelled.v1"

    activity_id: str
    activity: str
    facts: list[AnyFact]
    balance: Points | None = None


class DayCelebrated(Event):
    """A customer was given something for a birthday, or for another year since they came."""

    event_type: ClassVar[str] = "loyalty.day_celebrated.v1"

    celebration_id: str
    celebration: Literal["birthday", "anniversary"]
    years: int | None = Field(default=None, description="Whole years since they came; null for a birthday.")
    facts: list[AnyFact]
    balance: Points | None = Field(default=None, description="The main wallet's balance afterwards.")


MembershipChangeKind = Literal["frozen", "resumed", "goodwill", "plan_changed", "cancelled"]


class MembershipChanged(Event):
    """Somebody changed a membership by hand: its time was held still, given, moved to another plan, or ended."""

    event_type: ClassVar[str] = "loyalty.membership_changed.v1"

    membership_id: str
    plan: str
    plan_name: dict[str, str]
    change: MembershipChangeKind
    ends_on: date | None = Field(description="The last day; null while nobody knows when a freeze ends.")
    days: int = Field(default=0, description="Of the freeze when planned, of goodwill, or taken by a cancellation.")
    refund: int = Field(default=0, description="What is due back after a cancellation, in minor units.")
    to_plan: str | None = None


class FamilyChanged(Event):
    """A customer came into the family of somebody's membership, or left it."""

    event_type: ClassVar[str] = "loyalty.family_changed.v1"

    membership_id: str
    holder_id: str
    plan: str
    plan_name: dict[str, str]
    step: Literal["joined", "left"]


class MembershipRenewalDue(Event):
    """A membership ends soon. Told once for each end."""

    event_type: ClassVar[str] = "loyalty.membership_renewal_due.v1"

    membership_id: str
    plan: str
    plan_name: dict[str, str]
    ends_on: date
    days_left: int


class MembershipLapsed(Event):
    """A membership ran out, and so did the time in which it could be renewed from its end."""

    event_type: ClassVar[str] = "loyalty.membership_lapsed.v1"

    membership_id: str
    plan: str
    plan_name: dict[str, str]
    ended_on: date


class RewardRedeemed(Event):
    """Points were exchanged for a reward. A voucher was issued for it; none for goods."""

    event_type: ClassVar[str] = "loyalty.reward_redeemed.v1"

    redemption_id: str
    reward_id: str
    reward_name: dict[str, str]
    voucher_id: str | None = None
    unit: str
    price: Points
    balance: Points
    automatic: bool = Field(default=False, description="Whether nobody asked for it.")


class AutomaticRedemptionStopped(Event):
    """A customer got as many of a reward by itself as they may in a day, and has enough for more: a mistake, maybe."""

    event_type: ClassVar[str] = "loyalty.automatic_redemption_stopped.v1"

    reward_id: str
    reward_name: dict[str, str]
    at_most: int = Field(description="So many in a day.")
    goes_on_at: datetime = Field(description="When the next day of the shop begins, and they may get more.")


class RedemptionMoved(Event):
    """A redemption came a step further, or was cancelled and its units given back."""

    event_type: ClassVar[str] = "loyalty.redemption_moved.v1"

    redemption_id: str
    reward_id: str
    reward_name: dict[str, str]
    status: str = Field(description="prepared, shipped, handed_over or cancelled.")
    unit: str
    given_back: Points = Field(description="Units that came back: all of the price of a cancelled one, else none.")
    balance: Points


class DrawAnnounced(Event):
    """A draw was announced, or its terms were changed before it opened. The seed is committed to from now on."""

    event_type: ClassVar[str] = "loyalty.draw_announced.v1"

    draw_id: str
    draw_name: dict[str, str]
    commitment: str = Field(description="The seed's SHA-256, in hexadecimal.")
    terms: str = Field(description="The text that the chain of entries begins with.")
    opens_at: datetime
    closes_at: datetime


class DrawClosed(Event):
    """A draw takes no entries any more, and its list is frozen."""

    event_type: ClassVar[str] = "loyalty.draw_closed.v1"

    draw_id: str
    draw_name: dict[str, str]
    entries_hash: str = Field(description="The last link of the chain, in hexadecimal.")
    lines: int
    entries: int


class DrawRevealed(Event):
    """A draw's seed is shown, and its winners can be worked out by everybody."""

    event_type: ClassVar[str] = "loyalty.draw_revealed.v1"

    draw_id: str
    draw_name: dict[str, str]
    seed: str
    beacon: str | None
    picks: int = Field(description="How many entries were picked, alternates included.")


class DrawWon(Event):
    """A customer won: picked at once, or as an alternate for somebody who was passed over."""

    event_type: ClassVar[str] = "loyalty.draw_won.v1"

    draw_id: str
    draw_name: dict[str, str]
    prize_name: dict[str, str]
    pick: int
    claim_until: datetime | None = Field(description="The moment from which it is forfeited; null when it is theirs.")


class DrawPrizeClaimed(Event):
    """A prize is the winner's; facts are what they were given for it."""

    event_type: ClassVar[str] = "loyalty.draw_prize_claimed.v1"

    draw_id: str
    draw_name: dict[str, str]
    prize_name: dict[str, str]
    pick: int
    facts: list[AnyFact]
    balance: Points | None = Field(default=None, description="Of the program's main wallet, where something was given.")


class DrawCancelled(Event):
    """A draw was called off before it closed. Its seed is never shown."""

    event_type: ClassVar[str] = "loyalty.draw_cancelled.v1"

    draw_id: str
    draw_name: dict[str, str]
    reason: str


class InstantWinAnnounced(Event):
    """An instant win was announced, or its terms were changed before it opened. The secret is committed to."""

    event_type: ClassVar[str] = "loyalty.instant_win_announced.v1"

    instant_win_id: str
    instant_win_name: dict[str, str]
    commitment: str = Field(description="The secret's SHA-256, in hexadecimal.")
    terms: str = Field(description="All that is promised, as it will be published.")
    opens_at: datetime
    closes_at: datetime


class InstantWinWon(Event):
    """A customer won something at once; facts are what they were given for it."""

    event_type: ClassVar[str] = "loyalty.instant_win_won.v1"

    instant_win_id: str
    instant_win_name: dict[str, str]
    prize_name: dict[str, str]
    play_id: str
    facts: list[AnyFact]
    balance: Points | None = Field(default=None, description="Of the program's main wallet, where something was given.")


class InstantWinEnded(Event):
    """An instant win is over, and its secret is shown: everybody can check what was drawn."""

    event_type: ClassVar[str] = "loyalty.instant_win_ended.v1"

    instant_win_id: str
    instant_win_name: dict[str, str]
    secret: str
    turns: int = Field(description="How many plays drew a prize, whatever came of it.")
    reason: str | None = Field(description="Why it was stopped; null when its time was over.")


class LeaderboardSettled(Event):
    """A round of a leaderboard is over, and its places stay. Who won is told by events of their own."""

    event_type: ClassVar[str] = "loyalty.leaderboard_settled.v1"

    leaderboard_id: str
    leaderboard_name: dict[str, str]
    round_id: str
    starts_on: date
    ends_on: date
    listed: int = Field(description="How many customers had a place.")


class LeaderboardWon(Event):
    """A customer's place on a leaderboard won a prize, and this is all it brought."""

    event_type: ClassVar[str] = "loyalty.leaderboard_won.v1"

    leaderboard_id: str
    leaderboard_name: dict[str, str]
    round_id: str
    place: int
    facts: list[AnyFact]
    balance: Points | None = Field(default=None, description="The main wallet's balance afterwards.")


class AwardGiven(Event):
    """A customer was given an award that was ordered for many, and this is all it brought."""

    event_type: ClassVar[str] = "loyalty.award_given.v1"

    batch_id: str
    award_name: dict[str, str]
    facts: list[AnyFact]
    balance: Points | None = Field(default=None, description="The main wallet's balance afterwards.")


class AwardBatchFinished(Event):
    """Nobody else is given an award of a batch: all had their turn, or it was cancelled."""

    event_type: ClassVar[str] = "loyalty.award_batch_finished.v1"

    batch_id: str
    status: str = Field(description="done or cancelled.")
    customers: int
    given: int
    skipped: int


class VoucherCancelled(Event):
    """Somebody cancelled a voucher that was not used."""

    event_type: ClassVar[str] = "loyalty.voucher_cancelled.v1"

    voucher_id: str
    reward_name: dict[str, str]
    reason: str


class GiftCardMoved(Event):
    """A gift card was issued, topped up, blocked, let pay again, or cancelled. Its code is told to nobody."""

    event_type: ClassVar[str] = "loyalty.gift_card_moved.v1"

    gift_card_id: str
    step: str = Field(description="issue, top_up, block, unblock or cancel.")
    currency: str
    amount: int = Field(description="Minor units put on the card; below zero taken off.")
    balance: Points


class CouponCodesMade(Event):
    """All codes of a batch are there and can be downloaded. The codes themselves are in no event."""

    event_type: ClassVar[str] = "loyalty.coupon_codes_made.v1"

    campaign_id: str
    batch_id: str
    codes: int


class OfflineConflictFound(Event):
    """A till without a connection took more on an allowance than it covered. The sale stands; nobody paid for it."""

    event_type: ClassVar[str] = "loyalty.offline_conflict_found.v1"

    conflict_id: str
    allowance_id: str
    purchase_id: str
    store_id: str
    till_id: str | None = None
    unit: str
    units: Points = Field(description="That would have paid for it.")
    currency: str
    amount: int = Field(description="Minor units that nobody paid.")
    reason: str = Field(description="spent, outside_time, called_off, too_late or not_enough.")
    reason_text: dict[str, str] = Field(description="The reason by language, `en` and `ar`.")


class OfflineConflictSettled(Event):
    """Somebody settled what an allowance had not covered."""

    event_type: ClassVar[str] = "loyalty.offline_conflict_settled.v1"

    conflict_id: str
    purchase_id: str
    resolution: str = Field(description="write_off, debt or collected.")
    unit: str
    charged: Points = Field(description="Units taken from the wallet, debt included; none unless it became a debt.")
    currency: str
    amount: int


class PointsExpired(Event):
    """Units died unused."""

    event_type: ClassVar[str] = "loyalty.points_expired.v1"

    unit: str
    amount: Points
    balance: Points


class PointsExpiring(Event):
    """Units die soon unless they are spent. Told once for each of the program's notices and each moment they die."""

    event_type: ClassVar[str] = "loyalty.points_expiring.v1"

    unit: str
    amount: Points
    expires_at: datetime = Field(description="The moment from which they are gone.")
    last_day: date = Field(description="The last day in the shop on which they can be spent.")
    days: int = Field(description="How many days before they are told of at the most.")


class PointsAdjusted(Event):
    """Somebody gave or took units by hand, for a reason."""

    event_type: ClassVar[str] = "loyalty.points_adjusted.v1"

    unit: str
    amount: int
    balance: Points


class PointsTransferred(Event):
    """Units moved between two customers; told for each of them, with what it was for this one."""

    event_type: ClassVar[str] = "loyalty.points_transferred.v1"

    transfer_id: str = Field(description="The transfer, merge or gathering; the same for both.")
    other_customer_id: str
    unit: str
    amount: int = Field(description="Below zero for the one who gave.")
    balance: Points


class PointsReinstated(Event):
    """Units that had expired were given back."""

    event_type: ClassVar[str] = "loyalty.points_reinstated.v1"

    unit: str
    amount: Points
    expires_at: datetime
    balance: Points


class PointsReleased(Event):
    """Units that waited for something to happen can be spent, because it did."""

    event_type: ClassVar[str] = "loyalty.points_released.v1"

    unit: str
    amount: Points
    balance: Points


TierChangeKind = Literal["upgraded", "downgraded", "set"]


class TierChanged(Event):
    """A customer rose or fell to a tier, or somebody gave them one by hand, which may be below what they have."""

    event_type: ClassVar[str] = "loyalty.tier_changed.v1"

    change: TierChangeKind
    before: str | None
    tier: str | None = Field(description="The tier they are in now; null for none.")
    tier_name: dict[str, str] | None
    happened_on: date = Field(description="The first day of the tier, in the shop.")
    ends_on: date | None = Field(description="Its last day if nothing more is bought; null when it does not end.")


class TierWarning(Event):
    """A customer falls to a lower tier soon, unless they buy. Told once for each end."""

    event_type: ClassVar[str] = "loyalty.tier_warning.v1"

    tier: str
    tier_name: dict[str, str]
    ends_on: date = Field(description="The last day of the tier, in the shop.")
    days_left: int
    unit: str = Field(description="What is counted: a wallet's unit, a currency (in minor units), or visits.")
    counted: int
    needed: int = Field(description="What is missing to stay.")
    falls_to: str | None
    falls_to_name: dict[str, str] | None


ReferralSide = Literal["advocate", "friend"]


class ReferralRewarded(Event):
    """A customer got something for bringing a friend, or for having been brought."""

    event_type: ClassVar[str] = "loyalty.referral_rewarded.v1"

    referral_id: str
    side: ReferralSide = Field(description="Which of the two the customer is. Each is told by an event of their own.")
    purchase_id: str | None = Field(
        default=None, description="Where every purchase of the friend counts: which one. Else nothing."
    )
    facts: list[AnyFact]
    balance: Points


class ReferralRevoked(Event):
    """A referral, or a purchase of the friend, came to nothing after all; what was given for it was taken back."""

    event_type: ClassVar[str] = "loyalty.referral_revoked.v1"

    referral_id: str
    side: ReferralSide
    reason: str = Field(description="returned, same_person, ring, bought_before, same_household or blocked.")
    purchase_id: str | None = Field(
        default=None, description="Where every purchase of the friend counts: which one. Else nothing."
    )
    facts: list[AnyFact]
    balance: Points


class ReferralMilestoneReached(Event):
    """An advocate got something for having brought so many friends."""

    event_type: ClassVar[str] = "loyalty.referral_milestone_reached.v1"

    milestone_id: str
    referral_id: str = Field(description="Of the friend with whom there were so many.")
    friends: int = Field(description="How many it was given for.")
    facts: list[AnyFact]
    balance: Points


class ReferralMilestoneLost(Event):
    """A referral was revoked, and the advocate has not brought so many friends any more: it was taken back."""

    event_type: ClassVar[str] = "loyalty.referral_milestone_lost.v1"

    milestone_id: str
    friends: int
    facts: list[AnyFact]
    balance: Points


class ProgramPublished(Event):
    """A version of the tenant's program went live."""

    event_type: ClassVar[str] = "loyalty.program_published.v1"

    program_id: str
    version: int
    time_zone: str
    currency: str
