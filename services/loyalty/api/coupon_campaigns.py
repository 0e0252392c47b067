"""Coupon campaigns: codes that many may use."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chassis.web.caller import CurrentCaller, needs
from chassis.web.etags import ExpectedVersion, IfMatchRequired, VersionStale, etag
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.domain.coupon import Campaign, CodeCase, GivenCodes, OnReturn, Uses
from services.loyalty.domain.name import Name
from services.loyalty.domain.refusals.codes import (
    CouponCampaignUnknown,
    CouponCodesTaken,
    CouponCodeUnreadable,
    CouponLimitFixed,
)
from services.loyalty.domain.written import Day
from services.loyalty.operations.create_coupon_campaign import create_coupon_campaign
from services.loyalty.operations.stop_coupon_campaign import stop_coupon_campaign
from services.loyalty.operations.update_coupon_campaign import update_coupon_campaign
from services.loyalty.queries.coupons import CampaignCounts, campaign_of, campaigns_of, counts_of, find_campaign
from services.loyalty.tables.coupons import CouponCampaignRow

router = APIRouter(prefix="/v1", tags=["coupons"], route_class=TransactionRoute)


class CampaignRequest(Campaign):
    """A campaign, and codes of your own choice for it. Rules ask for it with the condition `has_coupon`."""

    codes: GivenCodes = ()


class CampaignChange(BaseModel):
    """What is different now. Fields that are away stay as they are; null takes a bound away.

    `uses_per_code` and `uses_in_total` can be raised and lowered, but not come new or go away: uses are only counted
    where they are limited.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    uses_per_code: Uses | None = None
    uses_per_customer: Uses | None = None
    uses_in_total: Uses | None = None
    on_return: OnReturn | None = None


class CampaignDocument(BaseModel):
    """A campaign. `status` is active or stopped; `codes` is how many it has, `uses` how often they were used."""

    object: Literal["coupon_campaign"] = "coupon_campaign"
    id: str
    name: Name
    starts_on: date | None
    ends_on: date | None
    uses_per_code: int | None
    uses_per_customer: int | None
    uses_in_total: int | None
    code_case: CodeCase
    on_return: OnReturn
    status: str
    codes: int
    uses: int
    version: int = Field(description="Also its `ETag`, which a change names as `If-Match`.")
    created_at: datetime


@router.post(
    "/coupon_campaigns",
    status_code=201,
    dependencies=[needs("rewards:write")],
    responses=problems(CouponCodeUnreadable, CouponCodesTaken),
)
def create(
    wish: CampaignRequest, db: Transaction, caller: CurrentCaller, now: Now, response: Response
) -> CampaignDocument:
    """Begin a campaign."""
    campaign = Campaign.model_validate(wish.model_dump(exclude={"codes"}))
    row = create_coupon_campaign(db, caller.tenant_id, campaign, wish.codes, at=now)
    return counted(db, caller, row, response)


@router.get("/coupon_campaigns", dependencies=[needs("rewards:read")], responses=problems())
def read_all(page: PageAsked, db: Transaction, caller: CurrentCaller) -> Page[CampaignDocument]:
    """The tenant's campaigns, the newest first."""
    campaigns = campaigns_of(db, caller.tenant_id, after=page.after, limit=page.rows_max)
    counts = counts_of(db, caller.tenant_id, [campaign.id for campaign in campaigns])
    return page.of(campaigns, lambda row: document(row, counts[row.id]))


@router.get(
    "/coupon_campaigns/{campaign_id}", dependencies=[needs("rewards:read")], responses=problems(CouponCampaignUnknown)
)
def read_one(campaign_id: str, db: Transaction, caller: CurrentCaller) -> CampaignDocument:
    """One campaign. Its `version` in quotes is what a change names as `If-Match`."""
    return counted(db, caller, find_campaign(db, caller.tenant_id, campaign_id))


@router.patch(
    "/coupon_campaigns/{campaign_id}",
    dependencies=[needs("rewards:write")],
    responses=problems(CouponCampaignUnknown, CouponLimitFixed, IfMatchRequired, VersionStale),
)
def change(
    campaign_id: str,
    wish: CampaignChange,
    expected: ExpectedVersion,
    db: Transaction,
    caller: CurrentCaller,
    response: Response,
) -> CampaignDocument:
    """Change a campaign, if it is still the version you read. What was used before stays used."""
    # As JSON would have it, so that the fields are read once more together with those that stay.
    given = wish.model_dump(exclude_unset=True)
    try:
        row = update_coupon_campaign(db, caller.tenant_id, campaign_id, given, expected_version=expected)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False)) from error
    return counted(db, caller, row, response)


@router.post(
    "/coupon_campaigns/{campaign_id}/stop",
    dependencies=[needs("rewards:write")],
    responses=problems(CouponCampaignUnknown),
)
def stop(campaign_id: str, db: Transaction, caller: CurrentCaller, response: Response) -> CampaignDocument:
    """Let none of its codes be used any more. Returns go on as before."""
    return counted(db, caller, stop_coupon_campaign(db, caller.tenant_id, campaign_id), response)


def counted(
    db: Transaction, caller: CurrentCaller, row: CouponCampaignRow, response: Response | None = None
) -> CampaignDocument:
    """A campaign with its codes and uses counted."""
    return document(row, counts_of(db, caller.tenant_id, [row.id])[row.id], response)


def document(row: CouponCampaignRow, counts: CampaignCounts, response: Response | None = None) -> CampaignDocument:
    """A campaign as it is answered, its version as the answer's ETag."""
    if response is not None:
        response.headers["ETag"] = etag(row.version)
    return CampaignDocument(
        id=row.id,
        status=row.status,
        codes=counts.codes,
        uses=counts.uses,
        version=row.version,
        created_at=row.created_at,
        **campaign_of(row).model_dump(),
    )
