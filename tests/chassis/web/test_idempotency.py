from contextlib import suppress

import pytest

from chassis.data.database import Database
from chassis.web.idempotency import (
    Claim,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    Reply,
    checked_key,
    claim_key,
    fingerprint,
    keep_reply,
)
from kernel.ids import TenantId

REPLY = Reply(201, '{"id":"cus_1"}', {"etag": '"1"'})


@pytest.mark.parametrize("key", ["a", "x" * 255, "5d4c-3b2a", "مفتاح"])
def test_keys_that_will_do(key: str) -> None:
    assert checked_key(key) == key


@pytest.mark.parametrize("key", [None, "", "x" * 256, "a\nb", "a\x00"])
def test_keys_that_will_not(key: str | None) -> None:
    with pytest.raises(IdempotencyKeyRequired):
        checked_key(key)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b'{"a":1,"b":2}', b'{ "b": 2, "a": 1 }', True),
        (b'{"a":[1,2]}', b'{"a":[2,1]}', False),
        (b'{"a":1}', b'{"a":"1"}', False),
        (b"", b"{}", False),
        (b"not json", b"not json", True),
    ],
)
def test_a_fingerprint_is_of_what_is_said(one: bytes, other: bytes, *, same: bool) -> None:
    assert (fingerprint(one) == fingerprint(other)) is same


def claim(tenant_id: TenantId, operation: str = "POST /v1/customers", body: bytes = b"{}") -> Claim:
    return Claim(tenant_id, operation, "key-1", fingerprint(body))


def test_the_first_reply_is_kept_with_its_headers(mailroom: Database, tenant_id: TenantId) -> None:
    with mailroom.transaction(tenant_id) as db:
        assert claim_key(db, claim(tenant_id)) is None
        keep_reply(db, claim(tenant_id), REPLY)
    with mailroom.transaction(tenant_id) as db:
        assert claim_key(db, claim(tenant_id)) == REPLY


def test_a_key_stands_for_one_body(mailroom: Database, tenant_id: TenantId) -> None:
    with mailroom.transaction(tenant_id) as db:
        claim_key(db, claim(tenant_id))
        keep_reply(db, claim(tenant_id), REPLY)
        with pytest.raises(IdempotencyKeyReused):
            claim_key(db, claim(tenant_id, body=b'{"name":"x"}'))


def test_a_key_is_of_one_operation_and_one_tenant(
    mailroom: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    with mailroom.transaction(tenant_id) as db:
        claim_key(db, claim(tenant_id))
        keep_reply(db, claim(tenant_id), REPLY)
        assert claim_key(db, claim(tenant_id, "POST /v1/rewards")) is None
    with mailroom.transaction(other_tenant_id) as db:
        assert claim_key(db, claim(other_tenant_id)) is None


def test_what_was_rolled_back_leaves_the_key_free(mailroom: Database, tenant_id: TenantId) -> None:
    with suppress(RuntimeError), mailroom.transaction(tenant_id) as db:
        claim_key(db, claim(tenant_id))
        keep_reply(db, claim(tenant_id), REPLY)
        raise RuntimeError
    with mailroom.transaction(tenant_id) as db:
        assert claim_key(db, claim(tenant_id)) is None
