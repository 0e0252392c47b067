"""A service whose application runs in the gateway's own process: `forwarding` without the hop over TCP."""

import asyncio
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from starlette.types import Message, Scope, Send

from chassis.logging import log
from gateway.forwarding import send_on
from gateway.headers import Header, for_client
from gateway.refusals import ServiceFailed
from gateway.request_body import ClientGone, RequestBody
from kernel.refusal import Refused

GONE: Message = {"type": "http.disconnect"}


class Mounted:
    """An application that is handed what it would have been sent, and whose answer is handed back.

    It sees nothing of the door's request but method, target, headers and body. How long it may be silent is for its own
    time limits to say: there is no connection that could be given up.
    """

    def __init__(self, name: str, app: FastAPI) -> None:
        self._host = name.encode()
        self._app = app

    async def forward(self, scope: Scope, body: RequestBody, send: Send) -> None:
        """As `Service` says."""
        exchange = Exchange(body, await body.gather(), send, answers_head=scope["method"] == "HEAD")
        asked = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "http",
            "server": scope["server"],
            "client": None,
            "root_path": "",
            "method": scope["method"],
            "path": scope["path"],
            "raw_path": scope["raw_path"],
            "query_string": scope["query_string"],
            "headers": [(b"host", self._host), *scope["headers"], *exchange.framing()],
            "state": {},
        }
        try:
            await self._app(asked, exchange.receive, exchange.send)
        except Exception as error:
            # Where it has answered all the same, it has also said in the log what was wrong.
            if exchange.failure is None and not exchange.complete:
                log.exception("a mounted service raised", exc_info=error)
                raise ServiceFailed from error
        if exchange.failure is not None:
            raise exchange.failure
        if not exchange.complete:
            raise ServiceFailed

    def life(self) -> AbstractAsyncContextManager[None]:
        """The application's own, from start-up to shutdown."""
        return self._app.router.lifespan_context(self._app)  # type: ignore[return-value]


class Exchange:
    """One request as the application takes it, and one answer as it gives it.

    What ends the exchange on the client's side is kept in `failure`; to the application the client is then gone, as it
    would be with a connection that was closed: it may finish its work, and nobody hears the answer.
    """

    def __init__(self, body: RequestBody, beginning: bytes, send: Send, *, answers_head: bool) -> None:
        self._body = body
        self._beginning: bytes | None = beginning
        self._send = send
        self._answers_head = answers_head
        self._over = asyncio.Event()
        self.failure: Refused | ClientGone | None = None
        self.complete = False

    def framing(self) -> list[Header]:
        """How long the body is, as the application would have been told."""
        length = self._body.length
        if self._body.more and length is None:
            return [(b"transfer-encoding", b"chunked")]
        if not self._body.more and (self._beginning or length is not None):
            length = len(self._beginning or b"")
        return [] if length is None else [(b"content-length", b"%d" % length)]

    async def receive(self) -> Message:
        """The next part of the body; after its end, the end of the exchange."""
        if self.failure is None and self._beginning is not None:
            piece, self._beginning = self._beginning, None
            return {"type": "http.request", "body": piece, "more_body": self._body.more}
        if self.failure is None and self._body.more:
            try:
                piece = await self._body.next_piece()
            except (Refused, ClientGone) as failure:
                self._fail(failure)
                return GONE
            return {"type": "http.request", "body": piece, "more_body": self._body.more}
        await self._over.wait()
        return GONE

    async def send(self, message: Message) -> None:
        """Hand back a part of the answer."""
        if self.failure is not None or self.complete:
            return
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
            told = for_client(headers, bodiless=status in (204, 304))
            await self._send({"type": "http.response.start", "status": status, "headers": told})
            return
        piece = b"" if self._answers_head else message.get("body", b"")
        if not message.get("more_body", False):
            await self._send({"type": "http.response.body", "body": piece, "more_body": False})
            # Not a moment earlier: an application that hears the exchange is over may stop sending the end of it.
            self.complete = True
            self._over.set()
            return
        try:
            await send_on(self._send, piece)
        except ClientGone as failure:
            self._fail(failure)

    def _fail(self, failure: Refused | ClientGone) -> None:
        self.failure = failure
        self._over.set()
