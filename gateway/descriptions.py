"""The joined description of the API, kept fresh from the services and served when one of them is away."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from chassis.logging import log
from gateway.fetching import fetch
from gateway.openapi import joined_description
from gateway.service import Service
from kernel.refusal import Refused

FRESH_SECONDS: Final = 60.0
# After one was away, the next reader soon causes another look.
FRESH_SECONDS_INCOMPLETE: Final = 2.0


class Descriptions:
    """Asks the services for their descriptions, at most once a minute, and remembers the last one of each."""

    def __init__(self, own: Callable[[], dict[str, Any]], services: Mapping[str, Service]) -> None:
        self._own = own
        self._services = services
        self._last: dict[str, dict[str, Any]] = {}
        self._joined = b""
        self._fresh_until = 0.0
        self._asking = asyncio.Lock()

    async def joined(self) -> bytes:
        """The joined description as JSON. `x-wafa-services` says whose part is current, last known, or missing."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if now >= self._fresh_until:
                states = dict(zip(self._services, await self._ask_all(), strict=True))
                self._joined = orjson.dumps(joined_description(self._own(), self._last, states))
                complete = set(states.values()) <= {"current"}
                self._fresh_until = now + (FRESH_SECONDS if complete else FRESH_SECONDS_INCOMPLETE)
            return self._joined

    async def _ask_all(self) -> list[str]:
        return await asyncio.gather(*(self._ask(name, service) for name, service in self._services.items()))

    async def _ask(self, name: str, service: Service) -> str:
        try:
            status, body = await fetch(service, "/openapi.json")
        except Refused as refused:
            log.warning("no description", service=name, reason=refused.code)
            status, body = 503, b""
        if status == 200 and self._keep(name, body):
            return "current"
        return "last known" if name in self._last else "missing"

    def _keep(self, name: str, body: bytes) -> bool:
        """Whether that was a description: a service that answers nonsense must not hide the others'."""
        try:
            self._last[name] = orjson.loads(body)
        except orjson.JSONDecodeError:
            log.warning("no description", service=name, reason="not JSON")
            return False
        return True
