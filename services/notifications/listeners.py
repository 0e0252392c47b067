"""Door 2, events: what notifications hears, and tells customers about it.

Consents are not heard: they are asked for at the moment of sending, when only the latest word counts.
"""

from sqlalchemy.orm import Session

from chassis.data.known_tenants import learn_tenant
from chassis.events.letters import Hearing, Listeners
from contracts.events.access import TenantCreated
from contracts.events.customers import CustomerChanged, CustomerCreated
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
from services.notifications.operations.keep_customer import keep_customer
from services.notifications.operations.queue_message import queue_message
from services.notifications.operations.translate_facts import translate_facts


def on_tenant_created(db: Session, event: TenantCreated, _hearing: Hearing) -> None:
    """Every service keeps the list of tenants; this one also their names, to sign with."""
    learn_tenant(db, event.tenant_id, livemode=event.livemode, currency=event.currency, time_zone=event.time_zone)
    keep_business(db, event.tenant_id, event.name)


def on_customer_created(db: Session, event: CustomerCreated, hearing: Hearing) -> None:
    """A customer is new: welcome."""
    keep_customer(db, event)
    queue_message(db, event, Kind.WELCOME, [parts.Welcome()], hearing)


def on_customer_changed(db: Session, event: CustomerChanged, _hearing: Hearing) -> None:
    """A customer may read another language now."""
    keep_customer(db, event)


def on_purchase_recorded(db: Session, event: PurchaseRecorded, hearing: Hearing) -> None:
    """One message for all that a purchase brought."""
    queue_message(db, event, Kind.PURCHASE, translate_facts(event), hearing)


def on_purchase_claimed(db: Session, event: PurchaseClaimed, hearing: Hearing) -> None:
    """What a sale brought that was made before the customer was known."""
    queue_message(db, event, Kind.PURCHASE, translate_facts(event), hearing)


def on_purchase_returned(db: Session, event: PurchaseReturned, hearing: Hearing) -> None:
    """What was given back, and what was taken back with it. Staff who correct a sale speak for themselves."""
    if event.change != "return":
        return
    refund = [parts.Refunded(currency=event.currency, amount=event.refund)] if event.refund else []
    queue_message(db, event, Kind.RETURN, [*refund, *translate_facts(event)], hearing)


def on_activity_recorded(db: Session, event: ActivityRecorded, hearing: Hearing) -> None:
    """Something the customer did was rewarded. What brought nothing is told to nobody."""
    told = translate_facts(event)
    if told:
        queue_message(db, event, Kind.ACTIVITY, [parts.Thanks(), *told], hearing)


def on_day_celebrated(db: Session, event: DayCelebrated, hearing: Hearing) -> None:
    """A gift for a birthday, or for another year. Where nothing was given there is nothing to show."""
    told = translate_facts(event)
    if not told:
        return
    if event.celebration == "birthday":
        queue_message(db, event, Kind.BIRTHDAY, [parts.HappyBirthday(), *told], hearing)
    else:
        queue_message(db, event, Kind.ANNIVERSARY, [parts.YearsTogether(years=event.years or 1), *told], hearing)


def on_leaderboard_won(db: Session, event: LeaderboardWon, hearing: Hearing) -> None:
    """A place on a leaderboard won a prize."""
    won = parts.PlaceWon(leaderboard_name=event.leaderboard_name, place=event.place)
    queue_message(db, event, Kind.LEADERBOARD, [won, *translate_facts(event)], hearing)


def on_award_given(db: Session, event: AwardGiven, hearing: Hearing) -> None:
    """An award that was ordered for many came to this customer."""
    received = parts.AwardReceived(award_name=event.award_name)
    queue_message(db, event, Kind.AWARD, [received, *translate_facts(event)], hearing)


def on_reward_redeemed(db: Session, event: RewardRedeemed, hearing: Hearing) -> None:
    """Points became a reward."""
    taken = parts.RewardTaken(reward_name=event.reward_name, unit=event.unit, price=event.price)
    queue_message(db, event, Kind.REDEMPTION, [taken, parts.Balance(unit=event.unit, amount=event.balance)], hearing)


def on_redemption_moved(db: Session, event: RedemptionMoved, hearing: Hearing) -> None:
    """Goods are ready or under way, or a redemption was cancelled. Who was handed them knows it."""
    if event.status == "handed_over":
        return
    told: list[parts.Part] = [
        parts.RewardMoved.model_validate({"reward_name": event.reward_name, "status": event.status})
    ]
    if event.given_back:
        told.append(parts.Balance(unit=event.unit, amount=event.balance))
    queue_message(db, event, Kind.REDEMPTION, told, hearing)


def on_membership_changed(db: Session, event: MembershipChanged, hearing: Hearing) -> None:
    """Staff changed a membership for its customer."""
    told = parts.MembershipChanged(plan_name=event.plan_name, change=event.change, ends_on=event.ends_on)
    queue_message(db, event, Kind.MEMBERSHIP, [told], hearing)


def on_membership_renewal_due(db: Session, event: MembershipRenewalDue, hearing: Hearing) -> None:
    """A membership ends soon."""
    told = parts.MembershipEnding(plan_name=event.plan_name, ends_on=event.ends_on, days_left=event.days_left)
    queue_message(db, event, Kind.MEMBERSHIP, [told], hearing)


def on_membership_lapsed(db: Session, event: MembershipLapsed, hearing: Hearing) -> None:
    """A membership ran out."""
    told = parts.MembershipOver(plan_name=event.plan_name, ended_on=event.ended_on)
    queue_message(db, event, Kind.MEMBERSHIP, [told], hearing)


def on_draw_won(db: Session, event: DrawWon, hearing: Hearing) -> None:
    """A customer won, at once or as the next in line."""
    told = parts.PrizeWon(draw_name=event.draw_name, prize_name=event.prize_name, claim_until=event.claim_until)
    queue_message(db, event, Kind.DRAW, [told], hearing)


def on_draw_prize_claimed(db: Session, event: DrawPrizeClaimed, hearing: Hearing) -> None:
    """What came with a prize. A thing that was handed over speaks for itself."""
    if told := translate_facts(event):
        queue_message(db, event, Kind.DRAW, told, hearing)


def on_instant_win_won(db: Session, event: InstantWinWon, hearing: Hearing) -> None:
    """A play won, and what that brought."""
    won = parts.InstantPrizeWon(instant_win_name=event.instant_win_name, prize_name=event.prize_name)
    queue_message(db, event, Kind.INSTANT_WIN, [won, *translate_facts(event)], hearing)


def on_points_expiring(db: Session, event: PointsExpiring, hearing: Hearing) -> None:
    """Units will die unless they are spent."""
    told = parts.UnitsExpiring(unit=event.unit, amount=event.amount, last_day=event.last_day)
    queue_message(db, event, Kind.EXPIRING, [told], hearing)


def on_points_expired(db: Session, event: PointsExpired, hearing: Hearing) -> None:
    """Points died unused."""
    expired = parts.UnitsExpired(unit=event.unit, amount=event.amount)
    queue_message(db, event, Kind.EXPIRY, [expired, parts.Balance(unit=event.unit, amount=event.balance)], hearing)


def on_family_changed(db: Session, event: FamilyChanged, hearing: Hearing) -> None:
    """Somebody may share a membership, or no longer may."""
    part = parts.FamilyJoined if event.step == "joined" else parts.FamilyLeft
    queue_message(db, event, Kind.FAMILY, [part(plan_name=event.plan_name)], hearing)


def on_tier_changed(db: Session, event: TierChanged, hearing: Hearing) -> None:
    """A customer is in another tier. One given by hand that changes nothing is not told."""
    if event.change == "set" and event.tier == event.before:
        return
    told: parts.Part
    if event.change == "downgraded" or event.tier_name is None:
        told = parts.TierLowered(tier_name=event.tier_name)
    else:
        told = parts.TierReached(tier_name=event.tier_name, ends_on=event.ends_on)
    queue_message(db, event, Kind.TIER, [told], hearing)


def on_tier_warning(db: Session, event: TierWarning, hearing: Hearing) -> None:
    """A tier ends soon."""
    told = parts.TierEnding(tier_name=event.tier_name, ends_on=event.ends_on, unit=event.unit, needed=event.needed)
    queue_message(db, event, Kind.TIER, [told], hearing)


def on_referral_rewarded(db: Session, event: ReferralRewarded, hearing: Hearing) -> None:
    """What an advocate or a friend was given."""
    told = [parts.ReferralMoved(side=event.side, step="rewarded"), *translate_facts(event)]
    queue_message(db, event, Kind.REFERRAL, told, hearing)


def on_referral_revoked(db: Session, event: ReferralRevoked, hearing: Hearing) -> None:
    """It came to nothing; and what was taken back for that."""
    told = [parts.ReferralMoved(side=event.side, step="revoked"), *translate_facts(event)]
    queue_message(db, event, Kind.REFERRAL, told, hearing)


def on_referral_milestone_reached(db: Session, event: ReferralMilestoneReached, hearing: Hearing) -> None:
    """What an advocate was given for so many friends."""
    told = [parts.MilestoneMoved(friends=event.friends, step="reached"), *translate_facts(event)]
    queue_message(db, event, Kind.REFERRAL, told, hearing)


def on_referral_milestone_lost(db: Session, event: ReferralMilestoneLost, hearing: Hearing) -> None:
    """There are not so many any more; and what was taken back for that."""
    told = [parts.MilestoneMoved(friends=event.friends, step="lost"), *translate_facts(event)]
    queue_message(db, event, Kind.REFERRAL, told, hearing)


LISTENERS: Listeners = {
    TenantCreated: on_tenant_created,
    CustomerCreated: on_customer_created,
    CustomerChanged: on_customer_changed,
    PurchaseRecorded: on_purchase_recorded,
    PurchaseClaimed: on_purchase_claimed,
    PurchaseReturned: on_purchase_returned,
    ActivityRecorded: on_activity_recorded,
    DayCelebrated: on_day_celebrated,
    LeaderboardWon: on_leaderboard_won,
    AwardGiven: on_award_given,
    RewardRedeemed: on_reward_redeemed,
    RedemptionMoved: on_redemption_moved,
    MembershipChanged: on_membership_changed,
    MembershipRenewalDue: on_membership_renewal_due,
    MembershipLapsed: on_membership_lapsed,
    DrawWon: on_draw_won,
    DrawPrizeClaimed: on_draw_prize_claimed,
    InstantWinWon: on_instant_win_won,
    PointsExpiring: on_points_expiring,
    PointsExpired: on_points_expired,
    FamilyChanged: on_family_changed,
    TierChanged: on_tier_changed,
    TierWarning: on_tier_warning,
    ReferralRewarded: on_referral_rewarded,
    ReferralRevoked: on_referral_revoked,
    ReferralMilestoneReached: on_referral_milestone_reached,
    ReferralMilestoneLost: on_referral_milestone_lost,
}
