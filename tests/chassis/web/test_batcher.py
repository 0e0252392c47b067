import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence

import pytest

from chassis.web.batcher import Batcher


class Doubling:
    """A core that doubles numbers, refuses zero, and can be made to wait; it remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.working = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        self.working.set()
        assert self.gate.wait(10)
        if 0 in numbers:
            raise ZeroDivisionError
        return [2 * number for number in numbers]


def run(story: Callable[[Batcher[int, int], Doubling], Coroutine[None, None, None]], batch_max: int = 4) -> None:
    """Live the story on an event loop of its own."""
    core = Doubling()
    batcher = Batcher(core, batch_max)
    try:
        asyncio.run(story(batcher, core))
    finally:
        core.gate.set()
        batcher.close()


async def begun(core: Doubling) -> None:
    """Wait until the core is at work."""
    assert await asyncio.to_thread(core.working.wait, 10)


def test_a_lone_request_runs_at_once_and_alone() -> None:
    async def story(batcher: Batcher[int, int], core: Doubling) -> None:
        assert await batcher.submit(1) == 2
        assert await batcher.submit(2) == 4
        assert core.batches == [[1], [2]]

    run(story)


def test_what_arrives_meanwhile_forms_the_next_batches_in_order() -> None:
    async def story(batcher: Batcher[int, int], core: Doubling) -> None:
        core.gate.clear()
        first = asyncio.create_task(batcher.submit(1))
        await begun(core)
        rest = [asyncio.create_task(batcher.submit(number)) for number in range(2, 8)]
        await asyncio.sleep(0)
        core.gate.set()
        assert await asyncio.gather(first, *rest) == [2, 4, 6, 8, 10, 12, 14]
        assert core.batches == [[1], [2, 3, 4, 5], [6, 7]]

    run(story)


def test_a_poisoned_request_fails_alone() -> None:
    async def story(batcher: Batcher[int, int], core: Doubling) -> None:
        outcomes = await asyncio.gather(*(batcher.submit(number) for number in (1, 0, 3)), return_exceptions=True)
        assert [str(outcome) for outcome in outcomes] == ["2", "", "6"]
        assert isinstance(outcomes[1], ZeroDivisionError)
        assert core.batches == [[1, 0, 3], [1], [0], [3]]
        assert await batcher.submit(4) == 8, "and nobody after it suffers"

    run(story)


def test_a_request_that_left_does_not_disturb_the_others() -> None:
    async def story(batcher: Batcher[int, int], core: Doubling) -> None:
        core.gate.clear()
        first = asyncio.create_task(batcher.submit(1))
        await begun(core)
        leaving, staying = (asyncio.create_task(batcher.submit(number)) for number in (0, 3))
        await asyncio.sleep(0)
        leaving.cancel()
        core.gate.set()
        assert await first == 2
        assert await staying == 6
        assert leaving.cancelled()

    run(story)


def test_a_core_that_loses_a_request_leaves_nobody_waiting() -> None:
    async def story() -> None:
        batcher: Batcher[int, int] = Batcher(lambda numbers: list(numbers)[1:])
        async with asyncio.timeout(10):
            for _ in range(2):
                with pytest.raises(AssertionError, match="one result for each request"):
                    await batcher.submit(1)
        batcher.close()

    asyncio.run(story())
