"""Group commit: what arrives while a batch is being written forms the next batch.

One batch is in flight at a time, of at most `batch_max`; no timer holds a lone request back. A batch that fails is run
again one by one, so that a poisoned request fails alone. Source: docs/performance.md.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Request = TypeVar("Request")
Result = TypeVar("Result")

BATCH_MAX = 32


class Batcher(Generic[Request, Result]):
    """Coalesces concurrent requests into calls of `run`, which answers a batch in order, in a thread of its own."""

    def __init__(self, run: Callable[[Sequence[Request]], Sequence[Result]], batch_max: int = BATCH_MAX) -> None:
        self._run = run
        self._batch_max = batch_max
        self._waiting: deque[tuple[Request, asyncio.Future[Result]]] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "batcher")

    async def submit(self, request: Request) -> Result:
        """The result for one request. Raises what `run` raises for it alone."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        """Write batches until nothing waits. There is no await between the last look and giving up the slot."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._batch_max, len(self._waiting)))]
            await self._answer(batch)
        self._writer = None

    async def _answer(self, batch: Sequence[tuple[Request, "asyncio.Future[Result]"]]) -> None:
        """Run one batch and hand out its results."""
        loop = asyncio.get_running_loop()
        requests = [request for request, _future in batch]
        try:
            results = await loop.run_in_executor(self._thread, self._run, requests)
            assert len(results) == len(batch), "one result for each request"
        except Exception as error:  # noqa: BLE001 - the error is handed to whoever asked
            if len(batch) == 1:
                give(batch[0][1], error)
                return
            for one in batch:
                await self._answer([one])
            return
        for (_request, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)

    def close(self) -> None:
        """Let the thread end once its batch is written."""
        self._thread.shutdown(wait=True)


def give(future: "asyncio.Future[Result]", error: Exception) -> None:
    """Hand an error to the request that caused it, unless that one has gone."""
    if not future.done():
        future.set_exception(error)
