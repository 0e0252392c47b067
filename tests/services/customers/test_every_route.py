"""What holds for every route of the service, whichever they are."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from chassis.data.database import Database
from chassis.settings import Settings
from contracts import internal
from contracts.scopes import SCOPES
from kernel.ids import TenantId
from services.customers.app import create_app
from services.customers.settings import CustomersSettings
from tests.support.calling import EVERY_SCOPE, service_client
from tests.support.routes import Door, doors

NOBODYS = SecretStr("nobody's")
DOORS = doors(
    create_app(
        CustomersSettings(owner_password=NOBODYS, app_password=NOBODYS, relay_password=NOBODYS, internal_token=NOBODYS)
    )
)
SARA = {"name": "سارة", "phone": "+966501234567", "email": "sara@example.com", "card": "77001234", "external_id": "C-1"}
CONSENT = {"purpose": "marketing", "channel": "sms", "granted": True, "source": "till"}
CONTACT = {"purpose": "service", "channel": "sms"}
SECRETS = [*SARA.values()]

# How each route is asked about the customer of another tenant, and what it must answer.
ASKED: dict[str, tuple[dict[str, Any], int]] = {
    "POST /v1/customers": ({"json": SARA}, 201),
    "GET /v1/customers": ({"params": {"external_id": "C-1"}}, 200),
    "POST /v1/customers/search": ({"json": {"phone": "+966501234567"}}, 200),
    "GET /v1/customers/{customer_id}": ({}, 404),
    "PATCH /v1/customers/{customer_id}": ({"json": {"name": "x"}, "headers": {"if-match": "*"}}, 404),
    "GET /v1/customers/{customer_id}/consents": ({}, 404),
    "PUT /v1/customers/{customer_id}/consents": ({"json": CONSENT}, 404),
    "GET /internal/customers/{customer_id}": ({}, 404),
    "GET /internal/contacts": ({"params": {**CONTACT, "customer_id": "{customer_id}"}}, 200),
}
by_door = pytest.mark.parametrize("door", DOORS, ids=str)


def test_no_route_is_forgotten() -> None:
    assert {str(door) for door in DOORS} == set(ASKED)


@by_door
def test_a_neighbours_customer_is_neither_seen_nor_changed(
    app: FastAPI,
    client: httpx.Client,
    database: Database,
    settings: Settings,
    tenant_id: TenantId,
    other_tenant_id: TenantId,
    door: Door,
) -> None:
    theirs = client.post("/v1/customers", json=SARA).json()["id"]
    before = everything(database, tenant_id)
    how, status = ASKED[str(door)]
    neighbour = service_client(app, settings, other_tenant_id)
    asked = {name: theirs if value == "{customer_id}" else value for name, value in how.get("params", {}).items()}
    how = {**how, "params": asked}
    answer = neighbour.request(door.method, door.path.replace("{customer_id}", theirs), **how)
    assert answer.status_code == status
    if status == 200:
        assert theirs not in answer.text
    if status != 201:
        assert not any(secret in answer.text for secret in SECRETS)
    if status == 201:
        assert answer.json()["id"] != theirs
    assert everything(database, tenant_id) == before


@by_door
def test_its_scope_opens_it_and_no_other_does(
    app: FastAPI, settings: Settings, tenant_id: TenantId, door: Door
) -> None:
    how, _status = ASKED[str(door)]
    path = door.path.replace("{customer_id}", "cus_01h455vb4pex5vsknk084sn02q")
    assert door.scope in EVERY_SCOPE
    only = service_client(app, settings, tenant_id, scopes=[str(door.scope)])
    assert only.request(door.method, path, **how).status_code not in (401, 403)
    others = service_client(app, settings, tenant_id, scopes=set(EVERY_SCOPE) - {str(door.scope)})
    refused = others.request(door.method, path, **how)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["params"] == {"scope": door.scope}


@by_door
def test_internal_routes_are_for_no_api_key_and_in_no_description(app: FastAPI, door: Door) -> None:
    public = door.path.startswith("/v1/")
    assert (door.scope in SCOPES) is public
    assert (door.path in app.openapi()["paths"]) is public


@by_door
def test_nobody_but_the_gateway_is_believed(app: FastAPI, settings: Settings, tenant_id: TenantId, door: Door) -> None:
    how, _status = ASKED[str(door)]
    how = {**how, "headers": {**how.get("headers", {}), internal.TOKEN: "guessed", "accept-language": "ar"}}
    refused = service_client(app, settings, tenant_id).request(door.method, door.path, **how)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.json()["title"] == "من أنت؟"


@by_door
def test_a_kept_reply_is_for_those_who_may_ask(
    app: FastAPI, client: httpx.Client, settings: Settings, tenant_id: TenantId, door: Door
) -> None:
    how, _status = ASKED[str(door)]
    how = {**how, "headers": {**how.get("headers", {}), "idempotency-key": "a"}}
    path = door.path.replace("{customer_id}", client.post("/v1/customers", json=SARA).json()["id"])
    client.request(door.method, path, **how)
    stranger = service_client(app, settings, tenant_id, scopes=["keys:read"])
    assert stranger.request(door.method, path, **how).status_code == 403


def everything(database: Database, tenant_id: TenantId) -> str:
    """All that the tenant has in the database, as text."""
    tables = ("customers", "consents", "name_words", "outbox", "idempotency_keys")
    with database.transaction(tenant_id) as db:
        rows = [db.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).mappings().all() for table in tables]
    return json.dumps([[dict(row) for row in table] for table in rows], default=str)
