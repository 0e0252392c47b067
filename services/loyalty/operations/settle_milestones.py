"""What an advocate gets for having brought so many friends, and loses with them. Source: docs/rules/referral.md."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from contracts.events.loyalty import ReferralMilestoneLost, ReferralMilestoneReached
from kernel.ids import CustomerId, new_id
from kernel.points import Points
from services.loyalty.domain.award import Award
from services.loyalty.domain.referral import REFERRAL, milestones_due
from services.loyalty.operations.give_award import give_award
from services.loyalty.operations.take_award_back import take_award_back
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.queries.referrals import friends_brought, milestones_given
from services.loyalty.tables.books import Books
from services.loyalty.tables.referrals import ReferralMilestoneRow, ReferralRow
from services.loyalty.tables.standings import Standing


def settle_milestones(
    db: Session,
    books: Books,
    row: ReferralRow,
    program: ShelvedProgram,
    standings: Mapping[CustomerId, Standing],
    advocate: Collection[CustomerId],
) -> None:
    """After a referral was rewarded, give what its advocate has reached; after it was revoked, take back what is lost.

    `advocate` are all ids of the person, all of them locked in `standings`: what one profile was given, another is not.
    What was lost is given again with the referral that reaches it again. The books stay open.
    """
    db.flush()
    friends, given = friends_brought(db, row.tenant_id, advocate), milestones_given(db, row.tenant_id, advocate)
    if row.status == "rewarded":
        terms = program.document.referral
        assert terms is not None, "it was made under its terms"
        for number, award in milestones_due(terms, friends, {each.friends for each in given}):
            give(db, books, row, program, standings[row.advocate_id], number, award)
    else:
        for lost in given:
            if lost.friends > friends:
                take_back(db, books, lost, program, standings[lost.advocate_id])


def give(
    db: Session,
    books: Books,
    row: ReferralRow,
    program: ShelvedProgram,
    standing: Standing,
    friends: int,
    award: Award,
) -> None:
    """Give the award for so many friends, and tell of it."""
    reached = ReferralMilestoneRow(
        tenant_id=row.tenant_id,
        referral_id=row.id,
        friends=friends,
        id=new_id("rfm"),
        advocate_id=standing.customer_id,
        given_at=books.at,
        taken_back_at=None,
    )
    db.add(reached)
    given = give_award(db, books, standing, program, award, rule=REFERRAL, source=reached.id, occurred_at=books.at)
    event = ReferralMilestoneReached(
        tenant_id=row.tenant_id,
        customer_id=standing.customer_id,
        occurred_at=books.at,
        milestone_id=reached.id,
        referral_id=row.id,
        friends=friends,
        facts=list(given.facts),
        balance=Points(standing.wallet(program.document.unit).balance),
    )
    books.postings.tell(event, None)


def take_back(
    db: Session, books: Books, lost: ReferralMilestoneRow, program: ShelvedProgram, standing: Standing
) -> None:
    """Take the award for so many friends back, and tell of it."""
    lost.taken_back_at = books.at
    facts = take_award_back(db, books, standing, rule=REFERRAL, source=lost.id)
    event = ReferralMilestoneLost(
        tenant_id=lost.tenant_id,
        customer_id=standing.customer_id,
        occurred_at=books.at,
        milestone_id=lost.id,
        friends=lost.friends,
        facts=list(facts),
        balance=Points(standing.wallet(program.document.unit).balance),
    )
    books.postings.tell(event, None)
