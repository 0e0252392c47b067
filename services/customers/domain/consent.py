"""Who may be written to, about what, and how."""

from dataclasses import dataclass
from typing import Literal, get_args

Purpose = Literal["service", "marketing"]
Channel = Literal["email", "sms", "whatsapp", "push"]
Reason = Literal["forbidden", "blocked", "no_address"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said: `source` is where, `wording` the sentence they were shown."""

    purpose: Purpose
    channel: Channel
    granted: bool
    source: str
    wording: str | None = None


def granted_by_default(purpose: Purpose) -> bool:
    """Before a customer has spoken: messages about their own purchases are allowed, advertising is not."""
    return purpose == "service"


def reason_not_to_write(*, blocked: bool, granted: bool, address: str | None) -> Reason | None:
    """Why nothing may be sent; None when it may. A blocked customer hears nothing, whatever they allowed."""
    if blocked:
        return "blocked"
    if not granted:
        return "forbidden"
    return None if address else "no_address"
