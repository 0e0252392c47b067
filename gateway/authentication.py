"""Who is at the door: an API key in the Authorization header, and nowhere else."""

from collections.abc import Iterable
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote_plus

from sqlalchemy import text
from starlette.concurrency import run_in_threadpool

from chassis.data.database import Database
from chassis.web.caller import Unauthenticated
from contracts import internal
from gateway.domain.api_key import digest, holds_key, key_id_in
from gateway.headers import Header, find
from gateway.known_keys import Holder, KnownKeys
from gateway.refusals import KeyInUrl
from kernel.clock import utc_now

FIND = text("SELECT tenant_id, livemode, key_hash, scopes, expires_at, revoked_at FROM find_api_key(:key_id)")


class Authentication:
    """Checks keys against the access database."""

    def __init__(self, database: Database, internal_token: str) -> None:
        self._database = database
        self._token = internal_token
        self._known = KnownKeys(self._find)

    async def identify(self, headers: Iterable[Header], query: bytes) -> tuple[Header, ...]:
        """What the services are told about the caller. Raises Unauthenticated, KeyInUrl."""
        if query and holds_key(unquote_plus(query.decode("latin-1"))):
            raise KeyInUrl
        key = bearer(find(headers, b"authorization"))
        key_id = key_id_in(key)
        if key_id is None:
            raise Unauthenticated
        holder = await self._known.holder(digest(key), key_id)
        if holder is None:
            raise Unauthenticated
        return holder.headers

    async def _find(self, key_digest: bytes, key_id: str) -> Holder | None:
        return await run_in_threadpool(find_holder, self._database, self._token, key_digest, key_id)


def bearer(authorization: bytes | None) -> bytes:
    """The key in `Bearer <key>`; empty when there is none. Source: RFC 6750, 2.1."""
    scheme, _, key = (authorization or b"").partition(b" ")
    return key.strip() if scheme.lower() == b"bearer" else b""


def find_holder(database: Database, internal_token: str, key_digest: bytes, key_id: str) -> Holder | None:
    """The holder of a key that is on record, not revoked and not expired."""
    with database.transaction() as db:
        row = db.execute(FIND, {"key_id": key_id}).one_or_none()
    if row is None or not compare_digest(bytes(row.key_hash), key_digest) or row.revoked_at is not None:
        return None
    seconds_left = (row.expires_at - utc_now()).total_seconds() if row.expires_at else float("inf")
    return Holder(holder_headers(row, key_id, internal_token), seconds_left) if seconds_left > 0 else None


def holder_headers(row: Any, key_id: str, internal_token: str) -> tuple[Header, ...]:
    """The holder as `contracts.internal` says it."""
    told = {
        internal.TOKEN: internal_token,
        internal.TENANT: row.tenant_id,
        internal.ACTOR: key_id,
        internal.SCOPES: " ".join(row.scopes),
        internal.LIVEMODE: "true" if row.livemode else "false",
    }
    return tuple((name.encode(), value.encode()) for name, value in told.items())
