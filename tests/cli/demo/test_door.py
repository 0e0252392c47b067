"""The door asks again as long as the answer is "not now", and no longer than its patience lasts."""

from collections.abc import Iterator

import httpx
import pytest

from cli.demo.door import Answered, Door, NoAnswer
from tests.gateway.servers import Loop, Service, answering


def answer(status: int, body: bytes = b"{}") -> bytes:
    """An answer as it goes over the wire."""
    return b"HTTP/1.1 %d Whatever\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


@pytest.fixture
def service() -> Iterator[Service]:
    """A real server that answers what it is told to."""
    service = Service()
    with Loop() as loop:
        loop.run(service.start())
        yield service
        loop.run(service.stop())


@pytest.fixture
def door(service: Service) -> Iterator[Door]:
    """A door of little patience."""
    with httpx.Client(base_url=service.url) as client:
        yield Door(client, patience_seconds=1.5)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_not_now_is_asked_again_in_the_same_words(service: Service, door: Door, status: int) -> None:
    service.script = answering(answer(status), answer(200, b'{"id": "pur_1"}'))

    assert door.post("/v1/purchases", {"lines": []}, key="once") == {"id": "pur_1"}

    first, second = service.requests
    assert first == second
    assert b"idempotency-key: once" in first.lower()


def test_a_connection_that_breaks_is_made_again(service: Service, door: Door) -> None:
    async def hang_up_once(one: Service, *_: object) -> None:
        one.script = answering(answer(200, b'{"id": "pur_1"}'))

    service.script = hang_up_once

    assert door.get("/v1/purchases/pur_1") == {"id": "pur_1"}


def test_a_refusal_is_not_asked_again(service: Service, door: Door) -> None:
    body = b'{"code": "customer_exists", "detail": "It is taken.", "params": {"customer_id": "cus_1"}}'
    service.script = answering(answer(409, body))

    with pytest.raises(
        Answered, match="POST /v1/customers was answered with 409 customer_exists: It is taken"
    ) as refused:
        door.post("/v1/customers", {})

    assert (refused.value.code, refused.value.params) == ("customer_exists", {"customer_id": "cus_1"})
    assert len(service.requests) == 1


def test_patience_ends(service: Service, door: Door) -> None:
    service.script = answering(answer(503, b'{"code": "service_unavailable"}'))

    with pytest.raises(NoAnswer, match="503 service_unavailable"):
        door.get("/v1/tenant")

    assert len(service.requests) > 2
