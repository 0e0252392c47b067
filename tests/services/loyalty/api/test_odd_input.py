"""Whatever is sent, it is answered, and never with an error of ours."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.services.loyalty.api.asking import DOORS, QUESTIONS, Things, ask, headers_of, path_of, things_of
from tests.services.loyalty.shop import Shop
from tests.support.routes import Door

HUGE = 10**30
ODD_VALUES: list[Any] = [
    None,
    True,
    -1,
    HUGE,
    -HUGE,
    2**63,
    0.5,
    float("nan"),
    float("inf"),
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e\u2066",
    "x" * 5000,
    "1e3",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00-14:00",
    [],
    {},
    [[]],
    {"\ud800": 1, "\x00": 2},
]
ODD_BODIES = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a number": b"1",
    "half a document": b'{"a":',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"lines":' * 20_000,
    "a number of 5,000 digits": b'{"amount": ' + b"9" * 5000 + b"}",
    "an unknown field that is no text": b'{"\\ud800": 1}',
    "an unknown field of NUL": b'{"\\u0000": 1}',
    "a field twice": b'{"amount": 1, "amount": 2}',
}
ODD_PATHS = [
    "%00", "%0A", "%0D%0A", "a%3Fb%3Dc", "a%23b", "..%2F..", "%F0%9F%98%80", "%ED%A0%80", "%FF",
    "x" * 3000, "1e3", str(HUGE), "9" * 5000, "-1", "%20", "cus_%27%3B--",
]  # fmt: skip
ODD_TEXTS = ["", "\x00", "\n", "é", "\U0001f600", str(HUGE), "9" * 5000, "-1", "x" * 3000, "a&b=c", "'; --"]
PARAMETERS = ("limit", "cursor", "unit", "store_id", "external_id")
by_door = pytest.mark.parametrize("door", DOORS, ids=str)


def sent(door: Door, client: httpx.Client, things: Things, body: bytes | None, **params: str) -> httpx.Response:
    """Send it as it is."""
    return client.request(
        door.method,
        path_of(door, things),
        content=body,
        params={**QUESTIONS[str(door)].params(things), **params},
        headers={**headers_of(door), "content-type": "application/json"},
    )


def check(answer: httpx.Response, what: object) -> None:
    """Answered, and if it was refused, with a problem that can be read."""
    assert answer.status_code < 500, (what, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"code", "title", "detail", "status"} <= answer.json().keys()


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a document."""
    if path:
        yield path
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, child in children:
        yield from places(child, (*path, name))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value there."""
    changed = deepcopy(document)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed


@pytest.mark.parametrize("door", [door for door in DOORS if QUESTIONS[str(door)].body], ids=str)
def test_any_value_anywhere_in_a_body(client: httpx.Client, shop: Shop, door: Door) -> None:
    things = things_of(shop)
    shop.adjust(things["customer_id"], 1_000_000)  # type: ignore[arg-type]
    body = QUESTIONS[str(door)].body
    assert body is not None
    for path in places(body(things)):
        for value in ODD_VALUES:
            document = replaced(body(things), path, value)
            check(sent(door, client, things, json.dumps(document).encode()), (path, value))
    still_readable(client, things)


@by_door
def test_any_body(client: httpx.Client, shop: Shop, door: Door) -> None:
    things = things_of(shop)
    for what, body in ODD_BODIES.items():
        check(sent(door, client, things, body), what)
    still_readable(client, things)


@pytest.mark.parametrize("door", [door for door in DOORS if "{" in door.path], ids=str)
def test_anything_in_an_address(client: httpx.Client, shop: Shop, door: Door) -> None:
    things = things_of(shop)
    for name in things:
        for odd in ODD_PATHS if f"{{{name}}}" in door.path else ():
            named = QUESTIONS[str(door)].purchase if name == "purchase_id" else name
            check(ask(client, door, {**things, named: odd}), odd)


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "GET"], ids=str)
def test_anything_in_a_parameter(client: httpx.Client, shop: Shop, door: Door) -> None:
    things = things_of(shop)
    for name in PARAMETERS:
        for odd in ODD_TEXTS:
            check(sent(door, client, things, None, **{name: odd}), (name, odd))


@by_door
def test_anything_in_a_header(client: httpx.Client, shop: Shop, door: Door) -> None:
    things = things_of(shop)
    for name in ("idempotency-key", "accept-language", "if-none-match", "if-match", "x-request-id"):
        for odd in (b"", b"\xff", b"x" * 3000, b"*", b"ar;q=nan", quote("\x00").encode(), b'"1.2.3"'):
            answer = client.request(door.method, path_of(door, things), headers={name.encode(): odd})
            check(answer, (name, odd))


def still_readable(client: httpx.Client, things: Things) -> None:
    """What was accepted can be read again."""
    for what in ("balance", "statement", "vouchers", "memberships", "stamp_cards", "purchases"):
        assert client.get(f"/v1/customers/{things['customer_id']}/{what}").status_code == 200
    assert client.get("/v1/programs", params={"limit": 100}).status_code == 200
    assert client.get("/v1/rewards", params={"limit": 100}).status_code == 200
