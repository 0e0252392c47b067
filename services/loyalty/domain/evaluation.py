"""Everything a program says about a basket."""

from dataclasses import dataclass

from services.loyalty.domain.effects import Effect
from services.loyalty.domain.misses import Miss


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the basket costs, in minor units: subtotal − discount = due. The discount includes the till's own."""

    subtotal: int
    discount: int
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What the rules did, why others did nothing, and what the basket costs then."""

    effects: tuple[Effect, ...]
    misses: tuple[Miss, ...]
    totals: Totals
