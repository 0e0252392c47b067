"""A mounted service answers as it would over TCP: the same application, asked both ways."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from chassis.settings import Settings
from chassis.web.app import create_service_app
from chassis.web.problem_responses import problems
from contracts.scopes import SCOPES
from gateway import forwarding
from gateway.app import create_app
from gateway.mounted import Mounted
from gateway.operations.create_api_key import create_api_key
from gateway.operations.create_tenant import create_tenant
from gateway.request_body import RequestBody
from gateway.settings import GatewaySettings
from kernel.clock import utc_now
from kernel.ids import TenantId
from kernel.refusal import Conflict, Text
from tests.gateway.servers import served
from tests.support.databases import FreshDatabases
from tests.support.waiting import eventually

PIECES = 200
PIECE = b"x" * 65_536
HOPS_OWN = {"date", "x-request-id", "transfer-encoding"}

router = APIRouter(prefix="/v1")
ended: list[str] = []


class Full(Conflict):
    """A refusal in both languages."""

    code = "full"
    title = Text(en="Full", ar="ممتلئ")
    detail = Text(en="No place for {guests}.", ar="لا مكان لعدد {guests}.")


@router.get("/rewards/refused", responses=problems(Full))
async def refused() -> None:
    raise Full(guests=3)


@router.get("/rewards/defect")
async def defect() -> None:
    raise RuntimeError("a defect")


@router.get("/rewards/away")
async def away() -> None:
    raise OperationalError("SELECT", {}, Exception("the database is away"))


@router.get("/rewards/empty", status_code=204)
async def empty() -> None:
    return None


@router.get("/rewards/unchanged")
async def unchanged() -> Response:
    return Response(status_code=304, headers={"ETag": '"1"'})


@router.get("/rewards/named")
async def named() -> Response:
    hop = {"Connection": "x-hop", "X-Hop": "1", "Wafa-Tenant": "leak", "Server": "secret", "ETag": '"1"'}
    return JSONResponse({"a": 1}, headers=hop)


@router.get("/rewards/long")
async def long() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(PIECES):
            yield PIECE

    return StreamingResponse(pieces())


@router.get("/rewards/endless")
async def endless() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        try:
            while True:
                yield PIECE
                await asyncio.sleep(0)
        finally:
            ended.append("endless")

    return StreamingResponse(pieces())


@router.post("/purchases/batch")
async def upload(request: Request) -> dict[str, Any]:
    body = await request.body()
    return {"length": len(body), "first": body[:1].decode(), "last": body[-1:].decode()}


@router.post("/purchases/{name:path}")
async def asked(request: Request) -> dict[str, Any]:
    """What the service sees of a request."""
    scope = request.scope
    return {
        "method": scope["method"],
        "path": scope["path"],
        "raw_path": scope["raw_path"].decode(),
        "query": scope["query_string"].decode(),
        "root_path": scope["root_path"],
        "headers": sorted(
            (name.decode(), value.decode())
            for name, value in scope["headers"]
            if name not in (b"host", b"x-request-id")
        ),
        "body": (await request.body()).decode(),
    }


class Unsound:
    """An application below all that turns errors into answers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            received = await receive()
            while received.get("more_body"):
                received = await receive()
            ended.append(received["type"])
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        raise RuntimeError("in the middle")


def pages(_app: FastAPI) -> list[Route]:
    return [Route("/v1/rewards/cut", Unsound()), Route("/v1/purchases/upload", Unsound(), methods=["POST"])]


@dataclass
class Way:
    """A gateway, and the key of a tenant."""

    port: int
    headers: dict[str, str]

    def ask(self, method: str, path: str, content: Any = None, **headers: str) -> httpx.Response:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30) as client:
            return client.request(method, path, content=content, headers=self.headers | headers)

    def raw(self, *lines: bytes) -> socket.socket:
        """A connection on which a request has begun."""
        connection = socket.create_connection(("127.0.0.1", self.port), 10)
        key = b"authorization: " + self.headers["Authorization"].encode()
        connection.sendall(b"\r\n".join([*lines[:1], b"host: x", key, *lines[1:], b"", b""]))
        return connection


@pytest.fixture(scope="module")
def ways(settings: Settings) -> Iterator[dict[str, Way]]:
    """The same service behind two gateways on one database: over TCP, and mounted."""
    fresh = FreshDatabases(settings)
    with ExitStack() as running:
        database = fresh("gateway")
        with database.transaction() as db:
            tenant = create_tenant(
                db, name="Café", livemode=False, currency="SAR", time_zone="Asia/Riyadh", at=utc_now()
            )
            _, key = create_api_key(db, tenant_id=TenantId(tenant.tenant_id), scopes=SCOPES, name="all", at=utc_now())
        headers = {"Authorization": f"Bearer {key}"}

        def service() -> FastAPI:
            return create_service_app(settings, "loyalty", "For tests.", [router], pages=pages)

        port = running.enter_context(served(service()))
        told = GatewaySettings(**{**settings.model_dump(), "loyalty_url": f"http://127.0.0.1:{port}"})
        apps = {
            "tcp": create_app(told, database),
            "mounted": create_app(told, database, {"loyalty": Mounted("loyalty", service())}),
        }
        yield {name: Way(running.enter_context(served(app)), headers) for name, app in apps.items()}
    fresh.drop()


@pytest.fixture(params=["tcp", "mounted"])
def way(request: pytest.FixtureRequest, ways: dict[str, Way]) -> Way:
    ended.clear()
    return ways[request.param]


def answered(answer: httpx.Response) -> tuple[int, dict[str, list[str]], Any]:
    """What a client can tell of an answer, but for what each request has of its own."""
    headers = {name: answer.headers.get_list(name) for name in answer.headers if name not in HOPS_OWN}
    if "problem" in answer.headers.get("content-type", "") and answer.content:
        return answer.status_code, {**headers, "content-length": []}, {**answer.json(), "instance": ""}
    return answer.status_code, headers, answer.content


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/rewards/named", 200),
        ("HEAD", "/v1/rewards/named", 200),
        ("GET", "/v1/rewards/empty", 204),
        ("GET", "/v1/rewards/unchanged", 304),
        ("GET", "/v1/rewards/refused", 409),
        ("HEAD", "/v1/rewards/refused", 409),
        ("GET", "/v1/rewards/nothing", 404),
        ("PUT", "/v1/rewards/named", 405),
        ("GET", "/v1/rewards/defect", 500),
        ("GET", "/v1/rewards/away", 503),
    ],
)
def test_an_answer_is_the_same(ways: dict[str, Way], method: str, path: str, status: int, language: str) -> None:
    over_tcp, mounted = (
        answered(ways[name].ask(method, path, **{"Accept-Language": language})) for name in ("tcp", "mounted")
    )
    assert mounted == over_tcp
    assert mounted[0] == status


@pytest.mark.parametrize("content", [b"", b"{}", b"x" * 70_000], ids=len)
def test_the_service_sees_the_same(ways: dict[str, Way], content: bytes) -> None:
    path = "/v1/purchases/pur_1%20x?a=1&b=%D9%88"
    sent = {"If-None-Match": '"7"', "Wafa-Tenant": "forged", "Cookie": "a=1", "Connection": "x-mine", "X-Mine": "1"}
    over_tcp, mounted = (ways[name].ask("POST", path, content, **sent).json() for name in ("tcp", "mounted"))
    assert mounted == over_tcp
    assert mounted["body"] == content.decode()
    assert dict(mounted["headers"])["wafa-tenant"] != "forged"


@pytest.mark.parametrize("size", [1, 65_536, 65_537, 1_000_000])
def test_a_body_of_unknown_length_arrives_whole(way: Way, size: int) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a"
        for start in range(0, size - 1, 30_000):
            yield b"z" * min(30_000, size - 1 - start)

    answer = way.ask("POST", "/v1/purchases/batch", pieces())
    assert answer.json() == {"length": size, "first": "a", "last": "z" if size > 1 else "a"}


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused(way: Way, announced: bool) -> None:
    body = b"x" * (3 << 20)
    answer = way.ask("POST", "/v1/purchases/pur_1", body if announced else iter([body[: 1 << 20], body[1 << 20 :]]))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_long_answer_streams(way: Way) -> None:
    answer = way.ask("GET", "/v1/rewards/long")
    assert (answer.status_code, len(answer.content)) == (200, PIECES * len(PIECE))


def test_the_end_of_an_answer_waits_for_a_slow_client() -> None:
    taken: list[Message] = []

    async def take_slowly(message: Message) -> None:
        await asyncio.sleep(0.01)
        taken.append(message)

    async def nothing_more() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def pieces() -> AsyncIterator[bytes]:
        yield PIECE

    app = FastAPI()
    app.add_api_route("/v1/rewards/short", lambda: StreamingResponse(pieces()))
    path = "/v1/rewards/short"
    scope = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "server": ("x", 1)}
    body = RequestBody([], nothing_more, bytes_max=1)
    asyncio.run(Mounted("loyalty", app).forward({**scope, "headers": []}, body, take_slowly))
    assert [message.get("more_body") for message in taken] == [None, True, False]


def test_a_client_that_goes_while_it_sends_is_gone_for_the_service(way: Way) -> None:
    with way.raw(b"POST /v1/purchases/upload HTTP/1.1", b"content-length: 200000") as connection:
        connection.sendall(b"x" * 100_000)
    eventually(lambda: ended, 10)
    assert ended == ["http.disconnect"]


def test_a_client_that_takes_nothing_is_not_waited_for(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "TAKING_SECONDS_MAX", 0.2)
    with way.raw(b"GET /v1/rewards/endless HTTP/1.1"):
        eventually(lambda: ended, 20)
    assert ended == ["endless"]


def test_an_answer_cut_in_the_middle_is_not_taken_for_whole(way: Way) -> None:
    said = b""
    with way.raw(b"GET /v1/rewards/cut HTTP/1.1") as connection:
        while received := connection.recv(65_536):
            said += received
    assert b"first" in said
    assert not said.endswith(b"0\r\n\r\n")


def test_a_request_is_counted_once_on_each_side(ways: dict[str, Way]) -> None:
    def counted() -> list[float]:
        routes = {"gateway": "/v1/rewards", "loyalty": "/v1/rewards/empty"}
        return [
            REGISTRY.get_sample_value(
                "wafa_requests_total", {"service": service, "method": "GET", "route": route, "status": "204"}
            )
            or 0.0
            for service, route in routes.items()
        ]

    before = counted()
    ways["mounted"].ask("GET", "/v1/rewards/empty")
    # It is counted once the answer has left, which the client may see first.
    eventually(lambda: counted() == [count + 1 for count in before], 20)


def test_a_mounted_service_is_ready_and_described(ways: dict[str, Way]) -> None:
    assert ways["mounted"].ask("GET", "/readyz").json()["services"].keys() == {"loyalty"}
    assert ways["mounted"].ask("GET", "/openapi.json").json()["x-wafa-services"] == {"loyalty": "current"}


def test_a_mounted_service_lives_as_long_as_the_door(settings: Settings) -> None:
    told: list[str] = []

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        told.append("begun")
        yield
        told.append("ended")

    app = create_app(
        GatewaySettings(**settings.model_dump()), services={"loyalty": Mounted("loyalty", FastAPI(lifespan=life))}
    )
    with served(app):
        assert told == ["begun"]
    assert told == ["begun", "ended"]
