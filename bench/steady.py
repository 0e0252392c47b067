"""Shops at a steady pace, in a process of their own: `python -m bench.steady`, told by a line of JSON, answers so.

A deed begins when its time has come, whether or not those before are done, and its waiting counts: a system that
stands still is seen to.
"""

import asyncio
import json
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from random import Random
from time import perf_counter, time
from typing import Any, cast

import orjson
import uvloop

from bench.tills import content_length, post, sold_now


@dataclass(frozen=True, slots=True)
class Order:
    """So many deeds a second. `mix` is how often each deed is done, of 100."""

    host: str
    port: int
    headers: dict[str, str]
    mix: dict[str, int]
    per_second: float
    connections: int
    customers: int
    run: int
    warmup_seconds: float
    seconds: float


@dataclass(slots=True)
class Outcomes:
    """Seconds that each request took from the moment it was due, by deed; purchases answered in all; refusals.

    `began_at` is when the measured seconds began, in seconds since 1970.
    """

    began_at: float = 0.0
    purchases: int = 0
    latencies: dict[str, list[float]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


class Line(asyncio.Protocol):
    """A connection that carries one request at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.received = b""
        self.answer: asyncio.Future[tuple[str, bytes]] | None = None

    def ask(self, request: bytes) -> Awaitable[tuple[str, bytes]]:
        """Send a request; the status and the body of what is answered."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if found and len(body) >= content_length(head) and self.answer is not None:
            self.received = b""
            self.answer.set_result((head[9:12].decode(), body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(exc or ConnectionError("the connection was closed in the middle"))


class Shopping:
    """Customers who buy, ask, hold and bring back."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.random = Random(order.run)
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in order.headers.items()).encode()
        self.outcomes = Outcomes()
        self.number = 0
        # Who has bought what: those can pay with points, and bring something back.
        self.bought: deque[tuple[str, str]] = deque(maxlen=10_000)
        self.deeds: dict[str, Callable[[Line, float], Awaitable[None]]] = {
            "earn": self.earn,
            "quote": self.quote,
            "hold": self.hold_and_capture,
            "return": self.bring_back,
        }

    async def work(self) -> Outcomes:
        """Do deed after deed, each at its time, until the time is over and all are done."""
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[Line] = asyncio.Queue()
        for _ in range(self.order.connections):
            _transport, line = await loop.create_connection(Line, self.order.host, self.order.port)
            lines.put_nowait(line)
        began = perf_counter()
        self.measure_from = began + self.order.warmup_seconds
        self.outcomes.began_at = time() + self.order.warmup_seconds
        count = int((self.order.warmup_seconds + self.order.seconds) * self.order.per_second)
        kinds = self.random.choices(list(self.order.mix), list(self.order.mix.values()), k=count)
        async with asyncio.TaskGroup() as under_way:
            for place, kind in enumerate(kinds):
                due = began + place / self.order.per_second
                await asyncio.sleep(max(0.0, due - perf_counter()))
                under_way.create_task(self.do(kind, due, lines))
        return self.outcomes

    async def do(self, kind: str, due: float, lines: asyncio.Queue[Line]) -> None:
        """One deed, on a line that is free."""
        line = await lines.get()
        if kind in ("hold", "return") and not self.bought:
            kind = "earn"
        await self.deeds[kind](line, due)
        lines.put_nowait(line)

    async def earn(self, line: Line, due: float) -> None:
        """Buy."""
        answer = await self.ask(line, "earn", b"/v1/purchases", self.basket(), due)
        if answer is not None:
            self.outcomes.purchases += 1
            self.bought.append((answer["id"], answer["customer_id"]))

    async def quote(self, line: Line, due: float) -> None:
        """Ask what it would cost."""
        await self.ask(line, "quote", b"/v1/quotes", self.basket(), due)

    async def hold_and_capture(self, line: Line, due: float) -> None:
        """Set a point aside and spend it."""
        _purchase_id, customer_id = self.random.choice(self.bought)
        wish = orjson.dumps({"customer_id": customer_id, "amount": 1})
        hold = await self.ask(line, "hold", b"/v1/holds", wish, due)
        if hold is not None:
            await self.ask(line, "capture", b"/v1/holds/%b/capture" % hold["id"].encode(), b"{}", perf_counter())

    async def bring_back(self, line: Line, due: float) -> None:
        """Bring back one bottle of milk, of a purchase nobody has brought anything back of."""
        purchase_id, _customer_id = self.bought.popleft()
        path = b"/v1/purchases/%b/returns" % purchase_id.encode()
        await self.ask(line, "return", path, b'{"lines":[{"line":4,"quantity":1}]}', due)

    def basket(self) -> bytes:
        """A basket of a random customer, under a receipt nobody has used."""
        self.number += 1
        return sold_now(self.random.randrange(1, self.order.customers + 1), b"%d-%d" % (self.order.run, self.number))

    async def ask(self, line: Line, deed: str, path: bytes, body: bytes, due: float) -> dict[str, Any] | None:
        """One request; None when it is refused."""
        self.number += 1
        key = b"idempotency-key: %d-%d\r\n" % (self.order.run, self.number)
        status, answer = await line.ask(post(path, self.headers + key, body))
        if perf_counter() >= self.measure_from:
            self.outcomes.latencies.setdefault(deed, []).append(perf_counter() - due)
        if status not in ("200", "201"):
            refusal = f"{deed} {status}"
            self.outcomes.refused[refusal] = self.outcomes.refused.get(refusal, 0) + 1
            return None
        document: dict[str, Any] = orjson.loads(answer)
        return document


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(Shopping(Order(**json.load(sys.stdin))).work()))))
