"""What the gateway itself asks of a service: its health, its description."""

from starlette.types import Message

from gateway.forwarding import ask, hand_back
from gateway.headers import request_head
from gateway.request_body import RequestBody
from gateway.upstream import Upstream


async def fetch(upstream: Upstream, path: str) -> tuple[int, bytes]:
    """Status and body of the answer to a GET. Raises a refusal when there is none."""
    status = 0
    pieces: list[bytes] = []

    async def take(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        pieces.append(message.get("body", b""))

    body = RequestBody((), nothing, bytes_max=0)
    connection = await ask(upstream, "GET", request_head("GET", path.encode(), upstream.authority, (), None), body)
    await hand_back(upstream, connection, take, answers_head=False)
    return status, b"".join(pieces)


async def nothing() -> Message:
    """A request without a body has nothing to give."""
    return {"type": "http.disconnect"}
