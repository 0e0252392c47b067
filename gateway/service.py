"""What the door knows of the services behind it, wherever they run."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from starlette.types import Scope, Send

from gateway.request_body import RequestBody


class Service(Protocol):
    """A service that requests are handed to: `Remote` over TCP, or `Mounted` in this process."""

    async def forward(self, scope: Scope, body: RequestBody, send: Send) -> None:
        """Ask the service what the client asks, and answer what it answers.

        `scope` holds the headers that the service shall see. Raises a refusal when there is no answer; if the answer
        had begun, what was sent is all that the client gets.
        """

    def life(self) -> AbstractAsyncContextManager[None]:
        """What must stand for as long as the door serves."""
