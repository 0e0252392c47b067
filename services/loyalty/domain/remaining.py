"""What is left of a basket when some of it was brought back. Source: docs/rules/returns.md."""

from collections.abc import Mapping

from services.loyalty.domain.basket import Basket, Line
from services.loyalty.domain.refusals.purchases import ReturnTooLarge


def remaining_basket(basket: Basket, returned: Mapping[int, int]) -> Basket:
    """The basket of a sale without the units returned so far, as if only the others had been bought.

    `basket` is what was sold; `returned` counts all units brought back up to now, by the line's place. A line keeps
    the share of its discount and tax that falls on its units, so that the parts of several returns add up to the
    whole. A line that is wholly returned stays in its place with no units. Raises ReturnTooLarge.
    """
    for place, quantity in returned.items():
        bought = basket.lines[place].quantity if 0 <= place < len(basket.lines) else 0
        if not 0 <= quantity <= bought:
            raise ReturnTooLarge(line=place, left=bought, returned=quantity)
    lines = [_without(line, returned.get(place, 0)) for place, line in enumerate(basket.lines)]
    return basket.model_copy(update={"lines": tuple(lines)})


def _without(line: Line, returned: int) -> Line:
    if not returned:
        return line
    kept = line.quantity - returned
    shares = {name: getattr(line, name) * kept // line.quantity for name in ("discount", "tax")}
    return line.model_copy(update={"quantity": kept, **shares})
