"""Fields that many requests share."""

from typing import Annotated

from pydantic import Field

from chassis.web.caller import Caller
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.offer import PRICE_MAX

UNITS_MAX = PRICE_MAX
Id = Annotated[str, Field(min_length=1, max_length=64)]
Units = Annotated[int, Field(ge=1, le=UNITS_MAX)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


def by_hand(caller: Caller, reason: str | None = None) -> ByHand:
    """Who asks, and why."""
    return ByHand(actor=caller.actor, reason=reason or "", trace=caller.request_id or None)
