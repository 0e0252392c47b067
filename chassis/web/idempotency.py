"""`Idempotency-Key`: the key and the reply are kept in the same transaction as the effect.

Source: draft-ietf-httpapi-idempotency-key-header-07. A retry with the same key and body gets the first reply; only
successes are kept, for a refusal changed nothing and may be asked again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from kernel.language import Text
from kernel.refusal import Malformed, Unprocessable

HEADER = "idempotency-key"
KEY_LENGTH_MAX = 255
CLAIM = text("""
    INSERT INTO idempotency_keys (tenant_id, operation, key, fingerprint)
    VALUES (:tenant_id, :operation, :key, :fingerprint) ON CONFLICT DO NOTHING
""")
FIND = text("""
    SELECT fingerprint, status, headers, reply FROM idempotency_keys
    WHERE tenant_id = :tenant_id AND operation = :operation AND key = :key
""")
KEEP = text("""
    UPDATE idempotency_keys SET status = :status, headers = :headers, reply = :reply
    WHERE tenant_id = :tenant_id AND operation = :operation AND key = :key
""")

GIVE_UP = text("""
    DELETE FROM idempotency_keys WHERE tenant_id = :tenant_id AND operation = :operation AND key = :key
""")
FORGET_ROWS = 5_000
# One page of a tenant's keys, in the order of the primary key: the table is read once, whatever is young among the old.
FORGET = text("""
    WITH page AS (
        SELECT operation, key, created_at FROM idempotency_keys
        WHERE tenant_id = :tenant_id AND (operation, key) > (:operation, :key)
        ORDER BY operation, key LIMIT :rows
    ), old AS (
        SELECT k.operation, k.key FROM idempotency_keys k JOIN page USING (operation, key)
        WHERE k.tenant_id = :tenant_id AND k.created_at < :before FOR UPDATE OF k SKIP LOCKED
    ), forgotten AS (
        DELETE FROM idempotency_keys k USING old
        WHERE k.tenant_id = :tenant_id AND k.operation = old.operation AND k.key = old.key RETURNING k.key
    )
    SELECT (SELECT count(*) FROM forgotten) AS forgotten, operation, key FROM page
    ORDER BY operation DESC, key DESC LIMIT 1
""")

Place = tuple[str, str]
FIRST: Place = ("", "")


class IdempotencyKeyRequired(Malformed):
    """A request that moves value came without a key."""

    code = "idempotency_key_required"
    title = Text(en="An Idempotency-Key is needed", ar="يلزم مفتاح Idempotency-Key")
    detail = Text(
        en="Send an `Idempotency-Key` header of 1 to 255 printable characters, the same one on every retry.",
        ar="أرسل الترويسة `Idempotency-Key` (من 1 إلى 255 حرفًا) وكررها نفسها عند إعادة المحاولة.",
    )


class IdempotencyKeyReused(Unprocessable):
    """The key belongs to another request."""

    code = "idempotency_key_reused"
    title = Text(en="This Idempotency-Key was used before", ar="سبق استخدام هذا المفتاح")
    detail = Text(
        en="The key came first with a different body. Use a new key for a new request.",
        ar="ورد المفتاح أولًا مع محتوى مختلف. استخدم مفتاحًا جديدًا للطلب الجديد.",
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered the first time: HTTP status, JSON text, and the headers that belong to the thing answered."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """One use of a key: `operation` is method and path."""

    tenant_id: TenantId
    operation: str
    key: str
    fingerprint: bytes

    @property
    def name(self) -> dict[str, object]:
        """The claim's place in the table."""
        return {"tenant_id": self.tenant_id, "operation": self.operation, "key": self.key}


def checked_key(key: str | None) -> str:
    """The key. Raises IdempotencyKeyRequired when it is missing, too long, or not printable."""
    if not key or len(key) > KEY_LENGTH_MAX or not key.isprintable():
        raise IdempotencyKeyRequired
    return key


def fingerprint(body: bytes) -> bytes:
    """SHA-256 of a JSON body whatever the order of its keys; of the bytes themselves when they are not JSON."""
    try:
        canonical = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        canonical = body
    return hashlib.sha256(canonical).digest()


def claim_key(db: Session, claim: Claim) -> Reply | None:
    """Take the key for this request, or return the reply it had before.

    Waits for a request with the same key that is still running. Raises IdempotencyKeyReused for another body.
    """
    if db.execute(CLAIM, {**claim.name, "fingerprint": claim.fingerprint}).rowcount == 1:  # type: ignore[attr-defined]
        return None
    kept = db.execute(FIND, claim.name).one()
    if kept.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused
    return Reply(kept.status, kept.reply, orjson.loads(kept.headers or "{}"))


def keep_reply(db: Session, claim: Claim, reply: Reply) -> None:
    """Keep the reply beside the key, in the transaction of the effect."""
    headers = orjson.dumps(reply.headers).decode() if reply.headers else None
    db.execute(KEEP, {**claim.name, "status": reply.status, "reply": reply.body, "headers": headers})


def give_up_key(db: Session, claim: Claim) -> None:
    """Let the key be used again, for a request that was refused."""
    db.execute(GIVE_UP, claim.name)


def forget_keys(db: Session, tenant_id: TenantId, before: datetime, after: Place) -> tuple[int, Place | None]:
    """Forget those of a tenant's next keys that were first used before that moment, with their replies.

    Returns how many, and the place to go on from (operation and key); None where the keys end. A key that was forgotten
    is a new key. What another worker is forgetting is passed over.
    """
    operation, key = after
    page = {"tenant_id": tenant_id, "operation": operation, "key": key, "before": before, "rows": FORGET_ROWS}
    row = db.execute(FORGET, page).one_or_none()
    return (0, None) if row is None else (row.forgotten, (row.operation, row.key))
