"""Codes made elsewhere, taken in from a file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Transaction, TransactionRoute
from services.loyalty.domain.code_list import REASONS, LineReason
from services.loyalty.domain.refusals.codes import CodeFileUnreadable, CouponCampaignStopped, CouponCampaignUnknown
from services.loyalty.operations.import_coupon_codes import import_coupon_codes

ERRORS_SHOWN_MAX = 1_000

router = APIRouter(prefix="/v1", tags=["coupons"], route_class=TransactionRoute)


class LineErrorDocument(BaseModel):
    """A line that gives no code, counted from one."""

    line: int
    code: str
    reason: LineReason
    text: str = Field(description="In the language asked for.")


class ImportDocument(BaseModel):
    """What came of a file: `added` codes are new, `known` ones the campaign had, `refused` lines give none."""

    object: Literal["coupon_import"] = "coupon_import"
    campaign_id: str
    dry_run: bool
    added: int
    known: int
    refused: int
    errors: list[LineErrorDocument] = Field(description=f"The first {ERRORS_SHOWN_MAX} lines that were refused.")


@router.post(
    "/coupon_campaigns/{campaign_id}/imports",
    dependencies=[needs("rewards:write")],
    responses=problems(CouponCampaignUnknown, CouponCampaignStopped, CodeFileUnreadable),
)
def create(
    campaign_id: str,
    content: Annotated[bytes, Body(media_type="text/csv", description="A CSV file in UTF-8: a code a line.")],
    db: Transaction,
    caller: CurrentCaller,
    dry_run: Annotated[bool, Query(description="Only say what would come of it.")] = False,
) -> ImportDocument:
    """Take in codes, as far as they can be; the same file again adds nothing."""
    imported = import_coupon_codes(db, caller.tenant_id, campaign_id, content, dry_run=dry_run)
    return ImportDocument(
        campaign_id=campaign_id,
        dry_run=dry_run,
        added=imported.added,
        known=imported.known,
        refused=len(imported.errors),
        errors=[
            LineErrorDocument(
                line=error.line,
                code=error.code,
                reason=error.reason,
                text=REASONS[error.reason].in_language(caller.language),
            )
            for error in imported.errors[:ERRORS_SHOWN_MAX]
        ],
    )
