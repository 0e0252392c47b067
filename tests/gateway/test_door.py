"""What the gateway refuses itself, how it says so, and the id every answer carries."""

import asyncio
import re
import socket
import struct
import time
from collections.abc import Iterator

import httpx
import pytest

from gateway.app import create_app
from gateway.settings import GatewaySettings
from tests.gateway.conftest import Gateway
from tests.gateway.test_forwarding import raw, request


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v2/purchases",
        "/v1/unknown",
        "/internal/customers/cus_1",
        "/v1/internal/customers/cus_1",
        "/v1/../internal/customers/cus_1",
        "/v1/purchases/../../internal/customers/cus_1",
        "/v1/purchases/%2e%2e/%2e%2e/internal/customers/cus_1",
        "/v1/purchases/..%2f..%2finternal%2fcustomers",
        "/v1/purchases/%5c..%5cinternal",
        "/v1//purchases",
        "/v1/purchases/",
        "/v1/customers/cus_1/contact",
        "/v1/customers/cus_1/",
        "/v1/customers//balance",
        "/v1/Purchases",
        "/docs/../metrics",
        "/livez/x",
    ],
)
def test_what_is_not_public_does_not_exist(gateway: Gateway, path: str) -> None:
    said = raw(gateway, request(gateway, f"GET {path} HTTP/1.1".encode(), b"connection: close"))
    assert said.startswith(b"HTTP/1.1 404 ")
    assert all(service.requests == [] for service in gateway.services.values())


@pytest.mark.parametrize("target", [b"http://evil.example/internal/x", b"/v1/rewards#x", b"*", b"\xff"])
def test_odd_targets_lead_nowhere_else(gateway: Gateway, target: bytes) -> None:
    said = raw(gateway, request(gateway, b"GET " + target + b" HTTP/1.1", b"connection: close"))
    assert int(said.split(b" ")[1]) in (200, 400, 404)
    for sent in gateway.loyalty.requests:
        assert sent.startswith(b"GET /v1/rewards HTTP/1.1\r\n")


def test_an_answer_carries_an_id(gateway: Gateway) -> None:
    answer = gateway.get("/v1/rewards")
    made = answer.headers["x-request-id"]
    assert re.fullmatch(r"req_[0-9a-z]{26}", made)
    assert f"x-request-id: {made}".encode() in gateway.loyalty.requests[0]


@pytest.mark.parametrize("sent", ["a", "till-7:2026.11_22", "x" * 64])
def test_a_safe_id_is_kept(gateway: Gateway, sent: str) -> None:
    assert gateway.get("/v1/rewards", **{"X-Request-Id": sent}).headers.get_list("x-request-id") == [sent]


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", 'a"b', "a{b}"])
def test_another_id_is_replaced(gateway: Gateway, sent: str) -> None:
    made = gateway.get("/v1/rewards", **{"X-Request-Id": sent}).headers.get_list("x-request-id")
    assert len(made) == 1
    assert made[0].startswith("req_")


@pytest.mark.parametrize("path", ["/v1/rewards", "/v1/nowhere", "/v1/tenant", "/livez"])
def test_every_answer_has_exactly_one_id(gateway: Gateway, path: str) -> None:
    for key in (gateway.any_tenant.key, "none"):
        headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "mine"}
        answer = gateway.client.get(path, headers=headers)
        assert answer.headers.get_list("x-request-id") == ["mine"]
        if answer.status_code >= 400:
            assert answer.json()["instance"] == "mine"


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ("ar", "ar", "غير موجود"),
        ("ar-SA,en;q=0.5", "ar", "غير موجود"),
        ("en", "en", "Not found"),
        ("fr", "en", "Not found"),
    ],
)
def test_refusals_speak_the_readers_language(gateway: Gateway, asked: str, language: str, title: str) -> None:
    answer = gateway.get("/v1/nowhere", **{"Accept-Language": asked})
    problem = answer.json()
    assert (answer.headers["content-language"], problem["title"]) == (language, title)
    assert (problem["code"], problem["type"], problem["status"]) == ("not_found", "/problems/not_found", 404)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_says_it_is_too_large_is_refused(gateway: Gateway) -> None:
    answer = gateway.post("/v1/purchases", b"x" * ((1 << 20) + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["params"] == {"bytes_max": 1 << 20}
    assert gateway.loyalty.requests == []


def test_a_body_that_grows_too_large_is_refused(gateway: Gateway) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 4096

    answer = gateway.post("/v1/purchases", pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert gateway.loyalty.requests == []


def test_the_gateways_own_routes_refuse_alike(gateway: Gateway) -> None:
    answer = gateway.post("/v1/api_keys", b"x" * ((1 << 20) + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["params"] == {"bytes_max": 1 << 20}


@pytest.mark.parametrize("path", ["/v1/tenant", "/livez", "/docs"])
def test_the_gateways_own_routes_answer_head(gateway: Gateway, path: str) -> None:
    headers = gateway.any_tenant.headers
    wanted, answer = (gateway.client.request(method, path, headers=headers) for method in ("GET", "HEAD"))
    assert (answer.status_code, answer.content) == (wanted.status_code, b"") == (200, b"")
    assert answer.headers["content-length"] == str(len(wanted.content))
    assert gateway.client.get(path, headers=headers).content == wanted.content


@pytest.mark.parametrize(("size", "status"), [(4 << 20, 200), ((4 << 20) + 1, 413)])
def test_a_batch_may_be_larger(gateway: Gateway, size: int, status: int) -> None:
    assert gateway.post("/v1/purchases/batch", b"x" * size).status_code == status


def test_who_asks_for_leave_first_sends_nothing_in_vain(gateway: Gateway) -> None:
    said = raw(
        gateway,
        request(gateway, b"POST /v1/purchases HTTP/1.1", b"content-length: 9999999", b"expect: 100-continue"),
    )
    assert said.startswith(b"HTTP/1.1 413 ")


def test_too_many_headers_are_refused(gateway: Gateway) -> None:
    answer = gateway.get("/v1/rewards", **{"X-Long": "x" * 33_000})
    assert (answer.status_code, answer.json()["code"]) == (431, "headers_too_large")
    answer = gateway.get("/v1/rewards", **{f"X-{number}": "x" for number in range(100)})
    assert answer.status_code == 431


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"nonsense\r\n\r\n", id="no HTTP"),
        pytest.param(b"POST /v1/purchases HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n", id="length no number"),
        pytest.param(
            b"POST /v1/purchases HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
            id="two lengths",
        ),
        pytest.param(
            b"POST /v1/purchases HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n"
            b"0\r\n\r\nGET /v1/rewards HTTP/1.1\r\n\r\n",
            id="length and chunks",
        ),
        pytest.param(
            b"POST /v1/purchases HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n", id="other coding"
        ),
        pytest.param(b"GET /v1/rewards HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n", id="header without colon"),
        pytest.param(b"GET /v1/rewards HTTP/1.1\r\nx: a\nwafa-tenant: b\r\n\r\n", id="bare line feed"),
    ],
)
def test_bad_http_never_reaches_a_service(gateway: Gateway, sent: bytes) -> None:
    with_key = sent.replace(
        b" HTTP/1.1\r\n", b" HTTP/1.1\r\nauthorization: Bearer " + gateway.any_tenant.key.encode() + b"\r\n", 1
    )
    said = raw(gateway, with_key)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert gateway.loyalty.requests == []


def test_a_client_that_leaves_takes_its_upload_with_it(gateway: Gateway) -> None:
    began = request(gateway, b"POST /v1/purchases HTTP/1.1", b"content-length: 500000") + b"x" * 200_000
    with socket.create_connection(("127.0.0.1", gateway.port), 5) as connection:
        connection.sendall(began)
        time.sleep(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.2)
    assert gateway.loyalty.connections == 1
    assert gateway.loyalty.requests == []
    assert gateway.post("/v1/purchases").status_code == 200


def test_a_slow_small_body_holds_no_connection(gateway: Gateway) -> None:
    began = request(gateway, b"POST /v1/purchases HTTP/1.1", b"content-length: 100", b"connection: close") + b"x" * 50
    with socket.create_connection(("127.0.0.1", gateway.port), 5) as connection:
        connection.sendall(began)
        time.sleep(0.2)
        assert gateway.loyalty.connections == 0
        connection.sendall(b"x" * 50)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")


def test_without_the_access_database_nobody_enters_for_now(gateway: Gateway) -> None:
    away = GatewaySettings(**{**gateway.settings.model_dump(), "database_port": 1, "database_host": "127.0.0.1"})

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(away))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.get("/v1/rewards", headers=gateway.any_tenant.headers)

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert answer.headers["retry-after"] == "1"


def test_websockets_are_refused(gateway: Gateway) -> None:
    said = raw(
        gateway,
        request(
            gateway,
            b"GET /v1/rewards HTTP/1.1",
            b"connection: upgrade",
            b"upgrade: websocket",
            b"sec-websocket-version: 13",
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        ),
    )
    assert said.startswith(b"HTTP/1.1 403 ")


def test_metrics_are_for_this_machine_only(gateway: Gateway) -> None:
    gateway.get("/v1/customers/cus_1/balance")
    answer = gateway.client.get("/metrics")
    assert answer.status_code == 200
    assert 'route="/v1/customers/*/balance"' in answer.text
    assert "cus_1" not in answer.text
    for header in ("X-Forwarded-For", "Forwarded"):
        assert gateway.client.get("/metrics", headers={header: "203.0.113.9"}).status_code == 404
