"""Our own supervisor: starts processes in order, keeps them running, stops them in reverse. ADR-0014 says why."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from cli.child import Child
from cli.fork_server import ForkServer
from cli.log_files import bound
from cli.process import Process

BOUND_LOGS_EVERY_SECONDS = 5


class Supervisor:
    """The processes of one run. `tell` is called at each change of any; those that are forked share the modules."""

    def __init__(
        self,
        processes: Sequence[Process],
        logs: Path,
        tell: Callable[["Supervisor"], None],
        shared_modules: Sequence[str] = (),
    ) -> None:
        self.fork_server = ForkServer(logs / "nursery.log", shared_modules)
        self.children = {
            process.name: Child(process, logs / f"{process.name}.log", self.fork_server, lambda: tell(self))
            for process in processes
        }

    async def run(self, stop: asyncio.Event, when_ready: Callable[[], None]) -> None:
        """Start all, call `when_ready`, keep all running until `stop` is set; then stop all. Raises CommandFailed."""
        bounding = asyncio.create_task(self.bound_logs())
        starting = asyncio.create_task(self.start())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                when_ready()
                await stopping
        finally:
            for task in (bounding, starting, stopping):
                task.cancel()
            await asyncio.gather(bounding, starting, stopping, return_exceptions=True)
            await self.stop()
            await self.fork_server.close()

    async def start(self) -> None:
        """Start each process when those it comes after are ready; return when all are. Raises CommandFailed."""
        try:
            async with asyncio.TaskGroup() as group:
                for child in self.children.values():
                    group.create_task(self.start_one(child))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def start_one(self, child: Child) -> None:
        """Wait for those before it, start it, wait for it."""
        for name in child.process.after:
            await asyncio.shield(self.children[name].first_ready)
        child.start()
        await asyncio.shield(child.first_ready)

    async def stop(self) -> None:
        """Stop each process when those that come after it are gone; return when nothing runs any more."""
        async with asyncio.TaskGroup() as group:
            for child in self.children.values():
                group.create_task(self.stop_one(child))

    async def stop_one(self, child: Child) -> None:
        """Wait for those that need it to be gone, then stop it."""
        for other in self.children.values():
            if child.process.name in other.process.after:
                await other.gone.wait()
        await child.stop()

    async def bound_logs(self) -> None:
        """Keep the logs small."""
        while True:
            for child in self.children.values():
                bound(child.log)
            await asyncio.sleep(BOUND_LOGS_EVERY_SECONDS)
