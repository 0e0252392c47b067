"""One HTTP/1.1 connection to a service: one exchange at a time, kept for the next when both sides agree."""

import asyncio
import select
from collections.abc import Callable
from typing import cast

import httptools

from gateway.refusals import ServiceFailed, ServiceTooSlow
from kernel.refusal import Refused

# Beyond this much unread answer the service has to wait until the client has taken its part.
BUFFERED_BYTES_MAX = 256 * 1024
FRAMING = (b"content-length", b"transfer-encoding")

Header = tuple[bytes, bytes]


class Connection(asyncio.Protocol):
    """Writes a request and reads its answer as it comes. Silence is suffered for `patience` seconds, not longer."""

    def __init__(self, patience: float, on_lost: "Callable[[Connection], None]") -> None:
        self._patience = patience
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._readable = select.poll()
        self._waiter: asyncio.Future[None] | None = None
        self._waiting_since = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._write_paused = False
        self._read_paused = False
        self._answers_head = False
        self._sent = True
        self._kept = False
        self._silent = True
        self._pieces: list[bytes] = []
        self._buffered = 0
        self._failure: Refused | None = None
        self.made = False
        self.exchanges = 0
        self.idle_since = 0.0
        self.status = 0
        self.headers: list[Header] = []
        self.complete = True
        self.reusable = True

    # What the forwarding does with it.

    def begin(self, request: bytes, *, ends: bool, answers_head: bool) -> None:
        """Send a request's head and the first part of its body; `ends` when that is all of it."""
        self._kept = self.exchanges > 0
        self._silent = True
        self.exchanges += 1
        self.status = 0
        self.headers = []
        self.complete = False
        self.reusable = False
        self._answers_head = answers_head
        self.write(request, ends=ends)

    def write(self, piece: bytes, *, ends: bool) -> None:
        """Send more of the request's body."""
        self._sent = ends
        self._transport.write(piece)

    async def drained(self) -> None:
        """Until there is room to write more, or an answer that makes it needless. Raises what ended the connection."""
        while self._write_paused and not self.status:
            await self._sign_of_life()

    async def answered(self) -> None:
        """Until `status` and `headers` are there. Raises ServiceFailed or ServiceTooSlow when they will not come."""
        while not self.status:
            await self._sign_of_life()

    async def piece(self) -> bytes:
        """The next part of the answer's body: empty only at the end. Raises as `answered` does."""
        while not self._pieces and not self.complete:
            await self._sign_of_life()
        piece = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._buffered = 0
        if self._read_paused:
            self._read_paused = False
            self._transport.resume_reading()
        return piece

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more. Asks the socket too: its end may be known there and not yet here."""
        return self._transport.is_closing() or bool(self._readable.poll(0))

    @property
    def went_stale(self) -> bool:
        """Whether it was used before, and ended this time without a single byte."""
        return self._kept and self._silent

    def close(self) -> None:
        """Give it up, with whatever is under way."""
        self._transport.abort()

    async def _sign_of_life(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._waiter = self._loop.create_future()
        self._waiting_since = self._loop.time()
        if self._alarm is None:
            self._alarm = self._loop.call_later(self._patience, self._look_at_the_clock)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _look_at_the_clock(self) -> None:
        # One alarm serves many exchanges: to set and stop one for each would cost more than the waiting.
        self._alarm = None
        if self._waiter is None:
            return
        left = self._waiting_since + self._patience - self._loop.time()
        if left > 0:
            self._alarm = self._loop.call_later(left, self._look_at_the_clock)
        else:
            self._fail(ServiceTooSlow())

    def _fail(self, failure: Refused) -> None:
        self._failure = self._failure or failure
        self._transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What the event loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # What uvloop passes is one, without being a subclass of it.
        self._transport = cast("asyncio.Transport", transport)
        self._readable.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        self.made = True

    def data_received(self, data: bytes) -> None:
        self._silent = False
        if self.complete:
            # Nobody asked: the two sides no longer agree on where an answer ends.
            self._fail(ServiceFailed())
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(ServiceFailed())
            return
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.reusable = False
        if exc is None and self.status and not any(name in FRAMING for name, _ in self.headers):
            self.complete = True
        self._failure = self._failure or ServiceFailed()
        if self._alarm is not None:
            self._alarm.cancel()
        self._write_paused = False
        self._wake()
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._write_paused = True

    def resume_writing(self) -> None:
        self._write_paused = False
        self._wake()

    # What the parser finds.

    def on_message_begin(self) -> None:
        if self.complete:
            raise ValueError("an answer without a request")
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.status:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            return
        self.status = status
        # The parser waits for the body that an answer to HEAD announces and does not have.
        self.complete = self._answers_head

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        self._buffered += len(body)
        if self._buffered > BUFFERED_BYTES_MAX and not self._read_paused:
            self._read_paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self.status and not self._answers_head:
            self.complete = True
            # A service that answered without waiting for all of the request may still take the rest for another one.
            self.reusable = self._sent and self._parser.should_keep_alive()
