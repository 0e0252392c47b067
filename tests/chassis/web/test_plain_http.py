"""HEAD, and bodies that are too large: what HTTP asks of every server."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.metrics import REQUESTS
from chassis.settings import Settings
from chassis.web.app import BODY_BYTES_MAX, create_service_app
from chassis.web.hot_routes import HotRequest, JsonAnswer, hot_route
from tests.support.calling import service_client

LARGE = 2 << 20
router = APIRouter()


class Thing(BaseModel):
    """Something with a text."""

    text: str


@router.get("/things/{thing_id}")
def read_thing(thing_id: str, response: Response) -> Thing:
    """A thing."""
    response.headers["ETag"] = '"1"'
    return Thing(text=thing_id)


@router.post("/things")
def create_thing(thing: Thing) -> int:
    """How long it is."""
    return len(thing.text)


async def take_many(request: HotRequest) -> JsonAnswer:
    """How long they are."""
    return JsonAnswer(200, b"%d" % len(await request.body(LARGE)))


HOT = hot_route(router, "POST", "/things/batch", take_many, scope="customers:write")


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """An application with those routes."""
    return create_service_app(settings, "customers", "For tests.", [router], hot_routes=[HOT])


@pytest.fixture
def client(app: FastAPI, settings: Settings) -> httpx.Client:
    """A caller of it."""
    return service_client(app, settings, "ten_1")


@pytest.mark.parametrize("path", ["/things/a", "/livez"])
def test_head_is_get_without_its_content(client: httpx.Client, path: str) -> None:
    wanted, answer = client.get(path), client.head(path)

    assert (answer.status_code, answer.content) == (wanted.status_code, b"") == (200, b"")
    names = ("content-length", "content-type", "etag")
    assert [answer.headers.get(name) for name in names] == [wanted.headers.get(name) for name in names]


def test_head_is_counted_as_what_it_is(client: httpx.Client) -> None:
    counted = REQUESTS.labels("customers", "HEAD", "/things/{thing_id}", "200")
    before = counted._value.get()

    client.head("/things/a")

    assert counted._value.get() == before + 1


@pytest.mark.parametrize(("path", "status"), [("/things", 405), ("/nothing", 404)])
def test_where_there_is_nothing_to_get_head_finds_nothing(client: httpx.Client, path: str, status: int) -> None:
    answer = client.head(path)

    assert (answer.status_code, answer.content) == (status, b"")
    assert answer.headers["content-type"] == "application/problem+json"


def undeclared(app: ASGIApp) -> ASGIApp:
    """The application, never told how large a body will be."""

    async def told_less(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        await app({**scope, "headers": headers}, receive, send)

    return told_less


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "found out"])
@pytest.mark.parametrize(("path", "bytes_max"), [("/things", BODY_BYTES_MAX), ("/things/batch", LARGE)])
def test_a_body_that_is_too_large_is_refused_as_a_problem(
    app: FastAPI, settings: Settings, path: str, bytes_max: int, *, declared: bool
) -> None:
    client = service_client(app if declared else undeclared(app), settings, "ten_1", language="ar")
    body = b'{"text": "' + b"a" * (bytes_max - 12) + b'"}'
    assert client.post(path, content=body, headers={"content-type": "application/json"}).status_code == 200
    refused = client.post(path, content=body + b" ", headers={"content-type": "application/json"})
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")
    problem = refused.json()
    assert (problem["code"], problem["params"]) == ("body_too_large", {"bytes_max": bytes_max})
    assert problem["title"] == "المحتوى أكبر من المسموح"
    assert problem["instance"] == refused.headers["x-request-id"] != ""
