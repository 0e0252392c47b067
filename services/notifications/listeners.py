"""Door 2, events: what notifications hears, and tells customers about it.

Consents are not heard: they are asked for at the moment of sending, when only the latest word counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy.orm import Session

from chassis.data.known_tenants import learn_tenant
from chassis.events.letters import Hearing, Listeners, Together, Told
from contracts.event import Event
from contracts.events.access import TenantCreated
from contracts.events.customers import CustomerChanged, CustomerCreated, CustomerFacts
from contracts.events.loyalty import (
    ActivityRecorded,
    AwardGiven,
    DayCelebrated,
    DrawPrizeClaimed,
    DrawWon,
    FamilyChanged,
    InstantWinWon,
    LeaderboardWon,
    MembershipChanged,
    MembershipLapsed,
    MembershipRenewalDue,
    PointsExpired,
    PointsExpiring,
    PurchaseClaimed,
    PurchaseRecorded,
    PurchaseReturned,
    RedemptionMoved,
    ReferralMilestoneLost,
    ReferralMilestoneReached,
    ReferralRevoked,
    ReferralRewarded,
    RewardRedeemed,
    TierChanged,
    TierWarning,
)
from services.notifications.domain import parts
from services.notifications.domain.message import Kind
from services.notifications.operations.keep_business import keep_business
from services.notifications.operations.keep_customers import keep_customers
from services.notifications.operations.queue_messages import Draft, queue_messages
from services.notifications.operations.translate_facts import translate_facts

# Of what kind, and what it says; nothing to say, or None, is no message.
Message = tuple[Kind, Sequence[parts.Part]] | None


def on_tenant_created(db: Session, event: TenantCreated, _hearing: Hearing) -> None:
    """Every service keeps the list of tenants; this one also their names, to sign with."""
    learn_tenant(db, event.tenant_id, livemode=event.livemode, currency=event.currency, time_zone=event.time_zone)
    keep_business(db, event.tenant_id, event.name)


def customer_created(_event: CustomerCreated) -> Message:
    """A customer is new: welcome."""
    return Kind.WELCOME, [parts.Welcome()]


def purchase_recorded(event: PurchaseRecorded) -> Message:
    """One message for all that a purchase brought."""
    return Kind.PURCHASE, translate_facts(event)


def purchase_claimed(event: PurchaseClaimed) -> Message:
    """What a sale brought that was made before the customer was known."""
    return Kind.PURCHASE, translate_facts(event)


def purchase_returned(event: PurchaseReturned) -> Message:
    """What was given back, and what was taken back with it. Staff who correct a sale speak for themselves."""
    if event.change != "return":
        return None
    refund = [parts.Refunded(currency=event.currency, amount=event.refund)] if event.refund else []
    return Kind.RETURN, [*refund, *translate_facts(event)]


def activity_recorded(event: ActivityRecorded) -> Message:
    """Something the customer did was rewarded. What brought nothing is told to nobody."""
    told = translate_facts(event)
    return (Kind.ACTIVITY, [parts.Thanks(), *told]) if told else None


def day_celebrated(event: DayCelebrated) -> Message:
    """A gift for a birthday, or for another year. Where nothing was given there is nothing to show."""
    told = translate_facts(event)
    if not told:
        return None
    if event.celebration == "birthday":
        return Kind.BIRTHDAY, [parts.HappyBirthday(), *told]
    return Kind.ANNIVERSARY, [parts.YearsTogether(years=event.years or 1), *told]


def leaderboard_won(event: LeaderboardWon) -> Message:
    """A place on a leaderboard won a prize."""
    won = parts.PlaceWon(leaderboard_name=event.leaderboard_name, place=event.place)
    return Kind.LEADERBOARD, [won, *translate_facts(event)]


def award_given(event: AwardGiven) -> Message:
    """An award that was ordered for many came to this customer."""
    received = parts.AwardReceived(award_name=event.award_name)
    return Kind.AWARD, [received, *translate_facts(event)]


def reward_redeemed(event: RewardRedeemed) -> Message:
    """Points became a reward."""
    taken = parts.RewardTaken(reward_name=event.reward_name, unit=event.unit, price=event.price)
    return Kind.REDEMPTION, [taken, parts.Balance(unit=event.unit, amount=event.balance)]


def redemption_moved(event: RedemptionMoved) -> Message:
    """Goods are ready or under way, or a redemption was cancelled. Who was handed them knows it."""
    if event.status == "handed_over":
        return None
    told: list[parts.Part] = [
        parts.RewardMoved.model_validate({"reward_name": event.reward_name, "status": event.status})
    ]
    if event.given_back:
        told.append(parts.Balance(unit=event.unit, amount=event.balance))
    return Kind.REDEMPTION, told


def membership_changed(event: MembershipChanged) -> Message:
    """Staff changed a membership for its customer."""
    told = parts.MembershipChanged(plan_name=event.plan_name, change=event.change, ends_on=event.ends_on)
    return Kind.MEMBERSHIP, [told]


def membership_renewal_due(event: MembershipRenewalDue) -> Message:
    """A membership ends soon."""
    told = parts.MembershipEnding(plan_name=event.plan_name, ends_on=event.ends_on, days_left=event.days_left)
    return Kind.MEMBERSHIP, [told]


def membership_lapsed(event: MembershipLapsed) -> Message:
    """A membership ran out."""
    told = parts.MembershipOver(plan_name=event.plan_name, ended_on=event.ended_on)
    return Kind.MEMBERSHIP, [told]


def draw_won(event: DrawWon) -> Message:
    """A customer won, at once or as the next in line."""
    told = parts.PrizeWon(draw_name=event.draw_name, prize_name=event.prize_name, claim_until=event.claim_until)
    return Kind.DRAW, [told]


def draw_prize_claimed(event: DrawPrizeClaimed) -> Message:
    """What came with a prize. A thing that was handed over speaks for itself."""
    return Kind.DRAW, translate_facts(event)


def instant_win_won(event: InstantWinWon) -> Message:
    """A play won, and what that brought."""
    won = parts.InstantPrizeWon(instant_win_name=event.instant_win_name, prize_name=event.prize_name)
    return Kind.INSTANT_WIN, [won, *translate_facts(event)]


def points_expiring(event: PointsExpiring) -> Message:
    """Units will die unless they are spent."""
    told = parts.UnitsExpiring(unit=event.unit, amount=event.amount, last_day=event.last_day)
    return Kind.EXPIRING, [told]


def points_expired(event: PointsExpired) -> Message:
    """Points died unused."""
    expired = parts.UnitsExpired(unit=event.unit, amount=event.amount)
    return Kind.EXPIRY, [expired, parts.Balance(unit=event.unit, amount=event.balance)]


def family_changed(event: FamilyChanged) -> Message:
    """Somebody may share a membership, or no longer may."""
    part = parts.FamilyJoined if event.step == "joined" else parts.FamilyLeft
    return Kind.FAMILY, [part(plan_name=event.plan_name)]


def tier_changed(event: TierChanged) -> Message:
    """A customer is in another tier. One given by hand that changes nothing is not told."""
    if event.change == "set" and event.tier == event.before:
        return None
    told: parts.Part
    if event.change == "downgraded" or event.tier_name is None:
        told = parts.TierLowered(tier_name=event.tier_name)
    else:
        told = parts.TierReached(tier_name=event.tier_name, ends_on=event.ends_on)
    return Kind.TIER, [told]


def tier_warning(event: TierWarning) -> Message:
    """A tier ends soon."""
    told = parts.TierEnding(tier_name=event.tier_name, ends_on=event.ends_on, unit=event.unit, needed=event.needed)
    return Kind.TIER, [told]


def referral_rewarded(event: ReferralRewarded) -> Message:
    """What an advocate or a friend was given."""
    step: Literal["rewarded", "purchase_rewarded"] = "purchase_rewarded" if event.purchase_id else "rewarded"
    told = [parts.ReferralMoved(side=event.side, step=step), *translate_facts(event)]
    return Kind.REFERRAL, told


def referral_revoked(event: ReferralRevoked) -> Message:
    """It came to nothing; and what was taken back for that."""
    step: Literal["revoked", "purchase_revoked"] = "purchase_revoked" if event.purchase_id else "revoked"
    told = [parts.ReferralMoved(side=event.side, step=step), *translate_facts(event)]
    return Kind.REFERRAL, told


def referral_milestone_reached(event: ReferralMilestoneReached) -> Message:
    """What an advocate was given for so many friends."""
    told = [parts.MilestoneMoved(friends=event.friends, step="reached"), *translate_facts(event)]
    return Kind.REFERRAL, told


def referral_milestone_lost(event: ReferralMilestoneLost) -> Message:
    """There are not so many any more; and what was taken back for that."""
    told = [parts.MilestoneMoved(friends=event.friends, step="lost"), *translate_facts(event)]
    return Kind.REFERRAL, told


MESSAGES: Mapping[type[Event], Callable[[Any], Message]] = {
    CustomerCreated: customer_created,
    PurchaseRecorded: purchase_recorded,
    PurchaseClaimed: purchase_claimed,
    PurchaseReturned: purchase_returned,
    ActivityRecorded: activity_recorded,
    DayCelebrated: day_celebrated,
    LeaderboardWon: leaderboard_won,
    AwardGiven: award_given,
    RewardRedeemed: reward_redeemed,
    RedemptionMoved: redemption_moved,
    MembershipChanged: membership_changed,
    MembershipRenewalDue: membership_renewal_due,
    MembershipLapsed: membership_lapsed,
    DrawWon: draw_won,
    DrawPrizeClaimed: draw_prize_claimed,
    InstantWinWon: instant_win_won,
    PointsExpiring: points_expiring,
    PointsExpired: points_expired,
    FamilyChanged: family_changed,
    TierChanged: tier_changed,
    TierWarning: tier_warning,
    ReferralRewarded: referral_rewarded,
    ReferralRevoked: referral_revoked,
    ReferralMilestoneReached: referral_milestone_reached,
    ReferralMilestoneLost: referral_milestone_lost,
}


def on_customers(db: Session, told: Sequence[Told]) -> None:
    """Customers may read another language now, and something happened to them that they are told."""
    keep_customers(db, [event for event, _hearing in told if isinstance(event, CustomerFacts)])
    queue_messages(db, list(drafts(told)))


def drafts(told: Iterable[Told]) -> Iterator[Draft]:
    """What customers are told about it."""
    for event, hearing in told:
        message = MESSAGES[type(event)](event) if type(event) in MESSAGES else None
        if message is not None:
            yield Draft(event, hearing, *message)


LISTENERS: Listeners = {
    TenantCreated: on_tenant_created,
    **dict.fromkeys([CustomerChanged, *MESSAGES], Together(on_customers)),
}
