"""Whether a draw or an instant win, which both are open for a while, can be given anything of now."""

from typing import Literal, TypeVar

from services.loyalty.domain.customer import DrawFacts, InstantWinFacts
from services.loyalty.domain.occasion import Occasion

Facts = TypeVar("Facts", DrawFacts, InstantWinFacts)


def open_now(rule: str, kind: Literal["draw", "instant_win"], facts: Facts | None, occasion: Occasion) -> Facts | None:
    """What is known of it, if it was open at the moment and is; else the miss is left."""
    if facts is None:
        occasion.miss(rule, f"{kind}_unknown")
    elif occasion.at < facts.opens_at:
        occasion.miss(rule, f"{kind}_opens", again_at=facts.opens_at)
    elif facts.closed or occasion.at >= facts.closes_at:
        occasion.miss(rule, f"{kind}_closed")
    else:
        return facts
    return None
