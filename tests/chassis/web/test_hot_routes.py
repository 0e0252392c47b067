"""A hot route answers, refuses and is recorded as any other route does."""

import asyncio
from collections.abc import Iterator
from typing import Annotated

import httpx
import orjson
import pytest
from fastapi import APIRouter
from prometheus_client import REGISTRY
from pydantic import BaseModel, Field, TypeAdapter
from starlette.types import Message
from structlog.testing import capture_logs

from chassis.settings import Settings
from chassis.web.app import create_service_app
from chassis.web.hot_routes import HotRequest, HotRoute, JsonAnswer, Response, hot_caller, hot_route, parsed
from chassis.web.problem_responses import CLIENT_GONE_STATUS
from contracts import internal
from kernel.ids import new_id
from kernel.language import Text
from kernel.refusal import Conflict
from tests.support.calling import service_client

SETTINGS = Settings.model_validate(
    dict.fromkeys(("owner_password", "app_password", "relay_password", "internal_token"), "right")
)
BYTES_MAX = 100


class Sold(Conflict):
    """For tests."""

    code = "sold"
    title = Text(en="Sold", ar="بيع")
    detail = Text(en="It is sold.", ar="تم بيعه.")


class Wish(BaseModel):
    """What somebody wants."""

    name: Annotated[str, Field(min_length=1)]


WISH: TypeAdapter[Wish] = TypeAdapter(Wish)
router = APIRouter(prefix="/v1")


async def wish(request: HotRequest) -> Response:
    """Give what is wished for, mostly."""
    caller = hot_caller(request, "customers:write")
    wanted = parsed(WISH, await request.body(BYTES_MAX)).name
    if wanted == "the moon":
        raise Sold
    if wanted == "trouble":
        raise RuntimeError
    return JsonAnswer(201, orjson.dumps({"for": caller.tenant_id, "asked": request.headers.get("x-asked")}))


async def read_quickly(request: HotRequest) -> Response | None:
    """A wish that is found quickly; the others are left to the framework."""
    hot_caller(request, "customers:write")
    wish_id = request.path_params["wish_id"]
    if wish_id == "the moon":
        raise Sold
    found = orjson.dumps({"wish": wish_id, "asked": request.query_string.decode()})
    return JsonAnswer(200, found, [(b"etag", b'"1"')]) if "known" in wish_id else None


@router.get("/wishes/{wish_id}")
def read_wish(wish_id: str) -> dict[str, str]:
    """A wish that takes its time."""
    if wish_id == "the sun":
        raise Sold
    return {"thought over": wish_id}


HOT = hot_route(router, "POST", "/wishes", wish, scope="customers:write", body=Wish, status_code=201)
HOT_READ = HotRoute("GET", "/v1/wishes/{wish_id}", read_quickly)


APP = create_service_app(SETTINGS, "loyalty", "", [router], hot_routes=[HOT, HOT_READ])


@pytest.fixture
def shop() -> httpx.Client:
    return service_client(APP, SETTINGS, "ten_1", scopes=["customers:write"])


def counted(status: int, method: str = "POST", route: str = "/v1/wishes") -> float:
    labels = {"service": "loyalty", "method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("wafa_requests_total", labels) or 0.0


def test_it_answers_under_the_request_id_and_is_counted(shop: httpx.Client) -> None:
    before = counted(201)
    answer = shop.post("/v1/wishes", json={"name": "dates"}, headers={internal.REQUEST_ID: "req-7"})
    assert (answer.status_code, answer.json()["for"]) == (201, "ten_1")
    assert answer.headers[internal.REQUEST_ID] == "req-7"
    assert answer.headers["content-type"] == "application/json"
    assert counted(201) == before + 1


def test_of_headers_sent_twice_the_first_counts(shop: httpx.Client) -> None:
    headers = [(name, value) for name, value in shop.headers.items()] + [("X-Asked", "once"), ("x-asked", "twice")]
    request = httpx.Request("POST", "http://service/v1/wishes", json={"name": "dates"}, headers=headers)
    assert shop.send(request).json()["asked"] == "once"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"name": "the moon"}', 409, "sold"),
        (b'{"name": ""}', 422, "invalid_request"),
        (b"{", 400, "malformed_body"),
        (b"x" * (BYTES_MAX + 1), 413, "body_too_large"),
        (b'{"name": "trouble"}', 500, "internal_error"),
    ],
)
def test_it_refuses_as_others_do(shop: httpx.Client, body: bytes, status: int, code: str) -> None:
    before = counted(status)
    answer = shop.post("/v1/wishes", content=body, headers={"accept-language": "ar"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "ar"
    assert answer.json()["instance"] == answer.headers[internal.REQUEST_ID]
    assert counted(status) == before + 1


def test_a_body_without_an_announced_length_is_cut_off(shop: httpx.Client) -> None:
    def drops() -> Iterator[bytes]:
        for _ in range(BYTES_MAX):
            yield b"xx"

    assert (shop.post("/v1/wishes", content=drops())).status_code == 413


@pytest.mark.parametrize(("leave_out", "status"), [(internal.TOKEN, 401), (None, 403)])
def test_it_asks_who_calls(leave_out: str | None, status: int) -> None:
    stranger = service_client(APP, SETTINGS, "ten_1", scopes=["customers:read"])
    if leave_out:
        del stranger.headers[leave_out]
    assert stranger.post("/v1/wishes", json={"name": "dates"}).status_code == status


def test_other_methods_and_addresses_are_not_its_own(shop: httpx.Client) -> None:
    assert (shop.get("/v1/wishes")).status_code == 405
    assert (shop.post("/v1/wishes/", json={})).status_code in (307, 404)
    assert (shop.get("/livez")).status_code == 200


def test_what_stands_in_the_address_is_given_to_the_handler(shop: httpx.Client) -> None:
    before = counted(200, "GET", HOT_READ.path)
    answer = shop.get("/v1/wishes/well known?of=ana")
    assert answer.json() == {"wish": "well known", "asked": "of=ana"}
    assert counted(200, "GET", HOT_READ.path) == before + 1
    assert shop.get("/v1/wishes/known/of").status_code == 404
    assert shop.get("/v1/wishes/").status_code in (307, 404)
    assert shop.post("/v1/wishes/known").status_code == 405


def test_head_is_get_without_its_content(shop: httpx.Client) -> None:
    before = counted(200, "HEAD", HOT_READ.path)
    wanted, answer = shop.get("/v1/wishes/known"), shop.head("/v1/wishes/known")
    assert (answer.status_code, answer.content) == (200, b"")
    for name in ("content-length", "content-type", "etag"):
        assert answer.headers[name] == wanted.headers[name]
    assert counted(200, "HEAD", HOT_READ.path) == before + 1


@pytest.mark.parametrize(("wish_id", "status"), [("a pony", 200), ("the sun", 409)])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_its_handler_leaves_the_framework_answers(
    shop: httpx.Client, method: str, wish_id: str, status: int
) -> None:
    before = counted(status, method, HOT_READ.path)
    answer = shop.request(method, f"/v1/wishes/{wish_id}", headers={internal.REQUEST_ID: "req-7"})
    assert (answer.status_code, answer.headers.get_list(internal.REQUEST_ID)) == (status, ["req-7"])
    assert (b"thought over" in answer.content) is (method == "GET" and status == 200)
    assert counted(status, method, HOT_READ.path) == before + 1, "once"


def test_of_what_goes_well_only_the_frameworks_answers_are_logged(shop: httpx.Client) -> None:
    with capture_logs() as lines:
        for wish_id in ("known", "the moon", "a pony"):
            shop.get(f"/v1/wishes/{wish_id}")
    assert [(line["route"], line["status"]) for line in lines] == [(HOT_READ.path, 409), (HOT_READ.path, 200)]


def test_a_refusal_is_logged_with_the_ids_of_the_address(shop: httpx.Client) -> None:
    """And with nothing else that stands there: it may be a phone number."""
    known = new_id("wsh")
    with capture_logs() as lines:
        for wish_id in (known, "+966500000000-known"):
            service_client(APP, SETTINGS, "ten_1", scopes=["customers:read"]).get(f"/v1/wishes/{wish_id}")
    assert [(line["status"], line.get("wish_id")) for line in lines] == [(403, known), (403, None)]


def test_half_a_body_is_no_body() -> None:
    """The client went away in the middle: what had come is not taken for all of it."""
    messages = iter(
        [{"type": "http.request", "body": b'{"name": "dates"}', "more_body": True}, {"type": "http.disconnect"}]
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = service_client(APP, SETTINGS, "ten_1", scopes=["customers:write"]).headers.raw
    scope = {"type": "http", "method": "POST", "path": "/v1/wishes", "headers": [(n.lower(), v) for n, v in headers]}
    before = counted(CLIENT_GONE_STATUS)
    asyncio.run(APP(scope, receive, send))
    assert [message.get("status") for message in sent] == [CLIENT_GONE_STATUS, None]
    assert counted(CLIENT_GONE_STATUS) == before + 1
