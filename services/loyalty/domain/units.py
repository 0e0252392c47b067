"""Single units of a line. A line's money is shared over its units as evenly as whole minor units allow."""

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
