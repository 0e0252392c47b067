"""Versions of a resource over HTTP: read only what changed, change only what one has seen. Source: RFC 9110, 13."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from kernel.language import Text
from kernel.refusal import Refused, Stale

ETAG = re.compile(r'"([0-9]{1,18})"')
NO_VERSION = 0


class IfMatchRequired(Refused):
    """A change came without saying which version it is meant for."""

    code = "if_match_required"
    title = Text(en="If-Match is needed", ar="يلزم If-Match")
    detail = Text(
        en="Send the `ETag` you read as `If-Match`, so that you change what you have seen.",
        ar="أرسل قيمة `ETag` التي قرأتها في الترويسة `If-Match` لكي تعدّل ما اطّلعت عليه.",
    )


class VersionStale(Stale):
    """The change was meant for an older version."""

    code = "version_stale"
    title = Text(en="It changed in the meantime", ar="تغيّر في هذه الأثناء")
    detail = Text(
        en="It is at version {version} now. Read it again, then decide.",
        ar="الإصدار الحالي هو {version}. اقرأه من جديد ثم قرّر.",
    )


def etag(version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'


def expected_version(
    if_match: Annotated[str | None, Header(description="The `ETag` that was read; `*` for whichever is there.")] = None,
) -> int | None:
    """The version a change is meant for; None for any. A tag we never gave stands for a version nothing ever has.

    Raises IfMatchRequired.
    """
    if if_match is None:
        raise IfMatchRequired
    if if_match.strip() == "*":
        return None
    tag = ETAG.fullmatch(if_match.strip())
    return int(tag[1]) if tag else NO_VERSION


ExpectedVersion = Annotated[int | None, Depends(expected_version)]


def check_version(version: int, expected: int | None) -> None:
    """Raises VersionStale unless the thing is at the expected version, or any is welcome."""
    if expected is not None and version != expected:
        raise VersionStale(version=version)


def unless_unchanged(request: Request, response: Response) -> Response:
    """304 for a reader who has this version already; else the response itself."""
    tag = response.headers.get("etag")
    if tag is None or response.status_code != 200 or request.method != "GET":
        return response
    return not_modified(tag) if is_known(tag, request.headers.get("if-none-match", "")) else response


def is_known(tag: str, known: str) -> bool:
    """Whether a reader who says this as `If-None-Match` has the version of that tag."""
    return not {tag, "*"}.isdisjoint(one.strip().removeprefix("W/") for one in known.split(","))


def not_modified(tag: str) -> Response:
    """The answer to a reader who has this version already."""
    return Response(status_code=304, headers={"ETag": tag})
