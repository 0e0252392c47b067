"""Conflicts: what tills gave on allowances that did not cover it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.language import Language
from services.loyalty.api.fields import Reason, by_hand
from services.loyalty.domain.allowance import REASONS
from services.loyalty.domain.allowance import Reason as ConflictReason
from services.loyalty.domain.refusals.offline import OfflineConflictResolved, OfflineConflictUnknown
from services.loyalty.operations.settle_conflict import Resolution, settle_conflict
from services.loyalty.queries.offline import conflicts_of, find_conflict
from services.loyalty.tables.offline import OfflineConflictRow

router = APIRouter(prefix="/v1", tags=["offline tills"], route_class=TransactionRoute)

Settled = Annotated[bool | None, Query(description="Only those that are settled, or only those that are not.")]


class ResolveRequest(BaseModel):
    """How a conflict is settled: let go, noted as collected, or charged to the wallet, as a debt where it is empty."""

    model_config = ConfigDict(extra="forbid")

    resolution: Resolution
    reason: Reason


class ConflictDocument(BaseModel):
    """`amount` minor units, or `units` of the wallet, that nobody paid. `resolution` is null while it is open."""

    object: Literal["offline_conflict"] = "offline_conflict"
    id: str
    allowance_id: str
    customer_id: str
    purchase_id: str
    store_id: str
    till_id: str | None
    unit: str
    units: int
    currency: str
    amount: int
    reason: ConflictReason
    text: str = Field(description="The reason, in the language asked for.")
    found_at: datetime
    resolution: Resolution | None
    note: str | None
    actor: str | None
    resolved_at: datetime | None


@router.get("/offline_conflicts", dependencies=[needs("points:read")], responses=problems())
def read_all(
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    settled: Settled = None,
    cursor: str | None = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Page[ConflictDocument]:
    """All conflicts, the oldest first."""
    after = place_after(request, cursor)
    rows = conflicts_of(db, caller.tenant_id, settled=settled, after=after, limit=limit + 1)
    return page_of(request, rows, limit, lambda row: row.id, lambda row: conflict_document(row, caller.language))


@router.get(
    "/offline_conflicts/{conflict_id}",
    dependencies=[needs("points:read")],
    responses=problems(OfflineConflictUnknown),
)
def read_one(conflict_id: str, db: Transaction, caller: CurrentCaller) -> ConflictDocument:
    """One conflict."""
    return conflict_document(find_conflict(db, caller.tenant_id, conflict_id), caller.language)


@router.post(
    "/offline_conflicts/{conflict_id}/resolve",
    dependencies=[needs("points:write")],
    responses=problems(OfflineConflictUnknown, OfflineConflictResolved),
    openapi_extra=MONEY_LIKE,
)
def resolve(
    conflict_id: str, wish: ResolveRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> ConflictDocument:
    """Settle a conflict, once and with a reason."""
    settled = settle_conflict(
        db,
        caller.tenant_id,
        conflict_id,
        wish.resolution,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return conflict_document(settled, caller.language)


def conflict_document(row: OfflineConflictRow, language: Language) -> ConflictDocument:
    """A conflict as the API answers it."""
    told = {name: getattr(row, name) for name in ConflictDocument.model_fields if name not in ("object", "text")}
    # The column holds one of the reasons that we wrote there ourselves.
    text = REASONS[row.reason].in_language(language)
    return ConflictDocument(**told, text=text)
