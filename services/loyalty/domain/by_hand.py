"""What people do, and not rules: who did it, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ByHand:
    """The key that asks, its reason (empty when it gave none), and the id of its request."""

    actor: str
    reason: str = ""
    trace: str | None = None
