"""Giving the advocate or the friend what a referral brings them. Source: docs/rules/referral.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import ReferralRewarded, ReferralSide
from kernel.points import Points
from services.loyalty.domain.award import Award
from services.loyalty.domain.referral import REFERRAL, award_source
from services.loyalty.operations.give_award import give_award
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
    source = award_source(row.id, purchase_id)
    given = give_award(db, books, standing, program, award, rule=REFERRAL, source=source, occurred_at=occurred_at)
    event = ReferralRewarded(
        tenant_id=row.tenant_id,
        customer_id=standing.customer_id,
        occurred_at=books.at,
        referral_id=row.id,
        side=side,
        purchase_id=purchase_id,
        facts=list(given.facts),
        balance=Points(standing.wallet(program.document.unit).balance),
    )
    books.postings.tell(event, None)
