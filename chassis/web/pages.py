"""Pages of a list by keyset: a cursor names the last row seen, so that a page costs the same however deep it lies."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from kernel.language import Text
from kernel.refusal import Unprocessable

LIMIT_MAX = 100
LIMIT_DEFAULT = 25
SIGNATURE_BYTES = 9

Item = TypeVar("Item")
Row = TypeVar("Row")
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at the most.")]


class InvalidCursor(Unprocessable):
    """The cursor is not one we gave for this list."""

    code = "invalid_cursor"
    title = Text(en="The cursor is not valid", ar="مؤشر الصفحة غير صالح")
    detail = Text(
        en="Use `next_cursor` as it was given, for the same list.",
        ar="استخدم `next_cursor` كما ورد وللقائمة نفسها.",
    )


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    object: Literal["list"] = "list"
    data: list[Item]
    next_cursor: str | None
    has_more: bool


def page_of(
    request: Request,
    rows: Sequence[Row],
    limit: int,
    place: Callable[[Row], str],
    item: Callable[[Row], Item],
    filters: str = "",
) -> Page[Item]:
    """A page from up to `limit` + 1 rows; `place` gives the text by which the next page starts after a row.

    `filters` stands for what narrows the list beside the query parameters: a body's criteria.
    """
    shown = rows[:limit]
    more = len(rows) > limit
    cursor = sign(request, place(shown[-1]), filters) if more else None
    return Page(data=[item(row) for row in shown], next_cursor=cursor, has_more=more)


def place_after(request: Request, cursor: str | None, filters: str = "") -> str | None:
    """The place a cursor names; None for the first page. Raises InvalidCursor for one made by hand or elsewhere."""
    if cursor is None:
        return None
    try:
        signed = base64.urlsafe_b64decode(cursor.encode())
        place = signed[SIGNATURE_BYTES:].decode()
    except ValueError as error:
        raise InvalidCursor from error
    if not hmac.compare_digest(cursor.encode(), sign(request, place, filters).encode()):
        raise InvalidCursor
    return place


@dataclass(frozen=True, slots=True)
class AskedPage:
    """Which page of a list is wanted: up to `limit` rows, those that follow the place `after`."""

    request: Request
    limit: int
    after: str | None

    @property
    def rows_max(self) -> int:
        """So many rows to read: the one too many tells that there is more."""
        return self.limit + 1

    def of(
        self, rows: Sequence[Row], item: Callable[[Row], Item], place: Callable[[Row], str] = attrgetter("id")
    ) -> Page[Item]:
        """The page, from the rows that were read. `place` as for `page_of`: a row's own id, where nothing is said."""
        return page_of(self.request, rows, self.limit, place, item)


async def asked_page(request: Request, limit: Limit = LIMIT_DEFAULT, cursor: str | None = None) -> AskedPage:
    """What the query asks for. Raises InvalidCursor."""
    return AskedPage(request, limit, place_after(request, cursor))


PageAsked = Annotated[AskedPage, Depends(asked_page)]


def sign(request: Request, place: str, filters: str) -> str:
    """A cursor bound to the tenant's list and its filters."""
    parameters = sorted(
        (name, value) for name, value in request.query_params.multi_items() if name not in ("cursor", "limit")
    )
    bound = repr((request.headers.get("wafa-tenant"), request.url.path, parameters, filters, place)).encode()
    key: bytes = request.app.state.settings.internal_token.get_secret_value().encode()
    signature = hmac.new(key, bound, hashlib.sha256).digest()[:SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(signature + place.encode()).decode()
