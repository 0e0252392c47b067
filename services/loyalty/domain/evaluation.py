"""Everything a program says about a basket."""

from services.loyalty.domain.effects import Effect
from services.loyalty.domain.misses import Miss
from services.loyalty.domain.value import value


@value(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the basket costs, in minor units: subtotal − discount = due. The discount includes the till's own."""

    subtotal: int
    discount: int
    due: int


@value(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What the rules did, why others did nothing, and what the basket costs then."""

    effects: tuple[Effect, ...]
    misses: tuple[Miss, ...]
    totals: Totals
