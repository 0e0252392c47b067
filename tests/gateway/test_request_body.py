"""A client's body: limits of size and time."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive

from chassis.web.problem_responses import BodyTooLarge
from gateway.headers import Header
from gateway.refusals import BodyTooSlow
from gateway.request_body import ClientGone, RequestBody

CHUNKED: list[Header] = [(b"transfer-encoding", b"chunked")]


def receiving(messages: Sequence[Message], pause: float = 0) -> Receive:
    left = list(messages)

    async def receive() -> Message:
        await asyncio.sleep(pause)
        return left.pop(0)

    return receive


def piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def whole(body: RequestBody) -> bytes:
    gathered = await body.gather()
    while body.more:
        gathered += await body.next_piece()
    return gathered


@pytest.mark.parametrize(("size", "fits"), [(10, True), (11, False)])
def test_exactly_so_many_bytes_fit(size: int, *, fits: bool) -> None:
    receive = receiving([piece(b"x" * (size - 3), more=True), piece(b"xxx", more=False)])
    body = RequestBody(CHUNKED, receive, bytes_max=10)
    if fits:
        assert asyncio.run(whole(body)) == b"x" * size
    else:
        with pytest.raises(BodyTooLarge):
            asyncio.run(whole(body))


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"0")]])
def test_no_body_is_not_waited_for(headers: list[Header]) -> None:
    body = RequestBody(headers, receiving([]), bytes_max=10)
    assert asyncio.run(whole(body)) == b""


def test_a_body_must_arrive_in_time() -> None:
    receive = receiving([piece(b"x", more=True)] * 100, pause=0.02)
    body = RequestBody(CHUNKED, receive, bytes_max=1000, seconds_max=0.1)
    with pytest.raises(BodyTooSlow):
        asyncio.run(whole(body))


def test_a_client_may_leave() -> None:
    body = RequestBody(CHUNKED, receiving([piece(b"x", more=True), {"type": "http.disconnect"}]), bytes_max=10)
    with pytest.raises(ClientGone):
        asyncio.run(whole(body))
