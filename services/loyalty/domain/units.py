"""Single units of a line. A line's money is shared over its units as evenly as whole minor units allow."""

from collections.abc import Iterable
from typing import NamedTuple


class Units(NamedTuple):
    """So many units that cost so much together. Taking some away leaves the others' prices as they were."""

    quantity: int
    money: int

    def prices(self) -> list[tuple[int, int]]:
        """The units by price: (price, how many), cheaper first."""
        if not self.quantity:
            return []
        price, dearer = divmod(self.money, self.quantity)
        cheaper = self.quantity - dearer
        return [(price, cheaper), (price + 1, dearer)] if dearer else [(price, cheaper)]

    def without(self, quantity: int, money: int) -> "Units":
        """What is left when units are taken away at their prices."""
        return Units(self.quantity - quantity, self.money - money)


class Pick(NamedTuple):
    """Units of one price on one line. Equal prices sort by what the lines say, not by where they stand."""

    price: int
    rank: int
    place: int
    quantity: int

    @property
    def money(self) -> int:
        """What the picked units cost together."""
        return self.price * self.quantity


def take(picks: Iterable[Pick], quantity: int) -> tuple[list[Pick], list[Pick]]:
    """The first so many units, and the rest."""
    taken: list[Pick] = []
    rest: list[Pick] = []
    for pick in picks:
        now = min(quantity, pick.quantity)
        quantity -= now
        if now:
            taken.append(Pick(pick.price, pick.rank, pick.place, now))
        if now < pick.quantity:
            rest.append(Pick(pick.price, pick.rank, pick.place, pick.quantity - now))
    return taken, rest
