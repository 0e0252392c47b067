"""The joined description while services come, change and go."""

import asyncio
import json
from typing import Any

import pytest

from gateway import descriptions
from gateway.descriptions import Descriptions
from gateway.forwarding import Remote
from gateway.upstream import Upstream
from tests.gateway.servers import Script, Service, answering


def describing(*paths: str) -> Script:
    """A service that describes these paths."""
    operation: dict[str, Any] = {"get": {"responses": {}}}
    body = json.dumps({"paths": dict.fromkeys(paths, operation), "components": {}}).encode()
    return answering(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))


async def joined(described: Descriptions) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(await described.joined())
    return document


def own() -> dict[str, Any]:
    return {"paths": {"/v1/tenant": {"get": {"responses": {}}}}, "components": {}}


def test_the_description_follows_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptions, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(descriptions, "FRESH_SECONDS_INCOMPLETE", 0.0)

    async def story() -> None:
        service = Service()
        service.script = describing("/v1/rewards", "/internal/rewards")
        await service.start()
        described = Descriptions(own, {"loyalty": Remote(Upstream("loyalty", service.url))})
        whole = await joined(described)
        assert whole["x-wafa-services"] == {"loyalty": "current"}
        assert set(whole["paths"]) == {"/v1/tenant", "/v1/rewards"}

        await service.stop()
        without = await joined(described)
        assert without["x-wafa-services"] == {"loyalty": "last known"}
        assert set(without["paths"]) == {"/v1/tenant", "/v1/rewards"}

        await service.start()
        service.script = describing("/v1/quotes")
        anew = await joined(described)
        assert anew["x-wafa-services"] == {"loyalty": "current"}
        assert set(anew["paths"]) == {"/v1/tenant", "/v1/quotes"}
        await service.stop()

    asyncio.run(story())


def test_a_service_never_seen_is_missing() -> None:
    async def story() -> None:
        service = Service()
        await service.start()
        await service.stop()
        whole = await joined(Descriptions(own, {"loyalty": Remote(Upstream("loyalty", service.url))}))
        assert whole["x-wafa-services"] == {"loyalty": "missing"}
        assert set(whole["paths"]) == {"/v1/tenant"}

    asyncio.run(story())


def test_readers_at_once_and_soon_after_share_one_look() -> None:
    async def story() -> None:
        service = Service()
        service.script = describing("/v1/rewards")
        await service.start()
        described = Descriptions(own, {"loyalty": Remote(Upstream("loyalty", service.url))})
        first = await asyncio.gather(*(described.joined() for _ in range(20)))
        assert set(first) == {await described.joined()}
        assert len(service.requests) == 1
        await service.stop()

    asyncio.run(story())
