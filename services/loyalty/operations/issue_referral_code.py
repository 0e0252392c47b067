"""The code by which a customer brings others. Source: docs/rules/referral.md."""

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.referral import ReferralTerms
from services.loyalty.domain.refusals.referrals import ReferralsClosed
from services.loyalty.domain.voucher_code import RANDOM_BYTES, voucher_code
from services.loyalty.queries.customers import locked, welcome
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.queries.referrals import friends_brought, person_of
from services.loyalty.tables.referrals import ReferralCodeRow


class Issued(NamedTuple):
    """A code and when it ends; how many friends its owner has brought, and how many the next milestone asks for."""

    row: ReferralCodeRow
    ends_at: datetime | None
    friends: int
    next_milestone: int | None


def issue_referral_code(db: Session, tenant_id: TenantId, customer_id: CustomerId, *, at: datetime) -> Issued:
    """The customer's code, made when it is first asked for or the last one has ended; and how far it has brought them.

    Raises NoSuchCustomer, CustomerBlocked, and ReferralsClosed while the live program has no terms for it.
    """
    program, terms = terms_of_referrals(db, tenant_id, at)
    zone = program.document.zone
    welcome(locked(db, tenant_id, customer_id), customer_id)
    row = db.get(ReferralCodeRow, (tenant_id, customer_id))
    ends_at = terms.code_ends(row.issued_at, zone) if row else None
    if row is None or (ends_at is not None and ends_at <= at):
        new = ReferralCodeRow(
            tenant_id=tenant_id,
            customer_id=customer_id,
            code=voucher_code(secrets.token_bytes(RANDOM_BYTES)),
            issued_at=at,
        )
        row, ends_at = db.merge(new), terms.code_ends(at, zone)
        db.flush()
    friends = friends_brought(db, tenant_id, person_of(db, tenant_id, customer_id))
    return Issued(row, ends_at, friends, terms.next_milestone(friends))


def terms_of_referrals(db: Session, tenant_id: TenantId, at: datetime) -> tuple[ShelvedProgram, ReferralTerms]:
    """What the live program says about bringing others. Raises ReferralsClosed."""
    program = SHELF.live(db, tenant_id, at)
    if program is None or program.document.referral is None:
        raise ReferralsClosed
    return program, program.document.referral
