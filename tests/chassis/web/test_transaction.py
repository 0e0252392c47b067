from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
import time_machine
from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel
from sqlalchemy import text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.app import create_service_app
from chassis.web.caller import CurrentCaller, needs
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import TenantId
from kernel.language import Text
from kernel.refusal import Conflict
from tests.support.calling import service_client

WRITE = text("INSERT INTO inbox (tenant_id, event_id) VALUES (:tenant_id, :note)")
WRITTEN = text("SELECT event_id FROM inbox ORDER BY event_id")
router = APIRouter(route_class=TransactionRoute)


class NoteRefused(Conflict):
    """For tests."""

    code = "note_refused"
    title = Text(en="No", ar="لا")
    detail = Text(en="Not this one.", ar="ليس هذا.")


class Note(BaseModel):
    """What to write."""

    text: str


@router.post("/notes", status_code=201, dependencies=[needs("customers:write")])
def write_note(note: Note, db: Transaction, caller: CurrentCaller) -> Note:
    """Write it, and then refuse some."""
    db.execute(WRITE, {"tenant_id": caller.tenant_id, "note": note.text})
    if note.text == "refuse":
        raise NoteRefused
    if note.text == "break":
        raise RuntimeError
    return note


@router.post("/payments", dependencies=[needs("customers:write")], openapi_extra=MONEY_LIKE)
def pay(note: Note, db: Transaction, caller: CurrentCaller) -> Note:
    """Write it, as if it were money."""
    db.execute(WRITE, {"tenant_id": caller.tenant_id, "note": note.text})
    return note


@router.get("/notes", dependencies=[needs("customers:read")])
def read_notes(db: Transaction, response: Response) -> list[str]:
    """All of them, with a tag that is their number."""
    notes = list(db.scalars(WRITTEN))
    response.headers["ETag"] = f'"{len(notes)}"'
    return notes


@router.get("/now", dependencies=[needs("customers:read")])
def read_now(now: Now) -> datetime:
    """The moment of the request."""
    return now


@pytest.fixture
def app(settings: Settings, mailroom: Database) -> FastAPI:
    """An application with those routes."""
    app = create_service_app(settings, "customers", "For tests.", [router])
    app.state.database = mailroom
    return app


@pytest.fixture
def client(app: FastAPI, settings: Settings, tenant_id: TenantId) -> httpx.Client:
    """A caller of it."""
    return service_client(app, settings, tenant_id)


def test_what_was_answered_is_saved(client: httpx.Client) -> None:
    assert client.post("/notes", json={"text": "a"}).status_code == 201
    assert client.get("/notes").json() == ["a"]


def test_it_is_saved_before_the_answer_leaves(
    app: FastAPI, mailroom: Database, settings: Settings, tenant_id: TenantId
) -> None:
    seen: list[list[str]] = []
    answers = service_client(watching(app, mailroom, tenant_id, seen), settings, tenant_id)
    assert answers.post("/notes", json={"text": "a"}).status_code == 201
    assert seen == [["a"]]


def watching(app: ASGIApp, database: Database, tenant_id: str, seen: list[list[str]]) -> ASGIApp:
    """Notes what others see in the database at the moment when an answer begins to leave."""

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def look(message: Message) -> None:
            if message["type"] == "http.response.start":
                with database.transaction(tenant_id) as db:
                    seen.append(list(db.scalars(WRITTEN)))
            await send(message)

        await app(scope, receive, look)

    return watched


@pytest.mark.parametrize(
    ("note", "status", "code"), [("refuse", 409, "note_refused"), ("break", 500, "internal_error")]
)
@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "a"}])
def test_what_was_refused_left_no_trace(
    client: httpx.Client, note: str, status: int, code: str, headers: dict[str, str]
) -> None:
    refused = client.post("/notes", json={"text": note}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers.get_list("x-request-id") == [refused.json()["instance"]]
    assert client.get("/notes").json() == []
    assert client.post("/notes", json={"text": "b"}, headers=headers).status_code == 201, "its key is free"


def test_a_retry_happens_once(client: httpx.Client) -> None:
    for replayed in (None, "true", "true"):
        answer = client.post("/notes", json={"text": "a"}, headers={"idempotency-key": "k"})
        assert (answer.status_code, answer.json()) == (201, {"text": "a"})
        assert answer.headers.get("idempotent-replayed") == replayed
    assert client.get("/notes").json() == ["a"]


def test_retries_at_the_same_moment_happen_once(client: httpx.Client) -> None:
    def send(_number: int) -> str:
        answer = client.post("/notes", json={"text": "a"}, headers={"idempotency-key": "k"})
        assert answer.status_code == 201
        return str(answer.headers.get("idempotent-replayed"))

    with ThreadPoolExecutor(8) as pool:
        replayed = list(pool.map(send, range(8)))
    assert sorted(replayed) == ["None", *["true"] * 7]


def test_a_key_of_another_body_is_refused(client: httpx.Client) -> None:
    client.post("/notes", json={"text": "a"}, headers={"idempotency-key": "k"})
    refused = client.post("/notes", json={"text": "b"}, headers={"idempotency-key": "k"})
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_money_needs_a_key(client: httpx.Client) -> None:
    refused = client.post("/payments", json={"text": "a"})
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_required")
    assert client.post("/payments", json={"text": "a"}, headers={"idempotency-key": "k"}).status_code == 200


def test_a_key_that_is_no_key_is_refused_even_where_none_is_needed(client: httpx.Client) -> None:
    refused = client.post("/notes", json={"text": "a"}, headers={"idempotency-key": "x" * 256})
    assert refused.json()["code"] == "idempotency_key_required"


def test_a_kept_reply_is_not_for_those_without_the_scope(
    app: FastAPI, client: httpx.Client, settings: Settings, tenant_id: TenantId
) -> None:
    client.post("/notes", json={"text": "a"}, headers={"idempotency-key": "k"})
    reader = service_client(app, settings, tenant_id, scopes=["customers:read"])
    refused = reader.post("/notes", json={"text": "a"}, headers={"idempotency-key": "k"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def test_a_reader_who_knows_gets_no_body(client: httpx.Client) -> None:
    tag = client.get("/notes").headers["etag"]
    for known in (tag, f'"9", {tag}', f"W/{tag}", "*"):
        unchanged = client.get("/notes", headers={"if-none-match": known})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", tag)
    client.post("/notes", json={"text": "a"})
    assert client.get("/notes", headers={"if-none-match": tag}).json() == ["a"]


def test_more_requests_than_connections_and_threads_are_all_answered(client: httpx.Client) -> None:
    def send(number: int) -> int:
        return client.post("/notes", json={"text": f"{number:03}"}).status_code

    with ThreadPoolExecutor(80) as pool:
        assert set(pool.map(send, range(80))) == {201}
    assert len(client.get("/notes").json()) == 80


def test_a_lock_that_is_not_freed_is_refused_for_now(
    client: httpx.Client, mailroom: Database, tenant_id: TenantId
) -> None:
    with mailroom.transaction(tenant_id) as db:
        db.execute(WRITE, {"tenant_id": tenant_id, "note": "a"})
        refused = client.post("/notes", json={"text": "a"})
    assert (refused.status_code, refused.json()["code"]) == (503, "temporarily_unavailable")
    assert (refused.json()["retryable"], refused.headers["retry-after"]) == (True, "1")
    assert client.get("/notes").json() == ["a"]


def test_now_is_the_moment_of_the_request(client: httpx.Client) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        assert client.get("/now").json() == "2026-11-22T12:00:00Z"
