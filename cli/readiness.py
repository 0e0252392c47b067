"""How the supervisor sees that a process can be used by those that wait for it."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

ANSWER_WITHIN_SECONDS = 5


class Readiness(Protocol):
    """A question asked again and again until the answer is yes."""

    async def __call__(self) -> bool: ...


@dataclass(frozen=True)
class Connects:
    """Ready when something listens on this port of the loopback."""

    port: int

    async def __call__(self) -> bool:
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.close()
        return True


@dataclass(frozen=True)
class Answers:
    """Ready when this address of the loopback answers 200."""

    port: int
    path: str = "/readyz"

    async def __call__(self) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"GET {self.path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode())
            return b" 200 " in await reader.readline()
        finally:
            writer.close()


@dataclass(frozen=True)
class Succeeds:
    """Ready when this command ends well."""

    command: tuple[str, ...]

    async def __call__(self) -> bool:
        quiet = asyncio.subprocess.DEVNULL
        asked = await asyncio.create_subprocess_exec(*self.command, stdin=quiet, stdout=quiet, stderr=quiet)
        return await asked.wait() == 0


async def is_ready(readiness: Readiness) -> bool:
    """Ask once. A refused connection, or none of an answer in time, is a no."""
    try:
        return await asyncio.wait_for(readiness(), ANSWER_WITHIN_SECONDS)
    except (OSError, TimeoutError):
        return False
