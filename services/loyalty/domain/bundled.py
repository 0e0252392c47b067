"""Which units make bundles of several parts. Source: docs/rules/bundle.md."""

from collections.abc import Mapping, Sequence

from services.loyalty.domain.units import Pick, worth


class Needed:
    """How many units each part of a bundle takes, and every group of the parts together. Made once for a rule.

    A group is a number with one bit for each of its parts; nobody asks for the group of none.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        self.groups = range(1, 1 << len(counts))
        self.takes = [sum([n for part, n in enumerate(counts) if group >> part & 1]) for group in (0, *self.groups)]
        # For units that are these parts and no others: the groups that have all of them.
        self.around = {parts: [group for group in self.groups if parts & ~group == 0] for parts in self.groups}


class Bundles:
    """What can be bundled of some loose units, each with the group of the parts that it can be.

    A unit is one part of one bundle. Every question is answered by Hall's condition: whichever parts one looks at, all
    units that fit any of them are as many as those parts take together, or more.
    """

    def __init__(self, fitting: Mapping[Pick, int], needed: Needed) -> None:
        self._needed = needed
        self._dearest_first = sorted(fitting.items(), reverse=True)
        there: dict[int, int] = {}
        for (_, _, _, quantity), parts in self._dearest_first:
            there[parts] = there.get(parts, 0) + quantity
        self._fits = {
            group: sum([quantity for parts, quantity in there.items() if parts & group]) for group in needed.groups
        }

    def most(self) -> int:
        """How many bundles can be made."""
        takes = self._needed.takes
        return min([fits // takes[group] for group, fits in self._fits.items()])

    def missing(self, bundles: int) -> int:
        """How many more units it takes for so many bundles."""
        takes = self._needed.takes
        return max(0, *[bundles * takes[group] - fits for group, fits in self._fits.items()])

    def dearest(self, bundles: int) -> list[Pick]:
        """The units worth most that make so many bundles, which is not more than can be made."""
        room = [bundles * takes for takes in self._needed.takes]
        chosen: list[Pick] = []
        for (price, rank, place, quantity), parts in self._dearest_first:
            # They take from the room of every group around them.
            around = self._needed.around[parts]
            now = quantity
            for group in around:
                if room[group] < now:
                    now = room[group]
            if now:
                chosen.append((price, rank, place, now))
                for group in around:
                    room[group] -= now
        return chosen

    def worth_more_than(self, price: int, most: int) -> int:
        """How many bundles are to be made, at most so many, when each must be worth more than its price.

        Each further bundle is worth no more than the one before, for the dearest units went first.
        """
        enough, too_many = 0, most + 1
        while too_many - enough > 1:
            middle = (enough + too_many) // 2
            if worth(self.dearest(middle)) - worth(self.dearest(middle - 1)) > price:
                enough = middle
            else:
                too_many = middle
        return enough
