"""Rewarding every purchase of a friend: held, rewarded, taken back, each by itself. Source: docs/rules/referral.md."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import ReferralSide
from kernel.ids import CustomerId
from services.loyalty.domain.award import Award
from services.loyalty.domain.local_day import days_later
from services.loyalty.domain.referral import (
    TILL_SLOW_MAX,
    ReferralReason,
    ReferralTerms,
    after_purchases,
    next_purchase_step,
)
from services.loyalty.operations.revoke_side import revoke_side
from services.loyalty.operations.reward_side import reward_side
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.queries.referrals import (
    DuePurchase,
    purchases_by_status,
    purchases_due,
    purchases_unseen,
)
from services.loyalty.queries.tiers import purchase_versions
from services.loyalty.tables.books import Books
from services.loyalty.tables.referrals import ReferralRow, add_referral_purchases, change_referral_purchase
from services.loyalty.tables.standings import Standing

FOUND_MAX = 50


def reward_purchases(
    db: Session,
    books: Books,
    row: ReferralRow,
    program: ShelvedProgram,
    advocate: Standing,
    friend: Standing,
    *,
    friends: Collection[CustomerId],
    barred: ReferralReason | None,
) -> bool:
    """Take a referral of every purchase as far as it has come; whether anything of it moved.

    Both are locked; `friends` are all ids of the friend. What bars a referral once, ends it for further purchases.
    The books stay open.
    """
    terms, zone = program.document.referral, program.document.zone
    assert terms is not None, "it was made under its terms"
    assert row.until is not None, "it is open"
    ends_at = terms.waits_until(row.created_at, zone)
    # Before the purchases are read: one that comes in between makes us look again.
    version = sum(purchase_versions(db, row.tenant_id, sorted(friends)).values())
    barred, moved, all_seen = barred or row.reason, False, True
    if barred is None and (version != row.purchases_seen or row.until <= books.at):
        found = purchases_unseen(db, row.tenant_id, friends, before=ends_at, limit=FOUND_MAX)
        if found and found[0].occurred_at < row.created_at - TILL_SLOW_MAX:
            barred = "bought_before"
        else:
            closes = [(each.id, days_later(each.occurred_at, terms.return_days, zone)) for each in found]
            add_referral_purchases(db, row, closes, at=books.at)
            moved, all_seen = bool(found), len(found) < FOUND_MAX
    if all_seen:
        row.purchases_seen = version
    mover = Mover(db, books, row, program, terms, advocate, friend, barred)
    while sum(mover.move(each) for each in purchases_due(db, row, at=books.at, barred=barred)):
        moved = True
    stands = purchases_by_status(db, row)
    # What was bought in time and comes to be known late counts as long as anything of the referral is open.
    counting = barred is None and (books.at < ends_at or not all_seen)
    refused_for = stands["refused"].reason if "refused" in stands else None
    step = after_purchases(stands.keys(), counting=counting, barred=barred, refused_for=refused_for)
    ends = [ends_at] if counting else []
    ends += [each.until for each in stands.values() if each.until is not None]
    moved = moved or (row.status, row.reason) != (step.status, step.reason)
    row.status, row.reason, row.until = step.status, step.reason, min(ends, default=None)
    row.changed_at = books.at if moved else row.changed_at
    return moved


@dataclass(frozen=True, slots=True)
class Mover:
    """Takes the purchases of one referral a step further."""

    db: Session
    books: Books
    row: ReferralRow
    program: ShelvedProgram
    terms: ReferralTerms
    advocate: Standing
    friend: Standing
    barred: ReferralReason | None

    def move(self, due: DuePurchase) -> bool:
        """Take one as far as its next step; whether there is one."""
        zone, is_early = self.program.document.zone, self.terms.friend_when == "purchased"
        step = next_purchase_step(
            self.terms, zone, due.standing, due.bought, self.barred, self.books.at, has_room=self.has_room()
        )
        if step is None:
            return False
        was, purchase_id = due.standing.status, due.bought.id
        if step.status == "held" and is_early:
            self.give("friend", due.bought.occurred_at, purchase_id)
        if step.status == "rewarded" and was != "rewarded":
            if not (was == "held" and is_early):
                self.give("friend", due.standing.until, purchase_id)
            self.give("advocate", due.standing.until, purchase_id)
        if step.status == "revoked":
            assert step.reason is not None, "nothing is revoked without a reason"
            self.take_back("friend", step.reason, purchase_id)
            if was == "rewarded":
                self.take_back("advocate", step.reason, purchase_id)
        change_referral_purchase(self.db, self.row, purchase_id, step, at=self.books.at)
        return True

    def has_room(self) -> bool:
        """Whether fewer purchases have a place than are rewarded at most."""
        most = self.terms.purchases_max
        if most is None:
            return True
        stands = purchases_by_status(self.db, self.row)
        placed = ("rewarded", "held") if self.terms.friend_when == "purchased" else ("rewarded",)
        return sum(each.number for status, each in stands.items() if status in placed) < most

    def side(self, side: ReferralSide) -> tuple[Standing, Award | None]:
        """Who that is, and what they get."""
        return (self.advocate, self.terms.advocate) if side == "advocate" else (self.friend, self.terms.friend)

    def give(self, side: ReferralSide, occurred_at: datetime, purchase_id: str) -> None:
        """Give one side its award for a purchase."""
        standing, award = self.side(side)
        reward_side(self.db, self.books, self.row, self.program, side, standing, award, occurred_at, purchase_id)

    def take_back(self, side: ReferralSide, reason: ReferralReason, purchase_id: str) -> None:
        """Take from one side what it was given for a purchase."""
        standing, award = self.side(side)
        if award is not None:
            revoke_side(self.db, self.books, self.row, self.program, side, standing, reason, purchase_id)
