"""Requests and answers pass through the gateway unchanged, whatever the service or the client does on the way."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from gateway import forwarding
from tests.gateway.conftest import Gateway
from tests.gateway.servers import OK, Service, answering


def test_an_answer_passes_with_its_status_headers_and_body(gateway: Gateway) -> None:
    gateway.loyalty.script = answering(
        b'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\netag: "1"\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n'
        b"date: long ago\r\nserver: secret\r\nwafa-tenant: leak\r\nconnection: x-hop\r\nx-hop: 1\r\n"
        b"content-length: 2\r\n\r\n{}"
    )
    answer = gateway.post("/v1/purchases")
    assert (answer.status_code, answer.content) == (201, b"{}")
    assert answer.headers["etag"] == '"1"'
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers.get_list("date") != ["long ago"]
    assert len(answer.headers.get_list("date")) == 1
    assert not {"server", "wafa-tenant", "x-hop"} & set(answer.headers)


def test_the_request_passes_with_its_target_headers_and_body(gateway: Gateway) -> None:
    answer = gateway.post("/v1/purchases/pur_1%20x?a=1&b=%D9%88", b'{"a": 1}', **{"If-None-Match": '"7"'})
    assert answer.status_code == 200
    head, _, body = gateway.loyalty.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /v1/purchases/pur_1%20x?a=1&b=%D9%88 HTTP/1.1"
    assert b'if-none-match: "7"' in lines
    assert b"content-length: 8" in lines
    assert f"host: 127.0.0.1:{gateway.loyalty.port}".encode() in lines
    assert body == b'{"a": 1}'


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 1 << 20])
def test_bodies_of_any_size_arrive_whole(gateway: Gateway, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert gateway.post("/v1/purchases", body).status_code == 200
    assert gateway.loyalty.requests[0].partition(b"\r\n\r\n")[2] == body


def test_a_body_of_unknown_length_arrives_whole(gateway: Gateway) -> None:
    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            yield bytes([number % 256]) * 1000

    assert gateway.post("/v1/purchases", pieces()).status_code == 200
    head, _, chunked = gateway.loyalty.requests[0].partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    assert b"content-length" not in head
    assert unchunked(chunked) == b"".join(pieces())


def test_a_small_body_of_unknown_length_gets_one(gateway: Gateway) -> None:
    assert gateway.post("/v1/purchases", iter([b"{", b"}"])).status_code == 200
    head, _, body = gateway.loyalty.requests[0].partition(b"\r\n\r\n")
    assert b"content-length: 2" in head
    assert body == b"{}"


def test_a_long_answer_streams(gateway: Gateway) -> None:
    release = asyncio.Event()

    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        await release.wait()
        for _ in range(200):
            writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    gateway.loyalty.script = script
    headers = gateway.any_tenant.headers
    with gateway.client.stream("GET", "/v1/rewards", headers=headers) as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"first"
        gateway.loop.loop.call_soon_threadsafe(release.set)
        assert sum(map(len, pieces)) == 200 * 65_536


def test_a_client_that_takes_nothing_holds_no_connection(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "TAKING_SECONDS_MAX", 0.2)
    hung_up = Event()

    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            hung_up.set()

    gateway.loyalty.script = script
    with socket.create_connection(("127.0.0.1", gateway.port), 5) as connection:
        connection.sendall(request(gateway, b"GET /v1/rewards HTTP/1.1"))
        assert hung_up.wait(10)


def test_an_answer_that_ends_with_its_connection_is_whole(gateway: Gateway) -> None:
    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nno length")

    gateway.loyalty.script = script
    assert gateway.get("/v1/rewards").content == b"no length"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204),
        (b'HTTP/1.1 304 Not Modified\r\netag: "1"\r\ncontent-length: 99\r\n\r\n', 304),
        (b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK, 200),
    ],
)
def test_answers_without_a_body_leave_the_connection_usable(gateway: Gateway, head: bytes, status: int) -> None:
    gateway.loyalty.script = answering(head)
    assert [gateway.get("/v1/rewards").status_code for _ in range(3)] == [status] * 3
    assert gateway.loyalty.connections == 1


def test_head_has_the_headers_and_no_body(gateway: Gateway) -> None:
    gateway.loyalty.script = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n")
    answer = gateway.client.head("/v1/rewards", headers=gateway.any_tenant.headers)
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "1234", b"")
    gateway.loyalty.script = answering(OK)
    assert gateway.get("/v1/rewards").content == b"ok"


def test_a_connection_is_used_again(gateway: Gateway) -> None:
    for _ in range(20):
        assert gateway.post("/v1/purchases").status_code == 200
    assert gateway.loyalty.connections == 1


def test_a_connection_that_the_service_ends_is_not_used_again(gateway: Gateway) -> None:
    gateway.loyalty.script = answering(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")
    for _ in range(3):
        assert gateway.post("/v1/purchases").status_code == 200
    assert gateway.loyalty.connections == 3


def test_a_connection_closed_while_idle_harms_nobody(gateway: Gateway) -> None:
    for _ in range(10):
        assert gateway.post("/v1/purchases").status_code == 200
        gateway.loop.run(gateway.loyalty.hang_up())
    assert len(gateway.loyalty.requests) == 10


async def hang_up_on_the_second(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await service.read_request(reader)
    writer.write(OK)
    await service.read_request(reader)


def test_a_read_lost_with_a_kept_connection_is_asked_again(gateway: Gateway) -> None:
    gateway.loyalty.script = hang_up_on_the_second
    assert [gateway.get("/v1/rewards").status_code for _ in range(4)] == [200] * 4
    assert len(gateway.loyalty.requests) == 7


def test_a_write_lost_with_a_kept_connection_is_never_sent_twice(gateway: Gateway) -> None:
    gateway.loyalty.script = hang_up_on_the_second
    answers = [gateway.post("/v1/purchases", str(number).encode()) for number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 502, 200, 502]
    assert answers[1].json()["code"] == "service_failed"
    assert [request[-1:] for request in gateway.loyalty.requests] == [b"0", b"1", b"2", b"3"]


def test_a_service_that_is_down_is_said_to_be(gateway: Gateway) -> None:
    gateway.loop.run(gateway.loyalty.stop())
    answer = gateway.post("/v1/purchases")
    problem = answer.json()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (problem["code"], problem["retryable"]) == ("service_unavailable", True)
    gateway.loop.run(gateway.loyalty.start())
    assert gateway.post("/v1/purchases").status_code == 200


def test_one_service_down_leaves_the_others(gateway: Gateway) -> None:
    gateway.loop.run(gateway.loyalty.stop())
    assert gateway.get("/v1/customers/cus_1").status_code == 200
    gateway.loop.run(gateway.loyalty.start())


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncont", id="half a head"),
        pytest.param(b"SSH-2.0-OpenSSH_9\r\n\r\n", id="not HTTP"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", id="an upgrade"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", id="two lengths"),
    ],
)
def test_a_service_that_breaks_off_is_a_bad_gateway(gateway: Gateway, answer: bytes) -> None:
    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.read_request(reader)
        writer.write(answer)

    gateway.loyalty.script = script
    problem = gateway.post("/v1/purchases")
    assert (problem.status_code, problem.json()["code"]) == (502, "service_failed")


def test_an_answer_cut_in_the_middle_is_not_taken_for_whole(gateway: Gateway) -> None:
    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")

    gateway.loyalty.script = script
    said = raw(gateway, request(gateway, b"GET /v1/rewards HTTP/1.1"))
    assert b"first" in said
    assert not said.endswith(b"0\r\n\r\n")


def test_bytes_that_nobody_asked_for_end_the_connection(gateway: Gateway) -> None:
    gateway.loyalty.script = answering(OK + b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged")
    assert [gateway.get("/v1/rewards").content for _ in range(3)] == [b"ok"] * 3


def test_an_early_answer_ends_the_upload(gateway: Gateway) -> None:
    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 422 Unprocessable\r\ncontent-length: 2\r\n\r\nno")
        await writer.drain()
        # It reads no further; the gateway is the one to hang up.
        await asyncio.sleep(30)

    gateway.loyalty.script = script
    answer = gateway.post("/v1/purchases/batch", b"x" * (4 << 20))
    assert (answer.status_code, answer.content) == (422, b"no")
    gateway.loyalty.script = answering(OK)
    assert gateway.post("/v1/purchases").status_code == 200


def test_requests_at_once_get_their_own_answers(gateway: Gateway) -> None:
    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            body = (await service.read_request(reader)).partition(b"\r\n\r\n")[2]
            await asyncio.sleep(0.002)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))

    gateway.loyalty.script = script
    with ThreadPoolExecutor(100) as threads:
        bodies = [str(number).encode() for number in range(600)]
        answers = list(threads.map(lambda body: gateway.post("/v1/purchases", body).content, bodies))
    assert answers == bodies
    assert 1 < gateway.loyalty.connections <= 64


def test_pipelined_requests_are_answered_in_order(gateway: Gateway) -> None:
    async def script(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            path = (await service.read_request(reader)).split(b" ", 2)[1]
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(path), path))

    gateway.loyalty.script = script
    both = request(gateway, b"GET /v1/rewards/first HTTP/1.1") + request(
        gateway, b"GET /v1/rewards/second HTTP/1.1", b"connection: close"
    )
    said = raw(gateway, both)
    assert said.index(b"/v1/rewards/first") < said.index(b"/v1/rewards/second")


def request(gateway: Gateway, line: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [line, b"host: x", b"authorization: Bearer " + gateway.any_tenant.key.encode(), *headers, b"", b""]
    )


def raw(gateway: Gateway, sent: bytes) -> bytes:
    """Everything the gateway says to these bytes until it closes the connection."""
    said = b""
    with socket.create_connection(("127.0.0.1", gateway.port), 10) as connection:
        connection.sendall(sent)
        while received := connection.recv(65_536):
            said += received
    return said


def unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        whole += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
    return whole
