"""The few connections kept open to one service."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from urllib.parse import urlsplit

from gateway.connection import Connection
from gateway.refusals import ServiceUnavailable

# Shorter than the five seconds after which uvicorn closes a silent connection: we rarely write into a closing one.
IDLE_SECONDS_MAX = 4.0
CONNECT_SECONDS_MAX = 2.0
TURN_SECONDS_MAX = 5.0
WAITING_MAX = 1000


class Upstream:
    """A service and at most `size` connections to it; the one used last is used next."""

    def __init__(self, name: str, url: str, *, size: int = 64, patience: float = 40.0) -> None:
        address = urlsplit(url)
        assert address.scheme == "http", f"{name}: only http:// is spoken between the gateway and its services"
        assert address.hostname, f"{name}: the address names no host"
        self.name = name
        self.host = address.hostname
        self.port = address.port or 80
        self.authority = address.netloc.encode()
        self._size = size
        self._patience = patience
        self._open = 0
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> Connection:
        """A connection for one exchange, to be given back. Raises ServiceUnavailable when none can be had in time."""
        if self._waiting:
            return await self._queue()
        return self._warm() or await self._new() or await self._queue()

    def give_back(self, connection: Connection) -> None:
        """End an exchange. What cannot be used again is closed."""
        if not connection.reusable:
            connection.close()
            return
        connection.idle_since = monotonic()
        self._idle.append(connection)
        self._next_turn()

    def close_idle(self) -> None:
        """Close the connections nobody uses: the service restarted, or we end."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    def _warm(self) -> Connection | None:
        oldest = monotonic() - IDLE_SECONDS_MAX
        while self._idle:
            connection = self._idle.pop()
            if connection.idle_since >= oldest and not connection.closed:
                return connection
            connection.close()
        return None

    async def _new(self) -> Connection | None:
        if self._open >= self._size:
            return None
        self._open += 1
        connection = Connection(self._patience, self._lost)
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await asyncio.get_running_loop().create_connection(lambda: connection, self.host, self.port)
        except OSError as error:
            self._undo(connection)
            raise ServiceUnavailable from error
        except BaseException:
            self._undo(connection)
            raise
        return connection

    def _undo(self, connection: Connection) -> None:
        """Free the place of a connection that did not come to be, now or when its transport says so."""
        if connection.made:
            connection.close()
        else:
            self._lost(connection)

    async def _queue(self) -> Connection:
        """Wait for a turn. Who was called in vain, because someone else was faster, stays first in line."""
        if len(self._waiting) >= WAITING_MAX:
            raise ServiceUnavailable
        try:
            async with asyncio.timeout(TURN_SECONDS_MAX):
                await self._turn(self._waiting.append)
                while (connection := self._warm() or await self._new()) is None:
                    await self._turn(self._waiting.appendleft)
                return connection
        except TimeoutError as error:
            raise ServiceUnavailable from error

    async def _turn(self, line_up: Callable[[asyncio.Future[None]], None]) -> None:
        turn = asyncio.get_running_loop().create_future()
        line_up(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # Called and leaving at the same moment: the next in line gets the turn.
            if turn.cancelled():
                self._waiting.remove(turn)
            else:
                self._next_turn()
            raise

    def _next_turn(self) -> None:
        if self._waiting:
            self._waiting.popleft().set_result(None)

    def _lost(self, connection: Connection) -> None:
        self._open -= 1
        if connection in self._idle:
            self._idle.remove(connection)
        self._next_turn()
