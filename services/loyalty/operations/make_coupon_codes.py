"""Making the codes that were asked for. Source: docs/rules/coupons.md."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import CouponCodesMade
from kernel.ids import TenantId
from services.loyalty.domain.coupon import plain
from services.loyalty.domain.coupon_code import BITS_OF_A_CHARACTER, coupon_code
from services.loyalty.operations.create_coupon_campaign import add_codes
from services.loyalty.queries.coupons import find_campaign
from services.loyalty.tables.coupons import CouponBatchRow

# Some tenths of a second of work: what a crash costs.
CODES_MAX = 5_000


def make_coupon_codes(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Make some codes of a batch that nobody else works on; returns how many, 0 when there is nothing to do.

    Codes and count are written together: who dies has made none, and there are never too many. A code that somebody
    has already is made anew the next time. Tells others when the batch is whole.
    """
    batch = next_batch(db, tenant_id)
    if batch is None:
        return 0
    campaign = find_campaign(db, tenant_id, batch.campaign_id)
    written = {}
    for _code in range(min(CODES_MAX, batch.number - batch.made)):
        number = secrets.randbits(BITS_OF_A_CHARACTER * batch.length)
        code = coupon_code(batch.prefix, number, batch.length)
        written[plain(code, campaign.code_case)] = code  # type: ignore[arg-type]
    added = len(add_codes(db, campaign, written, batch.id))
    batch.made += added
    if batch.made == batch.number:
        batch.finished_at = at
        whole = CouponCodesMade(
            tenant_id=tenant_id, occurred_at=at, campaign_id=campaign.id, batch_id=batch.id, codes=batch.number
        )
        publish(db, whole)
    db.flush()
    return added


def next_batch(db: Session, tenant_id: TenantId) -> CouponBatchRow | None:
    """The oldest batch that is not whole, kept from others until the transaction ends."""
    return db.scalar(
        select(CouponBatchRow)
        .where(CouponBatchRow.tenant_id == tenant_id, CouponBatchRow.finished_at.is_(None))
        .order_by(CouponBatchRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
