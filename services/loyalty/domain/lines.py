"""What the lines of a basket say, column by column: rules ask for it again and again."""

from collections.abc import Mapping, Sequence
from operator import itemgetter, mul, sub

from services.loyalty.domain.basket import Line, LineKind

COLUMNS = itemgetter("sku", "categories", "kind", "quantity", "unit_price", "discount")


class Lines:
    """Made once for a basket, whatever is tried on it. Everything is by the line's place in the basket.

    `subtotals` are the units at their price, `totals` what the till asks. `by_sku` has the places of each sku.
    `only_articles` says that there is no delivery and no gift card among them.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        skus, categories, kinds, quantities, prices, discounts = zip(*map(COLUMNS, map(vars, lines)), strict=True)
        self._lines = lines
        self._categories: Sequence[Sequence[str]] = categories
        self.skus: Sequence[str] = skus
        self.kinds: Sequence[LineKind] = kinds
        self.quantities: Sequence[int] = quantities
        self.subtotals: list[int] = list(map(mul, quantities, prices))
        self.totals: list[int] = list(map(sub, self.subtotals, discounts))
        self.places = range(len(lines))
        self.only_articles = kinds.count("article") == len(lines)
        self.by_sku: dict[str, list[int]] = {}
        for place, sku in enumerate(skus):
            if sku in self.by_sku:
                self.by_sku[sku].append(place)
            else:
                self.by_sku[sku] = [place]
        self._by_category: dict[str, list[int]] | None = None
        self._ranks: Sequence[str | int] | None = None

    @property
    def by_category(self) -> Mapping[str, list[int]]:
        """The places of each category, each place once."""
        if self._by_category is None:
            found: dict[str, list[int]] = {}
            for place, categories in enumerate(self._categories):
                for category in categories:
                    places = found.get(category)
                    if places is None:
                        found[category] = [place]
                    elif places[-1] != place:
                        places.append(place)
            self._by_category = found
        return self._by_category

    @property
    def ranks(self) -> Sequence[str | int]:
        """What ties between lines are broken by: what they say, and not where they stand."""
        if self._ranks is None:
            self._ranks = self.skus if len(self.by_sku) == len(self.skus) else self._ranked_by_content()
        return self._ranks

    def _ranked_by_content(self) -> list[int]:
        ranks = [0] * len(self.places)
        for rank, place in enumerate(sorted(self.places, key=lambda place: _content(self._lines[place]))):
            ranks[place] = rank
        return ranks


def _content(line: Line) -> tuple[object, ...]:
    return line.sku, line.unit_price, line.quantity, line.discount, line.tax, line.name, line.categories, line.kind
