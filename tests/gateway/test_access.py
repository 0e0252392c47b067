"""Keys: made, shown once, used, refused, revoked; and one tenant never meets another's."""

import time
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from chassis.data.database import Database
from gateway.domain.api_key import digest
from gateway.operations.create_api_key import create_api_key
from kernel.clock import utc_now
from tests.gateway.conftest import Gateway, Tenant
from tests.support.waiting import eventually

KEY = {"name": "Till 1", "scopes": ["purchases:write"]}


def test_a_key_is_shown_once_and_works(gateway: Gateway) -> None:
    made = gateway.client.post("/v1/api_keys", json=KEY, headers=gateway.any_tenant.headers)
    assert made.status_code == 201
    key = made.json()
    assert (key["object"], key["livemode"], key["scopes"]) == ("api_key", False, ["purchases:write"])
    assert key["key"].startswith(f"wafa_test_{key['id'].removeprefix('key_')}_")
    assert gateway.client.get("/v1/tenant", headers=bearer(key["key"])).status_code == 200
    listed = gateway.get("/v1/api_keys").json()["data"][0]
    assert listed == {name: value for name, value in key.items() if name != "key"}


def test_nothing_kept_gives_a_key_away(gateway: Gateway) -> None:
    headers = {**gateway.any_tenant.headers, "Idempotency-Key": "once"}
    key = gateway.client.post("/v1/api_keys", json=KEY, headers=headers).json()["key"]
    secret = key.rsplit("_", 1)[1]
    kept = ""
    url = gateway.settings.admin_url
    assert url is not None
    with psycopg.connect(url.get_secret_value(), dbname=gateway.database.name) as admin:
        for table in ("api_keys", "tenants", "outbox", "idempotency_keys"):
            kept += "".join(str(row) for row in admin.execute(f"SELECT {table}::text FROM {table}").fetchall())
    assert digest(key.encode()).hex() in kept
    assert secret not in kept
    assert bytes.fromhex(secret).hex() not in kept


def test_live_and_test_keys_say_so(gateway: Gateway) -> None:
    live = gateway.tenant(livemode=True)
    assert live.key.startswith("wafa_live_")
    assert gateway.client.get("/v1/tenant", headers=live.headers).json()["livemode"] is True
    posed = bearer(live.key.replace("wafa_live_", "wafa_test_"))
    assert gateway.client.get("/v1/tenant", headers=posed).status_code == 401


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("Basic {key}", id="another scheme"),
        pytest.param("Bearer", id="no key"),
        pytest.param("Bearer {key}0", id="one symbol more"),
        pytest.param("Bearer {other}", id="another secret"),
        pytest.param("Bearer {key} {key}", id="twice"),
        pytest.param("Bearer ' OR 1=1 --", id="something else"),
    ],
)
def test_who_has_no_key_stays_outside(gateway: Gateway, authorization: str | None) -> None:
    key = gateway.any_tenant.key
    other = key[:-1] + ("0" if key[-1] != "0" else "1")
    headers = {} if authorization is None else {"Authorization": authorization.format(key=key, other=other)}
    answer = gateway.client.get("/v1/rewards", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"
    assert gateway.loyalty.requests == []


def test_the_scheme_is_read_in_any_case(gateway: Gateway) -> None:
    headers = {"Authorization": f"bearer {gateway.any_tenant.key}"}
    assert gateway.client.get("/v1/tenant", headers=headers).status_code == 200


@pytest.mark.parametrize("query", ["api_key={key}", "a=1&%77afa_test_{rest}", "x=WAFA_LIVE_1"])
def test_a_key_in_a_url_is_refused_and_not_logged(
    gateway: Gateway, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    key = gateway.any_tenant.key
    with capture_logs() as lines:
        answer = gateway.get("/v1/rewards?" + query.format(key=key, rest=key.removeprefix("wafa_test_")))
        eventually(lambda: lines)
    assert (answer.status_code, answer.json()["code"]) == (401, "api_key_in_url")
    assert gateway.loyalty.requests == []
    assert lines[0]["route"] == "/v1/rewards"
    assert key.rsplit("_", 1)[1] not in f"{lines} {caplog.text}"


def test_services_are_told_who_calls_and_believe_nobody_else(gateway: Gateway) -> None:
    tenant = gateway.any_tenant
    gateway.get(
        "/v1/rewards",
        **{
            "wafa-tenant": "ten_of_somebody_else",
            "Wafa-Scopes": "everything",
            "WAFA-INTERNAL-TOKEN": "guess",
            "wafa_actor": "boss",
            "wafa-new-header": "1",
            "X-Forwarded-For": "127.0.0.1",
            "X-Request-Id": "till-7:1",
            "Connection": "keep-alive, X-Secret",
            "X-Secret": "1",
            "Cookie": "session=1",
        },
    )
    head = gateway.loyalty.requests[0].decode().split("\r\n")[1:]
    told = [(line.split(": ", 1)[0], line.split(": ", 1)[1]) for line in head if line]
    names = [name for name, _ in told]
    assert len(names) == len(set(names))
    headers = dict(told)
    assert headers["wafa-tenant"] == tenant.id
    assert headers["wafa-actor"] == tenant.key_id
    assert headers["wafa-livemode"] == "false"
    assert headers["wafa-internal-token"] == gateway.settings.internal_token.get_secret_value()
    assert "everything" not in headers["wafa-scopes"].split()
    assert "purchases:write" in headers["wafa-scopes"].split()
    assert headers["x-request-id"] == "till-7:1"
    assert not {"authorization", "cookie", "x-forwarded-for", "wafa_actor", "wafa-new-header", "x-secret"} & set(names)
    assert tenant.key not in gateway.loyalty.requests[0].decode()


@pytest.mark.parametrize("path", ["/v1/rewards", "/nowhere", "/docs/nothing", "/v1/tenant"])
def test_what_a_client_claims_to_be_is_not_logged(
    gateway: Gateway, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = [(b"wafa-tenant", b"somebody\xff"), (b"wafa-actor", b"somebody")]
    with capture_logs() as lines:
        assert gateway.client.get(path, headers=headers).status_code in (401, 404)
        eventually(lambda: lines)
    assert lines[0]["tenant_id"] is None
    assert "somebody" not in f"{lines} {caplog.text}"


def test_a_revoked_key_is_refused_within_five_seconds(gateway: Gateway) -> None:
    made = gateway.client.post("/v1/api_keys", json=KEY, headers=gateway.any_tenant.headers).json()
    assert gateway.client.get("/v1/rewards", headers=bearer(made["key"])).status_code == 200
    revoked = gateway.post(f"/v1/api_keys/{made['id']}/revoke", b"")
    at = time.monotonic()
    assert revoked.status_code == 200
    assert revoked.json()["revoked_at"] is not None
    asked_at = at
    while gateway.client.get("/v1/rewards", headers=bearer(made["key"])).status_code == 200:
        assert asked_at - at <= 5
        time.sleep(0.05)
        asked_at = time.monotonic()
    again = gateway.post(f"/v1/api_keys/{made['id']}/revoke", b"")
    assert again.json() == revoked.json()


def test_a_key_dies_on_time_though_it_is_remembered(gateway: Gateway) -> None:
    expires_at = utc_now() + timedelta(seconds=1)
    with gateway.database.transaction(gateway.any_tenant.id) as db:
        _, key = create_api_key(
            db,
            tenant_id=gateway.any_tenant.id,
            scopes=["points:read"],
            name="short",
            at=utc_now(),
            expires_at=expires_at,
        )
    assert gateway.client.get("/v1/rewards", headers=bearer(key)).status_code == 200
    time.sleep(1.05)
    assert gateway.client.get("/v1/rewards", headers=bearer(key)).status_code == 401


@pytest.mark.parametrize(
    ("held", "wished", "status"),
    [
        (["keys:write", "points:read"], ["points:read"], 201),
        (["keys:write"], ["points:read"], 403),
        (["keys:write"], ["everything"], 403),
        (["keys:read"], ["keys:read"], 403),
        (["keys:write"], [], 422),
    ],
)
def test_a_key_gives_no_more_than_it_has(gateway: Gateway, held: list[str], wished: list[str], status: int) -> None:
    headers = key_with(gateway, gateway.any_tenant, held)
    answer = gateway.client.post("/v1/api_keys", json={"name": "x", "scopes": wished}, headers=headers)
    assert answer.status_code == status


def test_keys_are_listed_only_with_the_right_to(gateway: Gateway) -> None:
    headers = key_with(gateway, gateway.any_tenant, ["points:read"])
    answer = gateway.client.get("/v1/api_keys", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_lists_go_page_by_page(gateway: Gateway) -> None:
    tenant = gateway.tenant()
    for _ in range(4):
        key_with(gateway, tenant, ["points:read"])
    seen: list[str] = []
    cursor = ""
    while True:
        page = gateway.client.get(f"/v1/api_keys?limit=2{cursor}", headers=tenant.headers).json()
        seen += [key["id"] for key in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == 5
    assert seen == sorted(set(seen), reverse=True)


def test_tenants_never_meet(gateway: Gateway) -> None:
    ours, theirs = gateway.tenant(), gateway.tenant()
    assert gateway.client.get("/v1/tenant", headers=ours.headers).json()["id"] == ours.id
    listed = gateway.client.get("/v1/api_keys", headers=ours.headers).json()["data"]
    assert [key["id"] for key in listed] == [ours.key_id]
    revoked = gateway.client.post(f"/v1/api_keys/{theirs.key_id}/revoke", headers=ours.headers)
    assert (revoked.status_code, revoked.json()["code"]) == (404, "api_key_not_found")
    assert gateway.client.get("/v1/tenant", headers=theirs.headers).status_code == 200


@pytest.mark.parametrize("table", ["tenants", "api_keys"])
@pytest.mark.parametrize("tenants", [(), ("ten_other",)], ids=["unset", "other"])
def test_rows_of_others_cannot_be_read(gateway: Gateway, table: str, tenants: tuple[str, ...]) -> None:
    assert gateway.any_tenant.id
    with gateway.database.transaction(*tenants) as db:
        assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_rows_of_others_cannot_be_written(gateway: Gateway) -> None:
    ours, theirs = gateway.tenant(), gateway.tenant()
    with gateway.database.transaction(ours.id) as db:
        touched = db.execute(text("UPDATE api_keys SET revoked_at = now() WHERE id = :id"), {"id": theirs.key_id})
        assert touched.rowcount == 0  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError, match="row-level security"), gateway.database.transaction(ours.id) as db:
        create_api_key_for(db, theirs)


def create_api_key_for(db: object, tenant: Tenant) -> None:
    db.execute(  # type: ignore[attr-defined]
        text(
            "INSERT INTO api_keys (tenant_id, id, name, key_hash, scopes, created_at)"
            " VALUES (:tenant, 'key_x', 'x', sha256('x'), '{}', now())"
        ),
        {"tenant": tenant.id},
    )


@pytest.mark.parametrize("statement", ["DELETE FROM api_keys", "UPDATE api_keys SET key_hash = sha256('x')"])
def test_keys_can_only_be_revoked(gateway: Gateway, statement: str) -> None:
    tenant = gateway.any_tenant
    with pytest.raises(DBAPIError, match="permission denied"), gateway.database.transaction(tenant.id) as db:
        db.execute(text(statement))


def test_only_the_gateway_may_look_a_key_up(gateway: Gateway) -> None:
    relay = Database(gateway.settings, "gateway", "relay", name=gateway.database.name)
    with pytest.raises(DBAPIError, match="permission denied"), relay.transaction() as db:
        db.execute(text("SELECT * FROM find_api_key('key_x')"))
    relay.dispose()


def test_others_hear_of_a_new_tenant(gateway: Gateway) -> None:
    tenant = gateway.tenant()
    with gateway.database.transaction(tenant.id) as db:
        told = db.execute(text("SELECT topic, type, data FROM outbox")).one()
    assert (told.topic, told.type) == ("access.events", "access.tenant_created.v1")
    assert '"time_zone":"Asia/Riyadh"' in told.data


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def key_with(gateway: Gateway, tenant: Tenant, scopes: list[str]) -> dict[str, str]:
    with gateway.database.transaction(tenant.id) as db:
        return bearer(create_api_key(db, tenant_id=tenant.id, scopes=scopes, name="x", at=utc_now())[1])
