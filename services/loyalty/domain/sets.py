"""Sets of units that are bought and units that come with them. Source: docs/rules/buy-x-get-y.md."""

from collections.abc import Iterable, Sequence

from services.loyalty.domain.units import Pick, count, take


class Candidates:
    """Loose units that sets of `buy` and `get` units can be made of: those to be bought, and those to come with them.

    Both lists have the cheapest first. Some units may be in both; they serve one side of one set only. Without `gets`
    every unit may be either. `sets` are as many as can be made, or fewer when the rule says so. With none to get, units
    are only bought.
    """

    def __init__(self, buy: int, get: int, buys: list[Pick], gets: list[Pick] | None = None) -> None:
        self.buy = buy
        self.get = get
        self.buys = buys
        self.gets = gets
        self._bought = self._got = self._all = count(buys)
        self.sets = self._all // (buy + get)
        if gets is None:
            return
        self._got = count(gets)
        self._places = {place for _, _, place, _ in buys}
        self._all += sum([quantity for _, _, place, quantity in gets if place not in self._places])
        # Enough for either side, and enough for both: Hall's condition says that nothing else stands in the way.
        self.sets = min(self._bought // buy, self._got // get, self._all // (buy + get))

    def missing(self) -> int:
        """How many more units it takes for another set."""
        sets = self.sets + 1
        one_by_one = max(0, sets * self.buy - self._bought) + max(0, sets * self.get - self._got)
        return max(one_by_one, sets * (self.buy + self.get) - self._all)

    def lacks_only_gets(self) -> bool:
        """Whether all units that are to be bought for another set are there."""
        to_buy = (self.sets + 1) * self.buy
        return self._bought >= to_buy and self._all >= to_buy + self.sets * self.get

    def draw(self, order: Sequence[Pick]) -> tuple[list[Pick], list[Pick]]:
        """The units that come with the sets, the first ones in the order that leave enough to buy; and the bought ones.

        The dearest of the others are bought, so that a cheaper unit may still come with another set elsewhere.
        """
        to_buy, to_get = self.sets * self.buy, self.sets * self.get
        if self.gets is None:
            got, rest = take(order, to_get)
        else:
            got = self._take_sparing(order, to_get, self._bought - to_buy)
            rest = without(self.buys, got)
        rest.sort(reverse=True)
        return got, take(rest, to_buy)[0]

    def _take_sparing(self, order: Iterable[Pick], quantity: int, spare: int) -> list[Pick]:
        """The first so many units, at most `spare` of them such as may be bought."""
        taken: list[Pick] = []
        for price, rank, place, there in order:
            now = min(quantity, there)
            if place in self._places:
                now = min(now, spare)
                spare -= now
            quantity -= now
            if now:
                taken.append((price, rank, place, now))
        return taken


def without(picks: Iterable[Pick], gone: Iterable[Pick]) -> list[Pick]:
    """The picks without units that were taken from them."""
    taken: dict[tuple[int, int], int] = {}
    for price, _, place, quantity in gone:
        taken[place, price] = taken.get((place, price), 0) + quantity
    rest: list[Pick] = []
    for price, rank, place, quantity in picks:
        left = quantity - taken.get((place, price), 0)
        if left:
            rest.append((price, rank, place, left))
    return rest
