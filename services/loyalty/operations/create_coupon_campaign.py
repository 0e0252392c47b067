"""Beginning a coupon campaign. Source: docs/rules/coupons.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.coupon import Campaign, plain
from services.loyalty.domain.refusals.codes import CouponCodesTaken, CouponCodeUnreadable
from services.loyalty.tables.coupons import CouponCampaignRow

ADD_CODES = text("""
    INSERT INTO coupon_codes (tenant_id, code, written, campaign_id, batch_id, uses)
    SELECT :tenant_id, code, written, :campaign_id, :batch_id, 0
    FROM unnest(CAST(:codes AS text[]), CAST(:written AS text[])) AS given (code, written) ORDER BY code
    ON CONFLICT (tenant_id, code) DO NOTHING RETURNING code
""")


def create_coupon_campaign(
    db: Session, tenant_id: TenantId, campaign: Campaign, codes: Sequence[str], *, at: datetime
) -> CouponCampaignRow:
    """Begin a campaign with these codes, which the tenant chose. Raises CouponCodeUnreadable and CouponCodesTaken."""
    row = CouponCampaignRow(
        tenant_id=tenant_id,
        id=new_id("cpn"),
        status="active",
        uses=0,
        version=1,
        created_at=at,
        **columns_of(campaign),
    )
    db.add(row)
    db.flush()
    add_chosen_codes(db, row, codes)
    return row


def add_chosen_codes(db: Session, campaign: CouponCampaignRow, codes: Sequence[str]) -> None:
    """Let these be codes of the campaign, all of them or none. Raises CouponCodeUnreadable and CouponCodesTaken."""
    forms = {written: plain(written, campaign.code_case) for written in codes}  # type: ignore[arg-type]
    for written, code in forms.items():
        if not code:
            raise CouponCodeUnreadable(code=written)
    new = {code: written for written, code in reversed(forms.items())}
    added = add_codes(db, campaign, new)
    taken = [written for written, code in forms.items() if code not in added or new[code] != written]
    if taken:
        raise CouponCodesTaken(codes=", ".join(taken))


def add_codes(
    db: Session, campaign: CouponCampaignRow, written: Mapping[str, str], batch_id: str | None = None
) -> set[str]:
    """Add codes, as they are written by their plain form; returns those that nobody had."""
    given = {"codes": list(written), "written": list(written.values())}
    named = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id, "batch_id": batch_id}
    return set(db.scalars(ADD_CODES, {**named, **given}))


def columns_of(campaign: Campaign) -> dict[str, Any]:
    """A campaign as its row keeps it."""
    return {**campaign.model_dump(exclude={"name"}), "name": campaign.name.model_dump_json()}
