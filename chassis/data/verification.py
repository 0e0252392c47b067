"""What a service's proof says when it does not hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """One row that breaks an invariant: which one, whose, which row, and how."""

    invariant: str
    tenant_id: str
    subject: str
    detail: str
