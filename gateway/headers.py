"""Which headers pass the door, and which belong to one hop or to one side of it. Source: RFC 9110, 7.6.1."""

from collections.abc import Iterable
from typing import Final

from contracts import internal

Header = tuple[bytes, bytes]

HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# The key stays here, and so does what a client claims about itself. The length is stated anew.
KEPT_FROM_SERVICES: Final = HOP_BY_HOP | {
    b"authorization",
    b"cookie",
    b"content-length",
    b"expect",
    b"forwarded",
    b"host",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-prefix",
    b"x-forwarded-proto",
    b"x-real-ip",
    internal.REQUEST_ID.encode(),
}
# The gateway's own server states these itself.
KEPT_FROM_CLIENTS: Final = HOP_BY_HOP | {b"date", b"server"}
INTERNAL: Final = internal.PREFIX.rstrip("-").encode()


def without_internal(headers: Iterable[Header]) -> list[Header]:
    """Without the headers that only the gateway and its services may write."""
    return [pair for pair in headers if not pair[0].startswith(INTERNAL)]


def for_service(headers: Iterable[Header]) -> list[Header]:
    """A client's headers without what a service must not believe or does not need."""
    passed = [pair for pair in headers if pair[0] not in KEPT_FROM_SERVICES]
    return without_named(passed, find(headers, b"connection"))


def for_client(headers: list[Header], *, bodiless: bool) -> list[Header]:
    """A service's headers without what concerns only the two of us. An answer without body states no length of one."""
    passed = [pair for pair in headers if pair[0] not in KEPT_FROM_CLIENTS and not pair[0].startswith(INTERNAL)]
    if bodiless:
        passed = [pair for pair in passed if pair[0] != b"content-length"]
    return without_named(passed, find(headers, b"connection"))


def without_named(headers: list[Header], connection: bytes | None) -> list[Header]:
    """Without the headers that a Connection header names as meant for this hop only."""
    if connection is None or connection.lower() in (b"keep-alive", b"close"):
        return headers
    named = {name.strip().lower() for name in connection.split(b",")}
    return [pair for pair in headers if pair[0] not in named]


def find(headers: Iterable[Header], name: bytes) -> bytes | None:
    """The value of the first header of that name (lower case)."""
    for found, value in headers:
        if found == name:
            return value
    return None


def request_head(
    method: str, target: bytes, host: bytes, headers: Iterable[Header], length: int | None, *, chunked: bool = False
) -> bytes:
    """A request's first line and headers, up to and including the empty line."""
    lines = [method.encode() + b" " + target + b" HTTP/1.1", b"host: " + host]
    lines += [name + b": " + value for name, value in headers]
    if length is not None:
        lines.append(b"content-length: %d" % length)
    if chunked:
        lines.append(b"transfer-encoding: chunked")
    lines.append(b"\r\n")
    return b"\r\n".join(lines)
