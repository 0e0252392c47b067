"""A time limit that costs nothing where nothing has to be waited for."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine as awaitable
from typing import Any, TypeVar

Result = TypeVar("Result")


async def by(deadline: float, work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns. Raises TimeoutError when it is not done by then, a time of the event loop's clock.

    It is run up to where it first waits. Most never does, and nobody need watch the clock for it.
    """
    try:
        awaited = work.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    async with asyncio.timeout_at(deadline):
        return await rest(work, awaited)


@awaitable
def rest(work: Coroutine[Any, Any, Result], awaited: Any) -> Generator[Any, Any, Result]:
    """Work that has begun and waits for `awaited`, carried on as `await` would have done it (PEP 380)."""
    try:
        while True:
            try:
                answer = yield awaited
            except BaseException as error:  # noqa: BLE001 - a cancellation too is for the work to hear
                awaited = work.throw(error)
            else:
                awaited = work.send(answer)
    except StopIteration as end:
        result: Result = end.value
        return result
