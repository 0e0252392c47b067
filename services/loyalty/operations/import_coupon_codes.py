"""Taking in codes that were made elsewhere. Source: docs/rules/coupons.md."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.code_list import LineError, read_code_list
from services.loyalty.domain.refusals.codes import CouponCampaignStopped
from services.loyalty.operations.create_coupon_campaign import add_codes
from services.loyalty.queries.coupons import find_campaign

OWNERS = text("SELECT code, campaign_id FROM coupon_codes WHERE tenant_id = :tenant_id AND code = ANY (:codes)")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many codes came new, how many the campaign had already, and the lines that gave none."""

    added: int
    known: int
    errors: tuple[LineError, ...]


def import_coupon_codes(
    db: Session, tenant_id: TenantId, campaign_id: str, content: bytes, *, dry_run: bool
) -> Imported:
    """Take in the codes of a file, as far as they can be: all in one transaction, so that a crash leaves none.

    The same file again adds nothing. A dry run changes nothing and says the same. Raises CouponCampaignUnknown,
    CouponCampaignStopped and CodeFileUnreadable.
    """
    campaign = find_campaign(db, tenant_id, campaign_id)
    if campaign.status == "stopped":
        raise CouponCampaignStopped
    listed = read_code_list(content, campaign.code_case)  # type: ignore[arg-type]
    written = {each.code: each.written for each in listed.codes}
    added = set() if dry_run else add_codes(db, campaign, written)
    owners = owners_of(db, tenant_id, written.keys() - added)
    taken = {code for code, owner in owners.items() if owner != campaign_id}
    of_others = [LineError(each.line, each.written, "taken") for each in listed.codes if each.code in taken]
    return Imported(
        added=len(written) - len(owners),
        known=len(owners) - len(taken),
        errors=tuple(sorted([*listed.errors, *of_others], key=lambda error: error.line)),
    )


def owners_of(db: Session, tenant_id: TenantId, codes: Collection[str]) -> Mapping[str, str]:
    """The campaigns that have these codes, where one does."""
    found = db.execute(OWNERS, {"tenant_id": tenant_id, "codes": list(codes)}) if codes else ()
    return {row[0]: row[1] for row in found}
