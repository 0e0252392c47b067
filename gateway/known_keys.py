"""What was lately learnt about keys, so that the database is asked once in five seconds and not at every request."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from gateway.headers import Header

# A revoked key is refused after this time at the latest.
SECONDS_MAX: Final = 5.0
KEYS_MAX: Final = 10_000
STRANGERS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a key: what the services are told, and for how many more seconds the key itself is valid."""

    headers: tuple[Header, ...]
    seconds_left: float


Find = Callable[[bytes, str], Awaitable[Holder | None]]
Known = dict[bytes, tuple[Holder | None, float]]


class KnownKeys:
    """Holders by the digest of their key. Strangers are remembered apart: no flood of them drives a holder out."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._holders: Known = {}
        self._strangers: Known = {}
        self._asking: dict[bytes, asyncio.Task[Holder | None]] = {}

    async def holder(self, digest: bytes, key_id: str) -> Holder | None:
        """Who holds the key; None for nobody. Requests that come while one key is being looked up share the answer."""
        known = self._holders.get(digest) or self._strangers.get(digest)
        if known is not None and known[1] > monotonic():
            return known[0]
        if digest not in self._asking:
            self._asking[digest] = asyncio.create_task(self._ask(digest, key_id))
        return await asyncio.shield(self._asking[digest])

    async def _ask(self, digest: bytes, key_id: str) -> Holder | None:
        asked_at = monotonic()
        try:
            holder = await self._find(digest, key_id)
        finally:
            del self._asking[digest]
        if holder is None:
            self._holders.pop(digest, None)
            remember(self._strangers, digest, (None, asked_at + SECONDS_MAX), STRANGERS_MAX)
        else:
            until = asked_at + min(SECONDS_MAX, holder.seconds_left)
            remember(self._holders, digest, (holder, until), KEYS_MAX)
        return holder


def remember(known: Known, digest: bytes, entry: tuple[Holder | None, float], count_max: int) -> None:
    """Keep an entry, and let the oldest go when there are too many."""
    known.pop(digest, None)
    if len(known) >= count_max:
        del known[next(iter(known))]
    known[digest] = entry
