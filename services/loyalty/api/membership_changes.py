"""Changing a membership by hand: freeze, resume, goodwill, another plan, cancellation."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import Caller, CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from services.loyalty.api.fields import Reason, by_hand
from services.loyalty.api.memberships import MembershipDocument, MembershipId, membership_document
from services.loyalty.domain.membership_term import TimeKind
from services.loyalty.domain.refusals.memberships import (
    FreezeInvalid,
    MembershipNotFrozen,
    MembershipOver,
    MembershipTooLong,
    MembershipUnknown,
    PlanUnknown,
    PlanUnsuitable,
)
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.written import Day
from services.loyalty.operations.cancel_membership import Cancellation, cancel_membership
from services.loyalty.operations.change_plan import change_plan
from services.loyalty.operations.freeze_membership import freeze_membership
from services.loyalty.operations.give_days import give_days
from services.loyalty.operations.resume_membership import resume_membership
from services.loyalty.queries.memberships import membership_row

router = APIRouter(prefix="/v1/memberships/{membership_id}", tags=["memberships"], route_class=TransactionRoute)


class Wish(BaseModel):
    """What all changes share."""

    model_config = ConfigDict(extra="forbid")


class FreezeRequest(Wish):
    """From when the time is held still (today when not said), and until just before which day; open when not said."""

    from_date: Day | None = None
    until_date: Day | None = None
    reason: Reason | None = None


class ResumeRequest(Wish):
    """Why, if there is something to say."""

    reason: Reason | None = None


class GoodwillRequest(Wish):
    """How many days are given, and why."""

    days: Annotated[int, Field(strict=True, ge=1, le=366)]
    reason: Reason


class PlanRequest(Wish):
    """The plan to change to."""

    plan: RuleId
    reason: Reason | None = None


class CancellationRequest(Wish):
    """The last day on which it is valid: today when not said."""

    last_day: Day | None = None
    reason: Reason | None = None


# Each of these may be asked for without a body.
FROM_TODAY, NOTHING_TO_SAY, TODAY = FreezeRequest(), ResumeRequest(), CancellationRequest()


class UnusedDocument(BaseModel):
    """What one part had left: `days` of its `days_total`, what was paid for all of it, and what of that is due back."""

    kind: TimeKind
    days: int
    days_total: int
    price: int
    refund: int


class CancellationDocument(BaseModel):
    """What a cancellation takes, the latest first, and the refund due, in minor units of the program's currency."""

    object: str = "membership_cancellation"
    membership_id: str
    last_day: date
    refund: int
    unused: list[UnusedDocument]


def as_it_is(membership_id: str, db: Transaction, caller: Caller, now: Now) -> MembershipDocument:
    """The membership after the change."""
    row = membership_row(db, caller.tenant_id, membership_id)
    return membership_document(db, caller.tenant_id, row, now)


@router.post(
    "/freeze",
    dependencies=[needs("points:write")],
    responses=problems(MembershipUnknown, MembershipOver, FreezeInvalid),
    openapi_extra=MONEY_LIKE,
)
def create_freeze(
    membership_id: MembershipId,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    wish: FreezeRequest = FROM_TODAY,
) -> MembershipDocument:
    """Hold the time still; the frozen days push the end."""
    freeze_membership(
        db,
        caller.tenant_id,
        membership_id,
        from_date=wish.from_date,
        until_date=wish.until_date,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return as_it_is(membership_id, db, caller, now)


@router.post(
    "/resume",
    dependencies=[needs("points:write")],
    responses=problems(MembershipUnknown, MembershipNotFrozen),
    openapi_extra=MONEY_LIKE,
)
def resume(
    membership_id: MembershipId,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    wish: ResumeRequest = NOTHING_TO_SAY,
) -> MembershipDocument:
    """Let the time pass again from today; only the days that were frozen count."""
    resume_membership(db, caller.tenant_id, membership_id, by=by_hand(caller, wish.reason), at=now)
    return as_it_is(membership_id, db, caller, now)


@router.post(
    "/goodwill",
    dependencies=[needs("points:write")],
    responses=problems(MembershipUnknown, MembershipOver, MembershipTooLong),
    openapi_extra=MONEY_LIKE,
)
def create_goodwill(
    membership_id: MembershipId, wish: GoodwillRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> MembershipDocument:
    """Give days after a mistake, with the reason and who gave them."""
    give_days(db, caller.tenant_id, membership_id, wish.days, by=by_hand(caller, wish.reason), at=now)
    return as_it_is(membership_id, db, caller, now)


@router.post(
    "/plan",
    dependencies=[needs("points:write")],
    responses=problems(MembershipUnknown, MembershipOver, MembershipTooLong, PlanUnknown, PlanUnsuitable),
    openapi_extra=MONEY_LIKE,
)
def change(
    membership_id: MembershipId, wish: PlanRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> MembershipDocument:
    """Move what is left to another plan, from today; answers the membership on that plan."""
    changed = change_plan(db, caller.tenant_id, membership_id, wish.plan, by=by_hand(caller, wish.reason), at=now)
    return as_it_is(changed, db, caller, now)


@router.get("/cancellation", dependencies=[needs("points:read")], responses=problems(MembershipUnknown, MembershipOver))
def read_cancellation(
    membership_id: MembershipId,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    last_day: Day | None = None,
) -> CancellationDocument:
    """What a cancellation would take and what would be due back. Changes nothing."""
    found = cancel_membership(
        db, caller.tenant_id, membership_id, last_day=last_day, by=by_hand(caller), at=now, try_only=True
    )
    return cancellation_document(membership_id, found)


@router.post(
    "/cancel",
    dependencies=[needs("points:write")],
    responses=problems(MembershipUnknown, MembershipOver),
    openapi_extra=MONEY_LIKE,
)
def cancel(
    membership_id: MembershipId,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    wish: CancellationRequest = TODAY,
) -> CancellationDocument:
    """End the membership and say what is due back. Paying it is yours."""
    done = cancel_membership(
        db, caller.tenant_id, membership_id, last_day=wish.last_day, by=by_hand(caller, wish.reason), at=now
    )
    return cancellation_document(membership_id, done)


def cancellation_document(membership_id: str, cancelled: Cancellation) -> CancellationDocument:
    """A cancellation in an answer."""
    return CancellationDocument(
        membership_id=membership_id,
        last_day=cancelled.last_day,
        refund=sum(cancelled.refunds),
        unused=[
            UnusedDocument(kind=part.kind, days=part.days, days_total=part.days_total, price=part.price, refund=refund)
            for part, refund in zip(cancelled.unused, cancelled.refunds, strict=True)
        ],
    )
