"""Refusals as RFC 9457 problem documents, in Arabic or English. Only this module knows status codes."""

from collections.abc import Mapping, Sequence
from traceback import format_tb
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import DataError
from psycopg import Error as DriverError
from psycopg import OperationalError as DriverOperationalError
from psycopg.errors import LockNotAvailable, QueryCanceled
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from chassis.logging import log
from chassis.web.caller import Unauthenticated, language_of
from chassis.web.etags import IfMatchRequired
from chassis.web.validation_texts import validation_text
from contracts import internal
from kernel.language import Language, Text
from kernel.refusal import (
    Conflict,
    Denied,
    Gone,
    Malformed,
    Missing,
    Refused,
    Stale,
    Throttled,
    Unavailable,
    Unprocessable,
)

MEDIA_TYPE = "application/problem+json"
# Nobody reads it: the client has gone. It is how logs and metrics tell such requests from answered ones.
CLIENT_GONE_STATUS: Final = 499
# Where a request's scope says how large a body its route takes.
BODY_LIMIT = "body_bytes_max"
# Numeric value out of range, character not in repertoire, untranslatable character.
UNSTORABLE = ("22003", "22021", "22P05")


class FieldProblem(BaseModel):
    """One place in the request that is wrong."""

    pointer: str = Field(
        description="JSON pointer into the body, or the parameter's name.", examples=["/lines/0/quantity"]
    )
    code: str = Field(examples=["greater_than_equal"])
    detail: str


class Problem(BaseModel):
    """Why a request was refused: a stable `code`, and words in the language asked for. Source: RFC 9457."""

    type: str = Field(examples=["/problems/insufficient_points"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request's id.")
    code: str
    params: dict[str, Any] = Field(default_factory=dict)
    errors: list[FieldProblem] = Field(default_factory=list)
    retryable: bool = False


class InvalidRequest(Unprocessable):
    """The body or a parameter does not have the shape it must have."""

    code = "invalid_request"
    title = Text(en="The request is not valid", ar="الطلب غير صالح")
    detail = Text(
        en="{count} field(s) are not valid; see `errors`.",
        ar="عدد الحقول غير الصالحة: {count}؛ انظر `errors`.",
    )


class MalformedBody(Malformed):
    """The body is not JSON."""

    code = "malformed_body"
    title = Text(en="The body cannot be read", ar="تعذّرت قراءة المحتوى")
    detail = Text(en="Send a JSON document.", ar="أرسل مستند JSON.")


class UnstorableValue(Unprocessable):
    """A value has the right type and cannot be kept: the character NUL, a number beyond 64 bits."""

    code = "unstorable_value"
    title = Text(en="A value cannot be stored", ar="قيمة لا يمكن حفظها")
    detail = Text(
        en="The request holds a NUL character or a number beyond 64 bits.",
        ar="يحتوي الطلب على الرمز NUL أو على عدد يتجاوز 64 بتًّا.",
    )


class BodyTooLarge(Refused):
    """More bytes than the route accepts."""

    code = "body_too_large"
    title = Text(en="The body is too large", ar="المحتوى أكبر من المسموح")
    detail = Text(en="At most {bytes_max} bytes are accepted here.", ar="الحد الأقصى هنا {bytes_max} بايت.")


class NotFound(Missing):
    """No such page."""

    code = "not_found"
    title = Text(en="Not found", ar="غير موجود")
    detail = Text(en="There is nothing at this address.", ar="لا يوجد شيء في هذا العنوان.")


class TemporarilyUnavailable(Unavailable):
    """Something behind the service does not answer."""

    code = "temporarily_unavailable"
    title = Text(en="Not available just now", ar="غير متاح مؤقتًا")
    detail = Text(en="Nothing was changed; try again.", ar="لم يتغير شيء؛ حاول مرة أخرى.")


class InternalError(Refused):
    """A defect of ours."""

    code = "internal_error"
    title = Text(en="Our mistake", ar="خطأ من عندنا")
    detail = Text(en="Something went wrong on our side.", ar="حدث خطأ من جانبنا.")


class HttpRefusal(Refused):
    """What the web framework itself refuses: a wrong method."""

    code = "http_refusal"
    title = Text(en="Refused", ar="مرفوض")
    detail = Text(en="{reason}", ar="{reason}")


STATUSES: tuple[tuple[type[Refused], int], ...] = (
    (Unauthenticated, 401),
    (BodyTooLarge, 413),
    (IfMatchRequired, 428),
    (Malformed, 400),
    (Denied, 403),
    (Missing, 404),
    (Conflict, 409),
    (Gone, 410),
    (Stale, 412),
    (Unprocessable, 422),
    (Throttled, 429),
    (Unavailable, 503),
)


def status_of(refused: type[Refused]) -> int:
    """The HTTP status for a kind of refusal; 500 for none of the kinds."""
    return next((status for kind, status in STATUSES if issubclass(refused, kind)), 500)


def problem_document(
    refused: Refused,
    language: Language,
    request_id: str,
    *,
    errors: Sequence[FieldProblem] = (),
    status: int | None = None,
) -> dict[str, Any]:
    """The problem as a JSON-like value."""
    return {
        "type": f"/problems/{refused.code}",
        "title": refused.title.in_language(language),
        "status": status or status_of(type(refused)),
        "detail": refused.detail_in(language),
        "instance": request_id,
        "code": refused.code,
        "params": refused.params,
        "errors": [error.model_dump() for error in errors],
        "retryable": refused.retryable,
    }


def problem_response(
    refused: Refused, headers: Any, *, errors: Sequence[FieldProblem] = (), status: int | None = None
) -> Response:
    """The problem as a response to a request with those headers."""
    language = language_of(headers)
    document = problem_document(refused, language, headers.get(internal.REQUEST_ID, ""), errors=errors, status=status)
    extra = {"Content-Language": language.value, "Vary": "Accept-Language"}
    if document["status"] == 503:
        extra["Retry-After"] = "1"
    if isinstance(refused, Throttled):
        extra["Retry-After"] = str(refused.params["retry_after"])
    if document["status"] == 401:
        extra["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(document, default=str), document["status"], extra, MEDIA_TYPE)


def problems(*refusals: type[Refused]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the refusals it can answer with, beside those every route has."""
    by_status: dict[int | str, dict[str, Any]] = {}
    documented: tuple[type[Refused], ...] = (InvalidRequest, Unauthenticated, *refusals)
    for refused in documented:
        entry = by_status.setdefault(
            status_of(refused),
            {"model": Problem, "description": "", "content": {MEDIA_TYPE: {"examples": {}}}},
        )
        entry["description"] = "; ".join(filter(None, [entry["description"], refused.title.en]))
        entry["content"][MEDIA_TYPE]["examples"][refused.code] = {"value": example_of(refused)}
    return by_status


def example_of(refused: type[Refused]) -> dict[str, Any]:
    """What the problem looks like, its facts left open."""
    return {
        "type": f"/problems/{refused.code}",
        "title": refused.title.en,
        "status": status_of(refused),
        "detail": refused.detail.en,
        "instance": "req_01h455vb4pex5vsknk084sn02q",
        "code": refused.code,
        "params": {},
        "errors": [],
        "retryable": refused.retryable,
    }


def field_problems(errors: Sequence[Mapping[str, Any]], language: Language) -> list[FieldProblem]:
    """Pydantic's findings as pointers and sentences; never the value that was sent."""
    return [
        FieldProblem(
            pointer="/"
            + "/".join(str(step) for step in error["loc"] if step not in ("body", "query", "path", "header")),
            code=error["type"],
            detail=validation_text(error, language),
        )
        for error in errors
    ]


def invalid_document(error: RequestValidationError, language: Language, request_id: str) -> dict[str, Any]:
    """The problem of a value of the wrong shape, where it is one of several results."""
    found = field_problems(error.errors(), language)
    return problem_document(InvalidRequest(count=len(found)), language, request_id, errors=found)


def invalid_request(errors: Sequence[Mapping[str, Any]], headers: Any) -> Response:
    """The response to a body or parameter of the wrong shape."""
    if any(error["type"] == "json_invalid" for error in errors):
        return problem_response(MalformedBody(), headers)
    found = field_problems(errors, language_of(headers))
    return problem_response(InvalidRequest(count=len(found)), headers, errors=found)


def install_problem_handlers(app: FastAPI) -> None:
    """Every error of the application becomes a problem document."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return problem_response(error, request.headers)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return invalid_request(error.errors(), request.headers)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return problem_response(NotFound(), request.headers)
        if error.status_code == 413:
            return problem_response(BodyTooLarge(bytes_max=request.scope[BODY_LIMIT]), request.headers)
        response = problem_response(HttpRefusal(reason=error.detail), request.headers, status=error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def database(request: Request, error: Exception) -> Response:
        if is_unstorable(error):
            return problem_response(UnstorableValue(), request.headers)
        if not is_passing(error):
            return our_mistake(request, error)
        log.warning("database did not answer", reason=type(error).__name__)
        return problem_response(TemporarilyUnavailable(), request.headers)

    async def unexpected(request: Request, error: Exception) -> Response:
        response = our_mistake(request, error)
        # Only this handler answers outside the middleware that puts the request's id on every answer.
        response.headers[internal.REQUEST_ID] = request.headers.get(internal.REQUEST_ID, "")
        return response

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(ClientDisconnect, client_gone)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(DBAPIError, database)
    app.add_exception_handler(PoolTimeout, database)
    app.add_exception_handler(DriverError, database)
    app.add_exception_handler(Exception, unexpected)


async def client_gone(_request: Request, _error: Exception) -> Response:
    """What stands in the records for an answer that nobody waits for."""
    return Response(status_code=CLIENT_GONE_STATUS)


def our_mistake(request: Request, error: Exception) -> Response:
    """The response to a defect, of which the log has the rest."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, DriverError):
        # PostgreSQL's own words may quote the values of a row: where it happened is told, what stood there is not.
        log.error("unexpected database error", sqlstate=cause.sqlstate, stack=format_tb(error.__traceback__)[-6:])
    else:
        log.exception("unexpected error", exc_info=error)
    return problem_response(InternalError(), request.headers)


def is_passing(error: Exception) -> bool:
    """Whether the same call may well succeed later: the connection was lost, a lock or an answer took too long."""
    if isinstance(error, PoolTimeout | OperationalError | DriverOperationalError):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(cause, LockNotAvailable | QueryCanceled)


def is_unstorable(error: Exception) -> bool:
    """Whether PostgreSQL, or the driver before it, refused a value that no column could hold."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, DataError) and (cause.sqlstate is None or cause.sqlstate in UNSTORABLE)
