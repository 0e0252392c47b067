"""Giving the advocate or the friend what a referral brings them, or taking it back. Source: docs/rules/referral.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import ReferralRevoked, ReferralRewarded, ReferralSide
from kernel.points import Points
from services.loyalty.domain.award import Award
from services.loyalty.domain.referral import REFERRAL, ReferralReason, reward_id
from services.loyalty.operations.give_award import give_award
from services.loyalty.operations.take_award_back import take_award_back
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.tables.books import Books
from services.loyalty.tables.referrals import ReferralRow
from services.loyalty.tables.standings import Standing


def reward_side(
    db: Session,
    books: Books,
    row: ReferralRow,
    program: ShelvedProgram,
    side: ReferralSide,
    standing: Standing,
    award: Award | None,
    occurred_at: datetime,
    purchase_id: str | None = None,
) -> None:
    """Give one side its award, if there is one for it, and tell of it: once for a referral, or for each purchase."""
    if award is None:
        return
    source = source_of(row, purchase_id)
    given = give_award(db, books, standing, program, award, rule=REFERRAL, source=source, occurred_at=occurred_at)
    event = ReferralRewarded(
        tenant_id=row.tenant_id,
        customer_id=standing.customer_id,
        occurred_at=books.at,
        referral_id=row.id,
        side=side,
        purchase_id=purchase_id,
        facts=list(given.facts),
        balance=balance_of(standing, program),
    )
    books.postings.tell(event, None)


def revoke_side(
    db: Session,
    books: Books,
    row: ReferralRow,
    program: ShelvedProgram,
    side: ReferralSide,
    standing: Standing,
    reason: ReferralReason,
    purchase_id: str | None = None,
) -> None:
    """Take from one side what it was given, if anything, and tell of it."""
    facts = take_award_back(db, books, standing, rule=REFERRAL, source=source_of(row, purchase_id))
    event = ReferralRevoked(
        tenant_id=row.tenant_id,
        customer_id=standing.customer_id,
        occurred_at=books.at,
        referral_id=row.id,
        side=side,
        reason=reason,
        purchase_id=purchase_id,
        facts=list(facts),
        balance=balance_of(standing, program),
    )
    books.postings.tell(event, None)


def source_of(row: ReferralRow, purchase_id: str | None) -> str:
    """What the award is for: the referral, or one purchase of the friend."""
    return row.id if purchase_id is None else reward_id(purchase_id)


def balance_of(standing: Standing, program: ShelvedProgram) -> Points:
    """What the wallet of the program holds."""
    return Points(standing.wallet(program.document.unit).balance)
