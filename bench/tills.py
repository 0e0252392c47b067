"""Many tills at once, in a process of their own: `python -m bench.tills`, told by one line of JSON, answers with one.

Each connection asks the next thing as soon as the last one is answered. Raw HTTP on uvloop, because a client that is
slow measures itself.
"""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from random import Random
from time import perf_counter
from typing import Literal, cast

import orjson
import uvloop

from kernel.clock import utc_now

BATCH = 500
Job = Literal["purchase", "batch", "quote", "balance", "statement"]
LINES = (
    ("ESPRESSO-BEANS-1KG", "Espresso beans, 1 kg", "coffee", 1, 6500),
    ("MILK-1L", "Fresh milk, 1 l", "dairy", 2, 650),
    ("CROISSANT", "Butter croissant", "bakery", 4, 450),
    ("DATES-500G", "Sukkari dates, 500 g", "sweets", 1, 2800),
    ("WATER-6", "Water, six bottles", "drinks", 3, 900),
)


@dataclass(frozen=True, slots=True)
class Shift:
    """What the tills are to do. `job` is what they ask for; `run` makes their receipts unlike all others."""

    host: str
    port: int
    headers: dict[str, str]
    job: Job
    connections: int
    customers: int
    run: int
    warmup_seconds: float
    seconds: float


@dataclass(slots=True)
class Takings:
    """What came of it: all that was done, what of it inside the measured seconds, and how long each request took."""

    done: int = 0
    done_measured: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)


class Till(asyncio.Protocol):
    """One connection."""

    def __init__(self, shift: Shift, number: int, takings: Takings, opened_at: float) -> None:
        self.shift = shift
        self.number = number
        self.takings = takings
        self.measure_from = opened_at + shift.warmup_seconds
        self.measure_until = self.measure_from + shift.seconds
        self.random = Random(shift.run * 1000 + number)
        self.sent = 0
        self.sent_at = 0.0
        self.received = b""
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in shift.headers.items()).encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        """The next request, or the end of the shift."""
        if perf_counter() >= self.measure_until:
            self.transport.close()
            return
        request = self.request()
        self.sent_at = perf_counter()
        self.transport.write(request)

    def request(self) -> bytes:
        """The next thing to ask for."""
        match self.shift.job:
            case "purchase":
                return post(b"/v1/purchases", self.headers, self.purchase())
            case "batch":
                purchases = b",".join([self.purchase() for _ in range(BATCH)])
                return post(b"/v1/purchases/batch", self.headers, b'{"purchases":[%b]}' % purchases)
            case "quote":
                return post(b"/v1/quotes", self.headers, self.purchase())
            case "balance" | "statement":
                path = b"/v1/customers/cus_%026d/%b" % (self.customer(), self.shift.job.encode())
                return get(path, self.headers)

    def customer(self) -> int:
        """One of them, at random."""
        return self.random.randrange(1, self.shift.customers + 1)

    def purchase(self) -> bytes:
        """A basket of a random customer, under a receipt nobody has used."""
        self.sent += 1
        receipt = b"%d-%d-%d" % (self.shift.run, self.number, self.sent)
        return sold_now(self.customer(), receipt)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found or len(body) < content_length(head):
            return
        self.received = b""
        self.count(head, body, perf_counter())
        self.send()

    def count(self, head: bytes, body: bytes, now: float) -> None:
        """Note what was answered."""
        status = head[9:12].decode()
        if self.shift.job == "batch" and status == "200":
            statuses = Counter(str(result["status"]) for result in orjson.loads(body)["results"])
        else:
            statuses = Counter([status])
        done = statuses.pop("201" if self.shift.job in ("purchase", "batch") else "200", 0)
        for refusal, times in statuses.items():
            self.takings.refused[refusal] = self.takings.refused.get(refusal, 0) + times
        self.takings.done += done
        if self.measure_from <= now < self.measure_until:
            self.takings.done_measured += done
            self.takings.latencies.append(now - self.sent_at)

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None and perf_counter() >= self.measure_until:
            self.closed.set_result(None)
        else:
            self.closed.set_exception(exc or ConnectionError("the connection was closed in the middle"))


def basket_template() -> bytes:
    """A basket as bytes, with places for the moment of the sale, the receipt and the customer's number."""
    lines = [
        {"sku": sku, "name": name, "categories": [category], "quantity": quantity, "unit_price": price}
        for sku, name, category, quantity, price in LINES
    ]
    basket = {
        "occurred_at": "@moment@",
        "external_id": "@receipt@",
        "customer_id": "cus_@customer@",
        "store_id": "riyadh-1",
        "till_id": "1",
        "currency": "SAR",
        "lines": lines,
        "tenders": [{"kind": "card", "amount": sum(line[3] * line[4] for line in LINES)}],
    }
    said = json.dumps(basket).encode()
    return said.replace(b"@moment@", b"%b").replace(b"@receipt@", b"%b").replace(b"@customer@", b"%026d")


BASKET = basket_template()


def sold_now(customer: int, receipt: bytes) -> bytes:
    """A sale of this moment to the customer of that number."""
    return BASKET % (utc_now().isoformat().encode(), receipt, customer)


def post(path: bytes, headers: bytes, body: bytes) -> bytes:
    """A request with a body of JSON. `headers` are whole lines."""
    return b"POST %b HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n%bcontent-length: %d\r\n\r\n%b" % (
        path,
        headers,
        len(body),
        body,
    )


def get(path: bytes, headers: bytes) -> bytes:
    """A request without one."""
    return b"GET %b HTTP/1.1\r\nhost: bench\r\n%b\r\n" % (path, headers)


def content_length(head: bytes) -> int:
    """The length of an answer's body. Raises ValueError when the answer does not say it."""
    lowered = head.lower()
    start = lowered.index(b"content-length:") + len(b"content-length:")
    return int(lowered[start:].split(b"\r\n", 1)[0])


async def work(shift: Shift) -> Takings:
    """Open all tills, and close them when the time is over and the last answer is in."""
    takings, opened_at = Takings(seconds=shift.seconds), perf_counter()
    tills = [Till(shift, number, takings, opened_at) for number in range(shift.connections)]
    await asyncio.gather(*(open_till(till) for till in tills))
    await asyncio.gather(*(till.closed for till in tills))
    return takings


async def open_till(till: Till) -> None:
    """Connect one."""
    await asyncio.get_running_loop().create_connection(lambda: till, till.shift.host, till.shift.port)


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(work(Shift(**json.load(sys.stdin)))))))
