"""Answers leave in one piece where they are there in one piece, and bit by bit where they come bit by bit."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.web import whole_answers
from chassis.web.whole_answers import Holding, WholeAnswers

HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]}


class Wire(asyncio.Transport):
    """A transport that keeps each write by itself."""

    def __init__(self) -> None:
        super().__init__({"socket": "a socket"})
        self.sent: list[bytes] = []
        self.closed_after = -1

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.closed_after = len(self.sent)

    def is_closing(self) -> bool:
        return self.closed_after >= 0


def play(story: Callable[[Wire, Holding], Awaitable[None]]) -> None:
    async def with_a_wire() -> None:
        wire = Wire()
        await story(wire, Holding(wire, asyncio.get_running_loop()))

    asyncio.run(with_a_wire())


def test_what_is_written_in_one_turn_leaves_together() -> None:
    async def story(wire: Wire, holding: Holding) -> None:
        for part in (b"head", b"body"):
            holding.write(part)
        assert wire.sent == []
        await asyncio.sleep(0)
        holding.write(b"more")
        await asyncio.sleep(0)
        assert wire.sent == [b"headbody", b"more"]

    play(story)


def test_much_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_answers, "HELD_BYTES_MAX", 10)

    async def story(wire: Wire, holding: Holding) -> None:
        for _ in range(3):
            holding.write(b"sixsix")
        assert wire.sent == [b"sixsixsixsix"]
        await asyncio.sleep(0)
        assert wire.sent == [b"sixsixsixsix", b"sixsix"]

    play(story)


def test_nothing_is_lost_when_the_connection_closes() -> None:
    async def story(wire: Wire, holding: Holding) -> None:
        holding.write(b"last words")
        holding.close()
        await asyncio.sleep(0)
        assert wire.sent == [b"last words"]
        assert wire.closed_after == 1
        assert holding.is_closing()
        assert holding.get_extra_info("socket") == "a socket"

    play(story)


def answer_of(app: ASGIApp, *reads: asyncio.Event) -> list[bytes]:
    """What a client of the application reads, on uvicorn as in production; an event is set after each read."""

    async def ask() -> list[bytes]:
        config = uvicorn.Config(app, http=WholeAnswers, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([listener]))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        pieces = []
        for read in reads:
            pieces.append(await reader.read(65536))
            read.set()
        pieces.append(await reader.read())
        writer.close()
        server.should_exit = True
        await serving
        return pieces

    return asyncio.run(asyncio.wait_for(ask(), 20))


def test_a_body_that_comes_later_does_not_keep_back_its_head() -> None:
    heads_read, part_read = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(HEAD)
        await heads_read.wait()
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await part_read.wait()
        await send({"type": "http.response.body", "body": b"two", "more_body": False})

    head, first, rest = answer_of(app, heads_read, part_read)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert head.endswith(b"\r\n\r\n")
    assert (first, rest) == (b"one", b"two")


def test_a_long_answer_arrives_whole() -> None:
    body = bytes(range(256)) * 4096

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**HEAD, "headers": [(b"content-length", b"%d" % len(body))]})
        for start in range(0, len(body), 10_000):
            await send({"type": "http.response.body", "body": body[start : start + 10_000], "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    (answer,) = answer_of(app)
    assert answer.partition(b"\r\n\r\n")[2] == body
