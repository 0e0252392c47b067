"""Translate what a purchase, a return, an activity or a referral caused into what its customer is told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from contracts.events.loyalty import (
    ActivityRecorded,
    AnyFact,
    AwardGiven,
    DayCelebrated,
    DrawPrizeClaimed,
    InstantWinWon,
    LeaderboardWon,
    MembershipExtended,
    PassesIssued,
    PointsAccrued,
    PurchaseClaimed,
    PurchaseRecorded,
    PurchaseReturned,
    ReferralMilestoneLost,
    ReferralMilestoneReached,
    ReferralRevoked,
    ReferralRewarded,
    StampsGiven,
    VoucherIssued,
)
from services.notifications.domain import parts
from services.notifications.domain.parts import Part


def translate_facts(
    event: PurchaseRecorded
    | PurchaseReturned
    | PurchaseClaimed
    | ActivityRecorded
    | DayCelebrated
    | DrawPrizeClaimed
    | InstantWinWon
    | ReferralRewarded
    | ReferralRevoked
    | ReferralMilestoneReached
    | ReferralMilestoneLost
    | LeaderboardWon
    | AwardGiven,
) -> tuple[Part, ...]:
    """The parts of the message, what matters most first, the balance last. None when nothing touches the customer."""
    memberships = [fact for fact in event.facts if isinstance(fact, MembershipExtended)]
    passes = [fact for fact in event.facts if isinstance(fact, PassesIssued) and fact.passes > 0]
    vouchers = [fact for fact in event.facts if isinstance(fact, VoucherIssued)]
    units = [fact for fact in event.facts if isinstance(fact, PointsAccrued)]
    cards = [fact for fact in event.facts if isinstance(fact, StampsGiven)]
    told = (
        *map(membership_part, memberships),
        *map(passes_part, passes),
        *map(voucher_part, vouchers),
        *unit_parts(units, event.occurred_at),
        *stamp_parts(cards),
    )
    return (*told, *balance_parts(event.facts, event.balance)) if told else ()


def membership_part(fact: MembershipExtended) -> Part:
    """Time added, or taken back."""
    if fact.paid_months < 0 or fact.bonus_months < 0:
        return parts.MembershipShortened(plan_name=fact.plan_name, ends_on=fact.ends_on)
    return parts.MembershipExtended(
        plan_name=fact.plan_name,
        paid_months=fact.paid_months,
        bonus_months=fact.bonus_months,
        ends_on=fact.ends_on,
    )


def passes_part(fact: PassesIssued) -> Part:
    """Passes."""
    return parts.PassesReceived(
        plan_name=fact.plan_name, passes=fact.passes, entries=fact.entries, expires_at=fact.expires_at
    )


def voucher_part(fact: VoucherIssued) -> Part:
    """A voucher."""
    return parts.VoucherReceived(reward_name=fact.reward_name, expires_at=fact.expires_at)


def unit_parts(facts: Iterable[PointsAccrued], at: datetime) -> Iterator[Part]:
    """One sum per unit and moment from which it can be spent: several rules may have given some."""
    sums: dict[tuple[str, datetime | None], int] = defaultdict(int)
    for fact in facts:
        pending = fact.spendable_at is not None and fact.spendable_at > at
        sums[fact.unit, fact.spendable_at if pending else None] += fact.amount
    for (unit, spendable_at), amount in sums.items():
        if amount > 0:
            yield parts.PointsReceived(unit=unit, amount=amount, spendable_at=spendable_at)
        elif amount < 0:
            yield parts.PointsTaken(unit=unit, amount=-amount)


def stamp_parts(facts: Iterable[StampsGiven]) -> Iterator[Part]:
    """How far each card is now: its last fact says it."""
    for fact in {fact.card: fact for fact in facts}.values():
        yield parts.StampProgress(card_name=fact.card_name, stamps_left=fact.stamps_needed - fact.stamps_on_card)


def balance_parts(facts: Sequence[AnyFact], balance: int | None) -> Iterator[Part]:
    """The balance, where units moved."""
    unit = next((fact.unit for fact in facts if isinstance(fact, PointsAccrued)), None)
    if unit is not None and balance is not None:
        yield parts.Balance(unit=unit, amount=balance)
