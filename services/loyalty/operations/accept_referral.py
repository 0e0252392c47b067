"""Coming by somebody's code. Source: docs/rules/referral.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.referral import ReferralTerms, counted_since
from services.loyalty.domain.refusals.referrals import (
    AdvocateBlocked,
    FriendNotNew,
    ReferralCodeEnded,
    ReferralLimitReached,
    ReferralRing,
    ReferredAlready,
    SameHousehold,
    SelfReferral,
)
from services.loyalty.domain.voucher_code import is_voucher_code, normalised
from services.loyalty.operations.check_guessing import check_guessing
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from services.loyalty.operations.issue_referral_code import terms_of_referrals
from services.loyalty.queries.customers import all_locked, welcome
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.queries.referrals import (
    brought_since,
    code_by_text,
    first_purchase,
    is_household,
    is_ring,
    person_of,
    was_brought,
)
from services.loyalty.tables.referrals import ReferralRow

# One at a time: four who each bring the next at the same moment would otherwise not see that they make a ring.
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('referral ' || :tenant_id, 0))")


def accept_referral(
    db: Session, tenant_id: TenantId, code: str, friend_id: CustomerId, guesser: Guesser, *, at: datetime
) -> ReferralRow | None:
    """Note that the customer came by the code; None when it is nobody's, which is counted: commit it.

    Raises TooManyWrongCodes, ReferralsClosed, NoSuchCustomer, CustomerBlocked, AdvocateBlocked, SelfReferral,
    ReferralCodeEnded, ReferredAlready, FriendNotNew, SameHousehold, ReferralRing and ReferralLimitReached.
    """
    check_guessing(db, tenant_id, guesser, at=at)
    program, terms = terms_of_referrals(db, tenant_id, at)
    found = code_by_text(db, tenant_id, normalised(code)) if is_voucher_code(code) else None
    if found is None:
        count_wrong_codes(db, tenant_id, guesser, 1, at=at)
        return None
    advocate_id, zone = found.customer_id, program.document.zone
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    standings = all_locked(db, tenant_id, [advocate_id, friend_id])
    welcome(standings[friend_id], friend_id)
    if standings[advocate_id].status == "blocked":
        raise AdvocateBlocked
    ends_at = terms.code_ends(found.issued_at, zone)
    if ends_at is not None and ends_at <= at:
        raise ReferralCodeEnded
    check_both(db, tenant_id, advocate_id, friend_id, program, terms, at)
    row = ReferralRow(
        tenant_id=tenant_id,
        id=new_id("rfl"),
        advocate_id=advocate_id,
        friend_id=friend_id,
        status="pending",
        reason=None,
        program_id=program.program_id,
        program_version=program.version,
        purchase_min=terms.purchase_needed,
        purchase_id=None,
        actor=guesser.key,
        created_at=at,
        until=terms.waits_until(at, zone),
        changed_at=at,
        purchases_seen=0 if terms.when == "every_purchase" else None,
    )
    db.add(row)
    db.flush()
    return row


def check_both(
    db: Session,
    tenant_id: TenantId,
    advocate_id: CustomerId,
    friend_id: CustomerId,
    program: ShelvedProgram,
    terms: ReferralTerms,
    at: datetime,
) -> None:
    """Whether the one may bring the other. Raises what `accept_referral` says about the two of them."""
    advocate, friend = (person_of(db, tenant_id, each) for each in (advocate_id, friend_id))
    if not advocate.isdisjoint(friend):
        raise SelfReferral
    if was_brought(db, tenant_id, friend):
        raise ReferredAlready
    if first_purchase(db, tenant_id, friend, closes_at=at) is not None:
        raise FriendNotNew
    if is_household(db, tenant_id, advocate, friend):
        raise SameHousehold
    if is_ring(db, tenant_id, advocate_id, friend):
        raise ReferralRing
    for limit, since in counted_since(terms, at, program.document.zone):
        if brought_since(db, tenant_id, advocate, since) >= limit.at_most:
            raise ReferralLimitReached(most=limit.at_most)
