"""API keys: made, listed, revoked."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.data.database import Database
from chassis.web.caller import CurrentCaller, ScopeMissing, needs
from chassis.web.pages import LIMIT_DEFAULT, InvalidCursor, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from contracts.scopes import SCOPES
from gateway.operations.create_api_key import UnknownScope, create_api_key
from gateway.operations.revoke_api_key import ApiKeyMissing, revoke_api_key
from gateway.tables.api_keys import ApiKeyRow, api_keys_after

router = APIRouter(route_class=TransactionRoute, tags=["access"])
# A reply kept for an Idempotency-Key would keep the secret with it, so this one route stands apart.
secret_router = APIRouter(tags=["access"])

Scopes = Annotated[
    list[Annotated[str, Field(max_length=40, json_schema_extra={"enum": list(SCOPES)})]],
    Field(min_length=1, max_length=len(SCOPES), examples=[["customers:write", "purchases:write"]]),
]


class ApiKeyWish(BaseModel):
    """The key to make."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, examples=["Till 1"])
    scopes: Scopes
    expires_at: AwareDatetime | None = Field(default=None, description="Never, when null.")


class ApiKey(BaseModel):
    """A key, without its secret."""

    object: Literal["api_key"] = "api_key"
    id: str
    name: str
    livemode: bool
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewApiKey(ApiKey):
    """A key just made: the only time that it is shown."""

    key: str = Field(description="Send it as `Authorization: Bearer …`. It is not kept and cannot be shown again.")


@router.get("/v1/api_keys", dependencies=[needs("keys:read")], responses=problems(ScopeMissing, InvalidCursor))
def list_api_keys(
    request: Request, db: Transaction, caller: CurrentCaller, limit: Limit = LIMIT_DEFAULT, cursor: str | None = None
) -> Page[ApiKey]:
    """All keys of the tenant, newest first, revoked ones too."""
    rows = api_keys_after(db, caller.tenant_id, place_after(request, cursor), limit + 1)
    return page_of(request, rows, limit, lambda row: row.id, lambda row: shown(row, livemode=caller.livemode))


@secret_router.post(
    "/v1/api_keys",
    status_code=201,
    dependencies=[needs("keys:write")],
    responses=problems(ScopeMissing, UnknownScope),
)
def post_api_key(request: Request, wish: ApiKeyWish, caller: CurrentCaller, now: Now) -> NewApiKey:
    """Make a key, with scopes that the asking key has itself.

    An Idempotency-Key is ignored here: replaying the answer would mean keeping the secret. A key made twice by a retry
    can be revoked.
    """
    for scope in wish.scopes:
        caller.require(scope)
    database: Database = request.app.state.database
    with database.transaction(caller.tenant_id) as db:
        row, key = create_api_key(
            db,
            tenant_id=caller.tenant_id,
            scopes=wish.scopes,
            name=wish.name,
            at=now,
            expires_at=wish.expires_at,
        )
    return NewApiKey(**shown(row, livemode=caller.livemode).model_dump(), key=key)


@router.post(
    "/v1/api_keys/{key_id}/revoke",
    dependencies=[needs("keys:write")],
    responses=problems(ScopeMissing, ApiKeyMissing),
)
def post_api_key_revocation(key_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> ApiKey:
    """Revoke a key: five seconds later at the latest nobody enters with it. Doing it again changes nothing."""
    row = revoke_api_key(db, tenant_id=caller.tenant_id, key_id=key_id, at=now)
    return shown(row, livemode=caller.livemode)


def shown(row: ApiKeyRow, *, livemode: bool) -> ApiKey:
    """The row as the API shows it."""
    return ApiKey(
        id=row.id,
        name=row.name,
        livemode=livemode,
        scopes=row.scopes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
