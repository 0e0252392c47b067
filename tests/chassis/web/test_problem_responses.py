from typing import Any

import orjson
import pytest
from psycopg.errors import NumericValueOutOfRange, UniqueViolation
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers

from chassis.web.caller import ScopeMissing, Unauthenticated
from chassis.web.etags import IfMatchRequired, VersionStale
from chassis.web.pages import InvalidCursor
from chassis.web.problem_responses import (
    FieldProblem,
    InternalError,
    InvalidRequest,
    MalformedBody,
    NotFound,
    TemporarilyUnavailable,
    field_problems,
    is_passing,
    is_unstorable,
    problem_response,
    problems,
    status_of,
)
from kernel.language import Language, Text
from kernel.refusal import Conflict, Gone, Refused


class Taken(Conflict):
    code = "taken"
    title = Text(en="Taken", ar="محجوز")
    detail = Text(en="{place} is taken.", ar="المكان {place} محجوز.")


class Over(Gone):
    code = "over"
    title = detail = Text(en="Over", ar="انتهى")


@pytest.mark.parametrize(
    ("refused", "status"),
    [
        (MalformedBody, 400),
        (Unauthenticated, 401),
        (ScopeMissing, 403),
        (NotFound, 404),
        (Taken, 409),
        (Over, 410),
        (VersionStale, 412),
        (InvalidCursor, 422),
        (IfMatchRequired, 428),
        (InternalError, 500),
        (TemporarilyUnavailable, 503),
    ],
)
def test_each_kind_of_refusal_has_its_status(refused: type[Refused], status: int) -> None:
    assert status_of(refused) == status


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [("en", "Taken", "Table 3 is taken."), ("ar", "محجوز", "المكان Table 3 محجوز.")],
)
def test_a_problem_document(language: str, title: str, detail: str) -> None:
    headers = Headers({"accept-language": language, "x-request-id": "req_1"})
    response = problem_response(Taken(place="Table 3"), headers)
    assert orjson.loads(bytes(response.body)) == {
        "type": "/problems/taken",
        "title": title,
        "status": 409,
        "detail": detail,
        "instance": "req_1",
        "code": "taken",
        "params": {"place": "Table 3"},
        "errors": [],
        "retryable": False,
    }
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.headers["content-language"], response.headers["vary"]) == (language, "Accept-Language")


@pytest.mark.parametrize(
    ("refused", "header", "value"),
    [(TemporarilyUnavailable(), "retry-after", "1"), (Unauthenticated(), "www-authenticate", "Bearer")],
)
def test_headers_that_go_with_a_status(refused: Refused, header: str, value: str) -> None:
    assert problem_response(refused, Headers()).headers[header] == value
    assert header not in problem_response(Over(), Headers()).headers


def test_field_problems_point_and_do_not_repeat_what_was_sent() -> None:
    findings: list[dict[str, Any]] = [
        {
            "type": "int_parsing",
            "loc": ("body", "lines", 0, "quantity"),
            "msg": "Not an integer",
            "input": "0501234567",
        },
        {"type": "less_than_equal", "loc": ("query", "limit"), "msg": "Too many", "input": 900, "ctx": {"le": 100}},
        {"type": "made_up", "loc": ("body",), "msg": "Made up", "input": "0501234567"},
    ]
    english = field_problems(findings, Language.ENGLISH)
    arabic = field_problems(findings, Language.ARABIC)
    assert english == [
        FieldProblem(pointer="/lines/0/quantity", code="int_parsing", detail="Not an integer"),
        FieldProblem(pointer="/limit", code="less_than_equal", detail="Too many"),
        FieldProblem(pointer="/", code="made_up", detail="Made up"),
    ]
    assert [problem.detail for problem in arabic] == [
        "يجب أن يكون عددًا صحيحًا.",
        "يجب ألا يزيد على 100.",
        "القيمة غير صالحة.",
    ]


def test_a_route_documents_its_refusals_beside_those_of_every_route() -> None:
    documented = problems(Taken, Over)
    assert sorted(documented) == [401, 409, 410, 422]
    examples = documented[409]["content"]["application/problem+json"]["examples"]
    assert examples["taken"]["value"]["title"] == "Taken"
    assert InvalidRequest.code in documented[422]["content"]["application/problem+json"]["examples"]


def wrapped(kind: type[Exception], cause: Exception) -> Exception:
    """A driver's error as SQLAlchemy raises it."""
    return kind("statement", {}, cause)


@pytest.mark.parametrize(
    ("error", "passing", "unstorable"),
    [
        (PoolTimeout("no connection"), True, False),
        (wrapped(OperationalError, Exception("server closed the connection")), True, False),
        (wrapped(IntegrityError, UniqueViolation("duplicate key")), False, False),
        (wrapped(DataError, NumericValueOutOfRange("bigint out of range")), False, True),
        (ValueError("ours"), False, False),
    ],
)
def test_what_may_pass_and_what_cannot_be_stored(error: Exception, *, passing: bool, unstorable: bool) -> None:
    assert (is_passing(error), is_unstorable(error)) == (passing, unstorable)
