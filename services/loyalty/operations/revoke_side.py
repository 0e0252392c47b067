"""Taking back from the advocate or the friend what a referral brought them. Source: docs/rules/referral.md."""

from sqlalchemy.orm import Session

from contracts.events.loyalty import ReferralRevoked, ReferralSide
from kernel.points import Points
from services.loyalty.domain.referral import REFERRAL, ReferralReason, award_source
from services.loyalty.operations.take_award_back import take_award_back
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.tables.books import Books
from services.loyalty.tables.referrals import ReferralRow
from services.loyalty.tables.standings import Standing


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
    facts = take_award_back(db, books, standing, rule=REFERRAL, source=award_source(row.id, purchase_id))
    event = ReferralRevoked(
        tenant_id=row.tenant_id,
        customer_id=standing.customer_id,
        occurred_at=books.at,
        referral_id=row.id,
        side=side,
        reason=reason,
        purchase_id=purchase_id,
        facts=list(facts),
        balance=Points(standing.wallet(program.document.unit).balance),
    )
    books.postings.tell(event, None)
