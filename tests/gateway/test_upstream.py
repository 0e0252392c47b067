"""The pool of connections to one service: patience, turns, and that nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from gateway import upstream as upstream_module
from gateway.fetching import fetch
from gateway.forwarding import Remote
from gateway.refusals import ServiceTooSlow, ServiceUnavailable
from gateway.upstream import Upstream
from kernel.refusal import Refused
from tests.gateway.servers import OK, Script, Service, answering

Story = Callable[[Service], Awaitable[None]]


def play(story: Story, script: Script | None = None) -> None:
    """Run the story against a service that follows the script."""

    async def with_service() -> None:
        service = Service()
        service.script = script or service.script
        await service.start()
        try:
            await asyncio.wait_for(story(service), 60)
        finally:
            await service.stop()

    asyncio.run(with_service())


async def silence(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await service.read_request(reader)
    await asyncio.sleep(5)


async def half_an_answer(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await service.read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
    await asyncio.sleep(5)


async def drop_by_drop(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await service.read_request(reader)
    for start in range(0, len(OK), 5):
        writer.write(OK[start : start + 5])
        await asyncio.sleep(0.3)


@pytest.mark.parametrize("script", [silence, half_an_answer])
def test_silence_is_suffered_only_so_long(script: Script) -> None:
    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, patience=0.1)
        with pytest.raises(ServiceTooSlow):
            await fetch(Remote(upstream), "/")
        with pytest.raises(ServiceTooSlow):
            await fetch(Remote(upstream), "/")
        # A service that is slow is not asked a second time.
        assert len(service.requests) == 2

    play(story, script)


def test_slow_is_not_silent() -> None:
    async def story(service: Service) -> None:
        assert await fetch(Remote(Upstream("loyalty", service.url, patience=1.5)), "/") == (200, b"ok")

    play(story, drop_by_drop)


def test_patience_begins_anew_with_each_exchange() -> None:
    async def slowly(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await service.read_request(reader)
            await asyncio.sleep(0.8)
            writer.write(OK)

    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, patience=1.5)
        for _ in range(3):
            assert await fetch(Remote(upstream), "/") == (200, b"ok")
        assert service.connections == 1

    play(story, slowly)


def test_more_requests_than_connections_take_turns() -> None:
    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, size=3)
        answers = await asyncio.gather(*(fetch(Remote(upstream), f"/{number}") for number in range(500)))
        assert answers == [(200, b"ok")] * 500
        assert service.connections == 3

    play(story)


def test_turns_come_though_connections_are_lost() -> None:
    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, size=2)
        answers = await asyncio.gather(*(fetch(Remote(upstream), "/") for _ in range(100)), return_exceptions=True)
        assert len(answers) == 100
        assert {answer for answer in answers if not isinstance(answer, Refused)} == {(200, b"ok")}
        assert await fetch(Remote(upstream), "/") == (200, b"ok")

    async def often_lost(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.read_request(reader)
        if service.connections % 3:
            writer.write(OK)

    play(story, often_lost)


def test_who_gives_up_waiting_passes_the_turn_on() -> None:
    gate = asyncio.Event()

    async def gated(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await service.read_request(reader)
            await gate.wait()
            writer.write(OK)

    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, size=1)
        first, second, third = (asyncio.create_task(fetch(Remote(upstream), f"/{number}")) for number in range(3))
        await asyncio.sleep(0.05)
        second.cancel()
        gate.set()
        assert await first == await third == (200, b"ok")
        assert [request.split(b" ")[1] for request in service.requests] == [b"/0", b"/2"]

    play(story, gated)


def test_a_request_given_up_half_way_frees_its_place() -> None:
    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, size=1)
        asked = asyncio.create_task(fetch(Remote(upstream), "/"))
        await asyncio.sleep(0.05)
        asked.cancel()
        service.script = answering(OK)
        assert await fetch(Remote(upstream), "/") == (200, b"ok")

    play(story, silence)


def test_nobody_waits_for_a_turn_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_module, "TURN_SECONDS_MAX", 0.1)

    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, size=1)
        asked = asyncio.create_task(fetch(Remote(upstream), "/"))
        await asyncio.sleep(0.05)
        with pytest.raises(ServiceUnavailable):
            await fetch(Remote(upstream), "/")
        asked.cancel()

    play(story, silence)


def test_a_queue_that_is_too_long_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_module, "WAITING_MAX", 2)

    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url, size=1)
        asked = [asyncio.create_task(fetch(Remote(upstream), "/")) for _ in range(3)]
        await asyncio.sleep(0.05)
        with pytest.raises(ServiceUnavailable):
            await fetch(Remote(upstream), "/")
        for one in asked:
            one.cancel()

    play(story, silence)


def test_a_connection_idle_for_too_long_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_module, "IDLE_SECONDS_MAX", 0.05)

    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url)
        for _ in range(2):
            assert await fetch(Remote(upstream), "/") == (200, b"ok")
            await asyncio.sleep(0.1)
        assert service.connections == 2

    play(story)


def test_nobody_listens() -> None:
    async def story(service: Service) -> None:
        upstream = Upstream("loyalty", service.url)
        await service.stop()
        with pytest.raises(ServiceUnavailable):
            await fetch(Remote(upstream), "/")
        await service.start()
        assert await fetch(Remote(upstream), "/") == (200, b"ok")

    play(story)


@pytest.mark.parametrize("url", ["https://loyalty:443", "loyalty:8102", "http://"])
def test_an_address_that_cannot_be_used_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(AssertionError):
        Upstream("loyalty", url)
