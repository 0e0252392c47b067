"""The few routes that most requests are for: documented like the rest, answered before the framework is asked."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature
from time import perf_counter
from typing import Any, Protocol, TypeVar

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response as StarletteResponse
from starlette.types import Receive, Scope, Send

from chassis.web.caller import Caller, caller_of, needs
from chassis.web.problem_responses import BodyTooLarge
from chassis.web.requests import REQUEST_ID, record, with_request_id
from contracts import internal

Body = TypeVar("Body")
Headers = list[tuple[bytes, bytes]]


class HotRequest:
    """What a hot route needs of a request. Of headers that were sent twice, the first counts."""

    def __init__(self, app: FastAPI, scope: Scope, receive: Receive) -> None:
        self.app = app
        self._scope = scope
        self._receive = receive

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """By their names in small letters."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(self._scope["headers"])}

    async def body(self, bytes_max: int) -> bytes:
        """All of it. Raises BodyTooLarge as soon as more than that was announced or has come, or ClientDisconnect."""
        declared = self.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > bytes_max:
            raise BodyTooLarge(bytes_max=bytes_max)
        body: bytes = b""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > bytes_max:
                raise BodyTooLarge(bytes_max=bytes_max)
            if not message.get("more_body", False):
                return body


class Response(Protocol):
    """An answer in one piece: Starlette's own, or a `JsonAnswer`."""

    @property
    def status_code(self) -> int: ...
    @property
    def raw_headers(self) -> Headers: ...
    @property
    def body(self) -> bytes | memoryview: ...


class JsonAnswer:
    """JSON as an answer."""

    def __init__(self, status: int, body: bytes, headers: Headers | None = None) -> None:
        self.status_code = status
        self.body = body
        length = (b"content-length", b"%d" % len(body))
        self.raw_headers = [(b"content-type", b"application/json"), length, *(headers or ())]


Handler = Callable[[HotRequest], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class HotRoute:
    """One method of one address, without parameters in it."""

    method: str
    path: str
    handler: Handler

    async def __call__(self, app: FastAPI, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and record how it went: errors as the application's own handlers have them."""
        scope["route"], scope["hot"] = self, True
        started = perf_counter()
        request_id = with_request_id(scope)
        status = 500
        try:
            try:
                response = await self.handler(HotRequest(app, scope, receive))
            except Exception as error:  # noqa: BLE001 - the application has a handler for each
                response = await refusal(app, scope, error)
            status = response.status_code
            headers = [*response.raw_headers, (REQUEST_ID, request_id)]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})
        finally:
            record(app.state.service, scope, request_id, status, perf_counter() - started)


async def refusal(app: FastAPI, scope: Scope, error: Exception) -> Response:
    """What the application answers to an error."""
    handler: Any = next(app.exception_handlers[kind] for kind in type(error).__mro__ if kind in app.exception_handlers)
    response: StarletteResponse = await handler(Request({**scope, "app": app}), error)
    # The handler of the unexpected puts the request's id there itself: elsewhere nobody else can.
    del response.headers[internal.REQUEST_ID]
    return response


def hot_route(
    router: APIRouter,
    method: str,
    path: str,
    handler: Handler,
    *,
    scope: str,
    body: type[BaseModel] | None = None,
    **documented: Any,
) -> HotRoute:
    """The route that answers, and on the router its description, which is never reached."""

    def described() -> None:
        raise AssertionError("the hot route answers first")

    if body is not None:
        described.__signature__ = Signature([Parameter("body", Parameter.KEYWORD_ONLY, annotation=body)])  # type: ignore[attr-defined]
    for named in ("__module__", "__name__", "__doc__"):
        setattr(described, named, getattr(handler, named))
    router.add_api_route(path, described, methods=[method], dependencies=[needs(scope)], **documented)
    return HotRoute(method, router.prefix + path, handler)


def hot_caller(request: HotRequest, scope: str) -> Caller:
    """Who calls a hot route. Raises Unauthenticated and ScopeMissing."""
    caller = caller_of(request)
    caller.require(scope)
    return caller


def parsed(adapter: TypeAdapter[Body], body: bytes) -> Body:
    """The body as a value. Raises RequestValidationError, which becomes a problem document."""
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False)) from error
