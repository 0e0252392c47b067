"""How an attempt to send went."""

from dataclasses import dataclass

from services.notifications.domain.message import State


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state an attempt leads to; `queued` means that another attempt is safe, for nothing was accepted.

    `reason` is a short code, never what a server wrote: that may quote an address. `reachable` is false when the next
    message would meet the same closed door.
    """

    state: State
    reason: str | None = None
    reachable: bool = True
