"""What is remembered of keys: for five seconds, for so many, and asked once for all who wait."""

import asyncio

import pytest

from gateway import known_keys
from gateway.known_keys import Holder, KnownKeys


class Records:
    """A record of keys that counts how often it is asked."""

    def __init__(self, *held: bytes, seconds_left: float = 1000) -> None:
        self.held = set(held)
        self.seconds_left = seconds_left
        self.asked = 0

    async def find(self, digest: bytes, key_id: str) -> Holder | None:
        self.asked += 1
        await asyncio.sleep(0.01)
        return Holder(((b"wafa-actor", key_id.encode()),), self.seconds_left) if digest in self.held else None


@pytest.mark.parametrize("digest", [b"held", b"strange"])
def test_requests_at_once_ask_once(digest: bytes) -> None:
    async def story() -> None:
        records = Records(b"held")
        known = KnownKeys(records.find)
        holders = await asyncio.gather(*(known.holder(digest, "key_1") for _ in range(100)))
        assert {holder is not None for holder in holders} == {digest == b"held"}
        assert await known.holder(digest, "key_1") == holders[0]
        assert records.asked == 1

    asyncio.run(story())


def test_what_is_known_is_asked_anew_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_keys, "SECONDS_MAX", 0.1)

    async def story() -> None:
        records = Records(b"held")
        known = KnownKeys(records.find)
        assert await known.holder(b"held", "key_1") is not None
        records.held.clear()
        assert await known.holder(b"held", "key_1") is not None
        await asyncio.sleep(0.1)
        assert await known.holder(b"held", "key_1") is None

    asyncio.run(story())


def test_a_key_is_not_remembered_beyond_its_own_end() -> None:
    async def story() -> None:
        records = Records(b"held", seconds_left=0.05)
        known = KnownKeys(records.find)
        await known.holder(b"held", "key_1")
        records.held.clear()
        await asyncio.sleep(0.06)
        assert await known.holder(b"held", "key_1") is None

    asyncio.run(story())


def test_strangers_do_not_drive_out_holders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_keys, "STRANGERS_MAX", 3)

    async def story() -> None:
        records = Records(b"held")
        known = KnownKeys(records.find)
        await known.holder(b"held", "key_1")
        for number in range(10):
            await known.holder(b"stranger %d" % number, "key_2")
        asked = records.asked
        await known.holder(b"held", "key_1")
        await known.holder(b"stranger 9", "key_2")
        assert records.asked == asked
        await known.holder(b"stranger 0", "key_2")
        assert records.asked == asked + 1

    asyncio.run(story())


def test_a_lookup_that_fails_is_tried_again() -> None:
    async def story() -> None:
        failures = [OSError("database away")]

        async def find(digest: bytes, key_id: str) -> Holder | None:
            await asyncio.sleep(0)
            if failures:
                raise failures.pop()
            return Holder((), 1000)

        known = KnownKeys(find)
        with pytest.raises(OSError, match="away"):
            await known.holder(b"held", "key_1")
        assert await known.holder(b"held", "key_1") is not None

    asyncio.run(story())
