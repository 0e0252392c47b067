"""uvicorn's HTTP, except that the parts of an answer which are there together leave together.

uvicorn writes an answer's head and its body each by itself: two calls of the system, and a reader that wakes twice. The
gateway is such a reader of every service.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HELD_BYTES_MAX = 64 * 1024


class WholeAnswers(HttpToolsProtocol):
    """The protocol of our servers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to serve a connection."""
        super().connection_made(cast("asyncio.Transport", Holding(transport, self.loop)))

    def on_response_complete(self) -> None:
        """Nothing follows: what is held goes now."""
        cast("Holding", self.transport).release()
        super().on_response_complete()


class Holding:
    """A transport that holds what is written until the end of the answer, the loop's next turn, or too much of it."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._held_bytes = 0

    def write(self, data: bytes) -> None:
        """Send it, soon."""
        if not self._held:
            self._loop.call_soon(self.release)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > HELD_BYTES_MAX:
            self.release()

    def release(self) -> None:
        """Send what is held."""
        if self._held:
            self._transport.write(b"".join(self._held))
            self._held.clear()
            self._held_bytes = 0

    def close(self) -> None:
        """Close the connection when all is sent."""
        self.release()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's own affair."""
        return getattr(self._transport, name)
