"""What the gateway itself asks of a service: its health, its description."""

from starlette.types import Message, Scope

from gateway.request_body import RequestBody
from gateway.service import Service


async def fetch(service: Service, path: str) -> tuple[int, bytes]:
    """Status and body of the answer to a GET. Raises a refusal when there is none."""
    status = 0
    pieces: list[bytes] = []

    async def take(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        pieces.append(message.get("body", b""))

    scope: Scope = {
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "server": None,
    }
    await service.forward(scope, RequestBody((), nothing, bytes_max=0), take)
    return status, b"".join(pieces)


async def nothing() -> Message:
    """A request without a body has nothing to give."""
    return {"type": "http.disconnect"}
