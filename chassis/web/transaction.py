"""The door between HTTP and the operations: one request, one transaction, committed before the answer leaves."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.params import Security
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from chassis.data.database import Database, see_only
from chassis.web.caller import Caller, caller_of
from chassis.web.etags import unless_unchanged
from chassis.web.idempotency import (
    HEADER,
    Claim,
    Reply,
    checked_key,
    claim_key,
    fingerprint,
    give_up_key,
    keep_reply,
)
from chassis.web.openapi import idempotency_key
from kernel.clock import utc_now

# For a route's `openapi_extra`: it moves value, so that a retry must be recognisable.
MONEY_LIKE: dict[str, Any] = {"parameters": [idempotency_key(required=True)]}

KEPT_HEADERS = ("etag", "location")


class TransactionRoute(APIRoute):
    """A route whose endpoint runs inside a transaction on the caller's tenant.

    Commits before the answer leaves, so that what was answered is saved; any error rolls back. Writes honour
    `Idempotency-Key`, which money-like ones require; reads honour `If-None-Match`.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, wrapped."""
        handle = super().get_route_handler()
        key_required = bool(self.openapi_extra and self.openapi_extra is MONEY_LIKE)
        scopes = [
            scope for needed in self.dependencies if isinstance(needed, Security) for scope in needed.scopes or ()
        ]

        async def handle_in_transaction(request: Request) -> Response:
            caller = caller_of(request)
            # Before the key is looked at: a kept reply is only for those who may ask for it.
            for scope in scopes:
                caller.require(scope)
            claim = await claim_of(request, caller, required=key_required)
            database: Database = request.app.state.database
            # Who waits for a connection must not hold a thread, for who has one needs a thread to go on.
            async with request.app.state.connections:
                session = Session(database.engine, expire_on_commit=False)
                request.state.session = session
                try:
                    return await answered(request, session, caller, claim, handle)
                finally:
                    # What is committed has given its connection back.
                    if session.in_transaction():
                        await run_in_threadpool(session.close)

        return handle_in_transaction


async def claim_of(request: Request, caller: Caller, *, required: bool) -> Claim | None:
    """The request's claim to its Idempotency-Key; none for reads, and for writes that need none and bring none."""
    sent = request.headers.get(HEADER)
    if request.method in ("GET", "HEAD") or (sent is None and not required):
        return None
    operation = f"{request.method} {request.url.path}"
    return Claim(caller.tenant_id, operation, checked_key(sent), fingerprint(await request.body()))


async def answered(
    request: Request,
    session: Session,
    caller: Caller,
    claim: Claim | None,
    handle: Callable[[Request], Awaitable[Response]],
) -> Response:
    """Run the endpoint between the beginning and the commit; or give the first answer again."""
    before = await run_in_threadpool(begin, session, caller, claim)
    if before is not None:
        headers = {**before.headers, "Idempotent-Replayed": "true"}
        return Response(before.body, before.status, headers, "application/json")
    response = unless_unchanged(request, await handle(request))
    await run_in_threadpool(finish, session, claim, response)
    return response


def begin(session: Session, caller: Caller, claim: Claim | None) -> Reply | None:
    """See only the caller's tenant; take the key, or find the reply it had."""
    see_only(session, caller.tenant_id)
    return claim_key(session, claim) if claim else None


def finish(session: Session, claim: Claim | None, response: Response) -> None:
    """Keep a success's reply and commit. A refusal that was answered, not raised, may have counted something."""
    if claim is not None and response.status_code >= 300:
        give_up_key(session, claim)
    elif claim is not None:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        keep_reply(session, claim, Reply(response.status_code, bytes(response.body).decode(), headers))
    session.commit()


async def session_of(request: Request) -> Session:
    """The transaction this request runs in."""
    session: Session = request.state.session
    return session


async def moment() -> datetime:
    """The moment of the request, which a test may replace."""
    return utc_now()


Transaction = Annotated[Session, Depends(session_of)]
Now = Annotated[datetime, Depends(moment)]
