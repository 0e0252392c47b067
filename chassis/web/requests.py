"""One line in the log and one count in the metrics for every request, and a request id on every answer."""

import re
from functools import lru_cache
from time import perf_counter

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.logging import log
from chassis.metrics import REQUEST_SECONDS, REQUESTS
from contracts import internal
from kernel.ids import ID_PATTERN, new_id

REQUEST_ID = internal.REQUEST_ID.encode()
TENANT = internal.TENANT.encode()
SAFE = re.compile(rb"[A-Za-z0-9._:-]{1,64}")


class RequestRecords:
    """ASGI middleware: keeps the caller's request id when it is safe to print, else makes one; records the answer.

    Successful requests on hot routes (which set `scope["hot"]`) are counted, not logged.
    """

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and record how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = with_request_id(scope)
        started = perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (REQUEST_ID, request_id)]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            record(self.service, scope, request_id, status, perf_counter() - started)


def with_request_id(scope: Scope) -> bytes:
    """The request's id, which from here on stands in its headers."""
    sent = next((value for name, value in scope["headers"] if name == REQUEST_ID), b"")
    if SAFE.fullmatch(sent):
        return sent
    made = new_id("req").encode()
    scope["headers"] = [*(pair for pair in scope["headers"] if pair[0] != REQUEST_ID), (REQUEST_ID, made)]
    return made


def record(service: str, scope: Scope, request_id: bytes, status: int, seconds: float) -> None:
    """Count the request, and log it unless it is one of the many that simply went well."""
    route = getattr(scope.get("route"), "path", "none")
    answered, took = counters_of(service, scope["method"], route, status)
    answered.inc()
    took.observe(seconds)
    if status < 400 and (scope.get("hot") or route == "none" or route.startswith("/internal/")):
        return
    tenant = next((value.decode() for name, value in scope["headers"] if name == TENANT), None)
    log.info(
        "request",
        service=service,
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        request_id=request_id.decode(),
        tenant_id=tenant,
        **(path_ids(scope)),
    )


@lru_cache(maxsize=4096)
def counters_of(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Where such an answer is counted: the labels are few, and looking them up is dear."""
    return REQUESTS.labels(service, method, route, str(status)), REQUEST_SECONDS.labels(service, route)


def path_ids(scope: Scope) -> dict[str, str]:
    """The ids in the address: pseudonyms, safe to log. What only stands in an id's place may be a phone number."""
    sent = scope.get("path_params", {}).items()
    return {name: value for name, value in sent if name.endswith("_id") and ID_PATTERN.fullmatch(str(value))}
