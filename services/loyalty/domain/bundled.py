"""Which units make bundles of several parts. Source: docs/rules/bundle.md."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.loyalty.domain.units import Pick


class Fitting(NamedTuple):
    """Loose units, and the parts of the bundle that they can be: one bit for each."""

    pick: Pick
    parts: int


class Bundles:
    """What can be bundled of some units when `needed` says how many units each part takes.

    A unit is one part of one bundle. Every question is answered by Hall's condition: whichever parts one looks at, all
    units that fit any of them are as many as those parts take together, or more.
    """

    def __init__(self, fitting: Iterable[Fitting], needed: Sequence[int]) -> None:
        self._dearest_first = sorted(fitting, reverse=True)
        groups = range(1, 1 << len(needed))
        self._takes = {group: sum(count for part, count in enumerate(needed) if group >> part & 1) for group in groups}
        self._fits = {group: sum(p.quantity for p, parts in self._dearest_first if parts & group) for group in groups}

    def most(self) -> int:
        """How many bundles can be made."""
        return min(self._fits[group] // takes for group, takes in self._takes.items())

    def missing(self, bundles: int) -> int:
        """How many more units it takes for so many bundles."""
        return max(0, *(bundles * takes - self._fits[group] for group, takes in self._takes.items()))

    def dearest(self, bundles: int) -> list[Pick]:
        """The units worth most that make so many bundles, which is not more than can be made."""
        room = {group: bundles * takes for group, takes in self._takes.items()}
        chosen = []
        for pick, parts in self._dearest_first:
            # Units that fit these parts and no others take from the room of every group that has all of them.
            around = [group for group in room if parts & ~group == 0]
            now = min(pick.quantity, *(room[group] for group in around))
            if now:
                chosen.append(pick._replace(quantity=now))
                for group in around:
                    room[group] -= now
        return chosen

    def worth(self, bundles: int) -> int:
        """What the dearest units of so many bundles cost."""
        return sum(pick.money for pick in self.dearest(bundles))

    def worth_more_than(self, price: int, most: int) -> int:
        """How many bundles are to be made, at most so many, when each must be worth more than its price.

        Each further bundle is worth no more than the one before, for the dearest units went first.
        """
        enough, too_many = 0, most + 1
        while too_many - enough > 1:
            middle = (enough + too_many) // 2
            if self.worth(middle) - self.worth(middle - 1) > price:
                enough = middle
            else:
                too_many = middle
        return enough
