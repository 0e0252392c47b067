"""A time limit that begins to count where a work first waits."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from gateway.deadline import by


def limited(work: Coroutine[Any, Any, str], seconds: float = 0.05) -> str:
    async def story() -> str:
        return await by(asyncio.get_running_loop().time() + seconds, work)

    return asyncio.run(story())


async def at_once() -> str:
    return "done"


async def refuse(after: float | None) -> str:
    if after is not None:
        await asyncio.sleep(after)
    raise ValueError("no")


async def slow(seconds: float) -> str:
    for _ in range(3):
        await asyncio.sleep(seconds / 3)
    return "late"


def test_what_never_waits_is_never_late() -> None:
    assert limited(at_once(), -1) == "done"


def test_what_waits_is_carried_on_to_its_end() -> None:
    assert limited(slow(0.03), 10) == "late"


def test_what_waits_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        limited(slow(10))


@pytest.mark.parametrize("after", [None, 0, 0.01])
def test_its_errors_are_its_own(after: float | None) -> None:
    with pytest.raises(ValueError, match="no"):
        limited(refuse(after), 10)


def test_a_cancellation_reaches_the_work_which_may_tidy_up_by_waiting() -> None:
    tidied = []

    async def tidy() -> str:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.01)
            tidied.append("up")
        return "never"

    async def story() -> None:
        task = asyncio.create_task(by(asyncio.get_running_loop().time() + 10, tidy()))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())
    assert tidied == ["up"]
