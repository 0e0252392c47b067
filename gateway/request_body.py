"""A client's body, taken as it comes, up to a limit and for a limited time."""

import asyncio
from collections.abc import Iterable
from typing import Final

from starlette.types import Receive

from chassis.web.problem_responses import BodyTooLarge
from gateway.deadline import by
from gateway.headers import Header, find
from gateway.refusals import BodyTooSlow

# So much is gathered before a service is bothered: a slow client with a small body never holds one of its connections.
GATHERED_BYTES_MAX: Final = 64 * 1024
SECONDS_MAX: Final = 60.0
# A client that sends too much is listened to for a moment, or it would see a broken connection instead of the reason.
SWALLOWED_BYTES_MAX: Final = 8_000_000
SWALLOW_SECONDS_MAX: Final = 2.0


class ClientGone(Exception):
    """The client closed its connection, or does not take its answer."""


class RequestBody:
    """The body of one request. `more` says whether any of it is still to come."""

    def __init__(
        self, headers: Iterable[Header], receive: Receive, *, bytes_max: int, seconds_max: float = SECONDS_MAX
    ) -> None:
        self._receive = receive
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max
        self._deadline = 0.0
        self._received = 0
        self._expects_leave = find(headers, b"expect") is not None
        length = find(headers, b"content-length")
        self.length = None if length is None else int(length)
        self.more = self.length != 0 and (length is not None or find(headers, b"transfer-encoding") is not None)

    async def gather(self) -> bytes:
        """The body if it is small, else its beginning. Raises BodyTooLarge, BodyTooSlow, ClientGone."""
        self._deadline = asyncio.get_running_loop().time() + self._seconds_max
        if self.length is not None and self.length > self._bytes_max:
            if not self._expects_leave:
                await self._swallow()
            raise BodyTooLarge(bytes_max=self._bytes_max)
        pieces: list[bytes] = []
        while self.more and self._received < GATHERED_BYTES_MAX:
            pieces.append(await self.next_piece())
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def next_piece(self) -> bytes:
        """What came since the last piece. Raises as `gather` does."""
        try:
            piece = await by(self._deadline, self._take())
        except TimeoutError as error:
            raise BodyTooSlow(seconds=round(self._seconds_max)) from error
        if self._received > self._bytes_max:
            await self._swallow()
            raise BodyTooLarge(bytes_max=self._bytes_max)
        return piece

    async def _take(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        self.more = message.get("more_body", False)
        self._received += len(piece)
        return piece

    async def _swallow(self) -> None:
        """Take and drop what still comes, within bounds."""
        try:
            async with asyncio.timeout(SWALLOW_SECONDS_MAX):
                while self.more and self._received < SWALLOWED_BYTES_MAX:
                    await self._take()
        except TimeoutError:
            return
