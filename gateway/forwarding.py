"""A request handed to a service and its answer handed back, byte by byte; nothing is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.types import Scope, Send

from gateway.connection import Connection
from gateway.headers import Header, for_client, request_head
from gateway.refusals import ServiceFailed, ServiceTooSlow
from gateway.request_body import ClientGone, RequestBody
from gateway.upstream import Upstream

# These may be carried out twice. Everything else is sent at most once. Source: RFC 9110, 9.2.2.
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
# How long a client may refuse to take the next part of a long answer.
TAKING_SECONDS_MAX: Final = 60.0


class Remote:
    """A service in a process of its own, reached over TCP."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def forward(self, scope: Scope, body: RequestBody, send: Send) -> None:
        """As `Service` says."""
        beginning = await body.gather()
        request = framed(self._upstream, scope, body, beginning)
        connection = await ask(self._upstream, scope["method"], request, body)
        await hand_back(self._upstream, connection, send, answers_head=scope["method"] == "HEAD")

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Its connections end with us."""
        try:
            yield
        finally:
            self._upstream.close_idle()


def framed(upstream: Upstream, scope: Scope, body: RequestBody, beginning: bytes) -> bytes:
    """The head of the request and what is there of its body."""
    query: bytes = scope["query_string"]
    target: bytes = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
    headers: list[Header] = scope["headers"]
    if not body.more and (beginning or body.length is not None):
        return request_head(scope["method"], target, upstream.authority, headers, len(beginning)) + beginning
    if body.more and body.length is None:
        chunked = request_head(scope["method"], target, upstream.authority, headers, None, chunked=True)
        return chunked + chunk(beginning)
    return request_head(scope["method"], target, upstream.authority, headers, body.length) + beginning


async def ask(upstream: Upstream, method: str, request: bytes, body: RequestBody) -> Connection:
    """A connection on which the answer has begun.

    A service may close a kept connection at the moment we write into it. Only a request that may be carried out twice
    is then sent again; for the others it is not known what became of them.
    """
    repeatable = method in IDEMPOTENT and not body.more
    while True:
        connection = await upstream.take()
        try:
            connection.begin(request, ends=not body.more, answers_head=method == "HEAD")
            if body.more:
                await upload(connection, body)
            await connection.answered()
        except ServiceFailed as failure:
            connection.close()
            if not (repeatable and connection.went_stale) or isinstance(failure, ServiceTooSlow):
                raise
            upstream.close_idle()
        except BaseException:
            connection.close()
            raise
        else:
            return connection


async def upload(connection: Connection, body: RequestBody) -> None:
    """Send the rest of the body, no faster than the service takes it, unless it answers before."""
    while body.more and not connection.status:
        piece = await body.next_piece()
        connection.write(piece if body.length is not None else chunk(piece, last=not body.more), ends=not body.more)
        await connection.drained()


def chunk(piece: bytes, *, last: bool = False) -> bytes:
    """A piece of a body of unknown length, as HTTP/1.1 frames it."""
    framed = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
    return framed + b"0\r\n\r\n" if last else framed


async def hand_back(upstream: Upstream, connection: Connection, send: Send, *, answers_head: bool) -> None:
    """Send the client the answer. The connection is free again before the client has taken the end of it."""
    try:
        await send(
            {
                "type": "http.response.start",
                "status": connection.status,
                "headers": for_client(connection.headers, bodiless=connection.status in (204, 304)),
            }
        )
        while not connection.complete:
            await send_on(send, await connection.piece())
        end = b"" if answers_head else await connection.piece()
    finally:
        upstream.give_back(connection)
    await send({"type": "http.response.body", "body": end, "more_body": False})


async def send_on(send: Send, piece: bytes) -> None:
    """Send a part of a long answer. Raises ClientGone when the client does not take it."""
    try:
        async with asyncio.timeout(TAKING_SECONDS_MAX):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError as error:
        raise ClientGone from error
