"""Every request passes here: it gets an id, a route, an identity; then it is forwarded, or refused with the reason."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from ipaddress import ip_address
from itertools import chain
from time import perf_counter
from typing import Final

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.logging import log
from chassis.web.problem_responses import CLIENT_GONE_STATUS, InternalError, NotFound, problem_response
from chassis.web.requests import REQUEST_ID, record, with_request_id
from gateway.authentication import Authentication
from gateway.headers import find, for_service, without_internal
from gateway.refusals import AtTheDoor, HeadersTooLarge, ServiceUnavailable
from gateway.request_body import ClientGone, RequestBody
from gateway.routes import GATEWAY, LOCAL_PAGES, PAGE_FILES, PAGES, find_route
from gateway.service import Service
from kernel.refusal import Refused

HEADER_BYTES_MAX: Final = 32 * 1024
HEADERS_MAX: Final = 100


class Door:
    """The ASGI application in front of `own`, which answers what the gateway answers itself."""

    def __init__(self, own: ASGIApp, authentication: Authentication, services: Mapping[str, Service]) -> None:
        self._own = own
        self._authentication = authentication
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the lives of the services enclose the own application's."""
        if scope["type"] == "lifespan":
            async with AsyncExitStack() as lives:
                for service in self._services.values():
                    await lives.enter_async_context(service.life())
                await self._own(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        # Whatever a client claims to be, neither a service nor a log shall read it.
        scope["headers"] = without_internal(scope["headers"])
        request_id = with_request_id(scope)
        reply = Reply(send, request_id)
        try:
            await self._admit(scope, receive, reply, request_id)
        except ClientGone:
            reply.status = reply.status or CLIENT_GONE_STATUS
        except Exception as error:
            if reply.own:
                raise
            await refuse(scope, receive, reply, refusal_for(error))
        if not reply.own:
            record(GATEWAY, scope, request_id, reply.status, perf_counter() - started)

    async def _admit(self, scope: Scope, receive: Receive, reply: "Reply", request_id: bytes) -> None:
        headers = scope["headers"]
        if len(headers) > HEADERS_MAX or sum(map(len, chain(*headers))) > HEADER_BYTES_MAX:
            raise HeadersTooLarge(bytes_max=HEADER_BYTES_MAX)
        if is_page(scope):
            reply.own = True
            await self._own(scope, receive, reply)
            return
        route = find_route(scope["path"])
        if route is None:
            raise NotFound
        scope["route"] = route
        holder = await self._authentication.identify(headers, scope["query_string"])
        body = RequestBody(headers, receive, bytes_max=route.body_bytes_max)
        scope["headers"] = [*for_service(headers), *holder, (REQUEST_ID, request_id)]
        if route.service == GATEWAY:
            reply.own = True
            await self._own(scope, receive, reply)
        else:
            scope["hot"] = True
            await self._services[route.service].forward(scope, body, reply)


class Reply:
    """The way back to the client: puts the request's id on the answer and remembers how far it got."""

    def __init__(self, send: Send, request_id: bytes) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0
        self.own = False

    async def __call__(self, message: Message) -> None:
        """Send one part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            others = [pair for pair in message["headers"] if pair[0] != REQUEST_ID]
            message["headers"] = [*others, (REQUEST_ID, self._request_id)]
        await self._send(message)


def is_page(scope: Scope) -> bool:
    """Whether this is one of the pages that need no key; metrics are one only for somebody on this machine."""
    path = scope["path"]
    if path in LOCAL_PAGES:
        return is_local(scope)
    return path in PAGES or path.startswith(PAGE_FILES)


def is_local(scope: Scope) -> bool:
    """Whether the request began on this machine, and was not handed on by a proxy on it."""
    client = scope["client"]
    forwarded = find(scope["headers"], b"x-forwarded-for") or find(scope["headers"], b"forwarded")
    return client is not None and forwarded is None and ip_address(client[0]).is_loopback


def refusal_for(error: Exception) -> Refused:
    """What the client is told about an error. Our own defects are logged with all they have."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, OperationalError | PoolTimeout):
        log.warning("access database did not answer", reason=type(error).__name__)
        return ServiceUnavailable()
    log.exception("unexpected error at the door", exc_info=error)
    return InternalError()


async def refuse(scope: Scope, receive: Receive, reply: Reply, refused: Refused) -> None:
    """Answer with the problem. An answer that has begun can only break off, which the server does when we return."""
    if reply.status:
        log.warning("answer broke off", code=refused.code)
        return
    status = refused.status if isinstance(refused, AtTheDoor) else None
    response = problem_response(refused, Headers(raw=scope["headers"]), status=status)
    if response.status_code in (408, 413, 431):
        response.headers["Connection"] = "close"
    await response(scope, receive, reply)
