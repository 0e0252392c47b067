"""One address for several processes: connections go to each in turn, as a load balancer hands them out."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle

from tests.gateway.servers import Loop


class Balancer:
    """Carries bytes between a connection and the next process that takes one; counts whom it gave connections to."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        self._ports = ports
        self._turns = cycle(ports)
        self.given: Counter[int] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        for port in (next(self._turns) for _ in self._ports):
            with suppress(OSError):
                from_process, to_process = await asyncio.open_connection("127.0.0.1", port)
                self.given[port] += 1
                await asyncio.gather(carry(reader, to_process), carry(from_process, writer))
                return
        writer.close()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, until no more does."""
    try:
        while content := await reader.read(65_536):
            writer.write(content)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@contextmanager
def one_address(*ports: int) -> Iterator[tuple[int, Balancer]]:
    """A port whose connections go to these ports in turn, for the block."""
    balancer = Balancer(ports)
    with Loop() as loop:
        server = loop.run(asyncio.start_server(balancer.serve, "127.0.0.1", 0))
        try:
            yield server.sockets[0].getsockname()[1], balancer
        finally:
            server.close()
