"""Single units of a line. A line's money is shared over its units as evenly as whole minor units allow."""

from collections.abc import Iterable
from typing import NamedTuple


class Units(NamedTuple):
    """So many units that cost so much together. Take some away at their prices, and the others keep theirs."""

    quantity: int
    money: int

    def prices(self) -> list[tuple[int, int]]:
        """The units by price: (price, how many), cheaper first."""
        if not self.quantity:
            return []
        price, dearer = divmod(self.money, self.quantity)
        cheaper = self.quantity - dearer
        return [(price, cheaper), (price + 1, dearer)] if dearer else [(price, cheaper)]


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
        if pick.quantity <= quantity:
            taken.append(pick)
            quantity -= pick.quantity
        elif quantity:
            taken.append(pick._replace(quantity=quantity))
            rest.append(pick._replace(quantity=pick.quantity - quantity))
            quantity = 0
        else:
            rest.append(pick)
    return taken, rest
