"""The few routes that most requests are for: documented like the rest, answered before the framework is asked."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature
from re import Pattern
from time import perf_counter
from typing import Any, Protocol, TypeVar

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response as StarletteResponse
from starlette.routing import compile_path
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

    @property
    def path_params(self) -> Mapping[str, str]:
        """What stands in the address for the route's parameters."""
        params: Mapping[str, str] = self._scope["path_params"]
        return params

    @property
    def query_string(self) -> bytes:
        """What follows the address, as it was sent."""
        query: bytes = self._scope["query_string"]
        return query

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


Handler = Callable[[HotRequest], Awaitable[Response | None]]


@dataclass(frozen=True, slots=True)
class HotRoute:
    """One method of one address, in which `{name}` stands for a parameter.

    A handler that answers None leaves the request to the framework, which must have a route for it too. It may do so
    while it has not read the body.
    """

    method: str
    path: str
    handler: Handler

    async def __call__(self, app: FastAPI, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer, and record how it went: errors as the application's own handlers have them. False if it was left."""
        started = perf_counter()
        request_id = with_request_id(scope)
        status: int | None = 500
        try:
            try:
                response = await self.handler(HotRequest(app, scope, receive))
            except Exception as error:  # noqa: BLE001 - the application has a handler for each
                response = await refusal(app, scope, error)
            status = response.status_code if response else None
            if response is None:
                return False
            headers = [*response.raw_headers, (REQUEST_ID, request_id)]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            body = b"" if scope["method"] == "HEAD" else response.body
            await send({"type": "http.response.body", "body": body})
            return True
        finally:
            if status is not None:
                scope["route"], scope["hot"] = self, True
                record(app.state.service, scope, request_id, status, perf_counter() - started)


class HotRoutes:
    """Finds out which route is asked for: most by their whole address, those with parameters by its form."""

    def __init__(self, routes: Iterable[HotRoute]) -> None:
        self._by_address: dict[tuple[str, str], HotRoute] = {}
        self._by_form: list[tuple[str, Pattern[str], HotRoute]] = []
        for route in routes:
            if "{" in route.path:
                self._by_form.append((route.method, compile_path(route.path)[0], route))
            else:
                self._by_address[route.method, route.path] = route

    def find(self, scope: Scope) -> HotRoute | None:
        """The route, if there is one; the parameters are then in the scope. HEAD is for those that answer GET."""
        path: str = scope["path"]
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        scope["path_params"] = {}
        if route := self._by_address.get((method, path)):
            return route
        for asked, form, route in self._by_form:
            if asked == method and (found := form.match(path)):
                scope["path_params"] = found.groupdict()
                return route
        return None


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
