"""Finding coupon campaigns, and how often their codes were used."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.coupon import Campaign
from services.loyalty.domain.name import Name
from services.loyalty.domain.refusals.codes import CouponBatchUnknown, CouponCampaignUnknown
from services.loyalty.tables.coupons import CouponBatchRow, CouponCampaignRow, CouponCodeRow, CouponUseRow

LAST_ID = "~"


class CampaignCounts(NamedTuple):
    """How many codes a campaign has, and how often they were used."""

    codes: int = 0
    uses: int = 0


def find_campaign(db: Session, tenant_id: TenantId, campaign_id: str) -> CouponCampaignRow:
    """A campaign. Raises CouponCampaignUnknown."""
    campaign = db.get(CouponCampaignRow, (tenant_id, campaign_id))
    if campaign is None:
        raise CouponCampaignUnknown
    return campaign


def lock_campaign(db: Session, tenant_id: TenantId, campaign_id: str) -> CouponCampaignRow:
    """A campaign, kept from others until the transaction ends. Raises CouponCampaignUnknown."""
    named = (CouponCampaignRow.tenant_id == tenant_id, CouponCampaignRow.id == campaign_id)
    # Whoever waited for the lock decides on what the row says now, not on what it said before.
    campaign = db.scalar(
        select(CouponCampaignRow)
        .where(*named)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if campaign is None:
        raise CouponCampaignUnknown
    return campaign


def campaigns_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[CouponCampaignRow]:
    """The tenant's campaigns, the newest first."""
    return db.scalars(
        select(CouponCampaignRow)
        .where(CouponCampaignRow.tenant_id == tenant_id, CouponCampaignRow.id < (after or LAST_ID))
        .order_by(CouponCampaignRow.id.desc())
        .limit(limit)
    ).all()


def counts_of(db: Session, tenant_id: TenantId, campaign_ids: Sequence[str]) -> Mapping[str, CampaignCounts]:
    """Codes and uses of these campaigns."""
    counted: dict[type[CouponCodeRow] | type[CouponUseRow], dict[str, int]] = {}
    for rows in (CouponCodeRow, CouponUseRow):
        wanted = (rows.tenant_id == tenant_id, rows.campaign_id.in_(campaign_ids))
        found = db.execute(select(rows.campaign_id, func.count()).where(*wanted).group_by(rows.campaign_id))
        counted[rows] = {row[0]: row[1] for row in found}
    return {
        campaign_id: CampaignCounts(
            codes=counted[CouponCodeRow].get(campaign_id, 0), uses=counted[CouponUseRow].get(campaign_id, 0)
        )
        for campaign_id in campaign_ids
    }


def campaign_of(row: CouponCampaignRow) -> Campaign:
    """The campaign that a row keeps."""
    fields = {field: getattr(row, field) for field in Campaign.model_fields}
    return Campaign(**{**fields, "name": Name.model_validate_json(row.name)})


def find_batch(db: Session, tenant_id: TenantId, campaign_id: str, batch_id: str) -> CouponBatchRow:
    """A batch of a campaign's codes. Raises CouponBatchUnknown."""
    batch = db.get(CouponBatchRow, (tenant_id, batch_id))
    if batch is None or batch.campaign_id != campaign_id:
        raise CouponBatchUnknown
    return batch


def batches_of(
    db: Session, tenant_id: TenantId, campaign_id: str, *, after: str | None, limit: int
) -> Sequence[CouponBatchRow]:
    """The batches of a campaign, the newest first. Raises CouponCampaignUnknown."""
    find_campaign(db, tenant_id, campaign_id)
    return db.scalars(
        select(CouponBatchRow)
        .where(
            CouponBatchRow.tenant_id == tenant_id,
            CouponBatchRow.campaign_id == campaign_id,
            CouponBatchRow.id < (after or LAST_ID),
        )
        .order_by(CouponBatchRow.id.desc())
        .limit(limit)
    ).all()


def codes_after(
    db: Session, tenant_id: TenantId, campaign_id: str, batch_id: str | None, *, after: str, limit: int
) -> Sequence[tuple[str, str]]:
    """Codes of a campaign, or of one of its batches, in the order of their plain form: plain, and as written."""
    wanted = (
        select(CouponCodeRow.code, CouponCodeRow.written)
        .where(
            CouponCodeRow.tenant_id == tenant_id,
            CouponCodeRow.campaign_id == campaign_id,
            CouponCodeRow.code > after,
        )
        .order_by(CouponCodeRow.code)
        .limit(limit)
    )
    if batch_id is not None:
        wanted = wanted.where(CouponCodeRow.batch_id == batch_id)
    return [(code, written) for code, written in db.execute(wanted)]
