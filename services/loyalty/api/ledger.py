"""The ledger's head: the hash by which anybody can tell later whether what is sealed was changed."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Transaction, TransactionRoute
from services.loyalty.queries.sealed import head_of

router = APIRouter(prefix="/v1", tags=["ledger"], route_class=TransactionRoute)


class LedgerHeadDocument(BaseModel):
    """The end of the chain. Write `hash` down: whoever changes a sealed entry cannot arrive at it again."""

    object: str = "ledger_head"
    entries: int = Field(description="How many are sealed.")
    position: int = Field(description="Up to which position.")
    hash: str | None = Field(description="SHA-256 in hexadecimal; null before the first seal.")
    sealed_at: datetime | None


@router.get("/ledger/head", dependencies=[needs("points:read")], responses=problems())
def read_head(db: Transaction, caller: CurrentCaller) -> LedgerHeadDocument:
    """The hash of all sealed entries."""
    head = head_of(db, caller.tenant_id)
    if head is None or not head.entries:
        return LedgerHeadDocument(entries=0, position=0, hash=None, sealed_at=None)
    return LedgerHeadDocument(
        entries=head.entries, position=head.position, hash=head.hash.hex(), sealed_at=head.sealed_at
    )
