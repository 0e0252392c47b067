"""Single units of a line. A line's money is shared over its units as evenly as whole minor units allow."""

from collections.abc import Iterable

# Units of one price on one line: the price of each, the line's rank, its place, and how many. Equal prices sort by
# what the lines say, not by where they stand. A plain tuple: rules make and sort a great many.
Pick = tuple[int, str | int, int, int]


def prices(quantity: int, money: int) -> list[tuple[int, int]]:
    """So many units that cost so much together, by price: (price, how many), cheaper first."""
    if not quantity:
        return []
    price, dearer = divmod(money, quantity)
    cheaper = quantity - dearer
    return [(price, cheaper), (price + 1, dearer)] if dearer else [(price, cheaper)]


def worth(picks: Iterable[Pick]) -> int:
    """What the picked units cost together."""
    return sum([price * quantity for price, _, _, quantity in picks])


def count(picks: Iterable[Pick]) -> int:
    """How many units."""
    return sum([quantity for _, _, _, quantity in picks])


def take(picks: Iterable[Pick], quantity: int) -> tuple[list[Pick], list[Pick]]:
    """The first so many units, and the rest."""
    taken: list[Pick] = []
    rest: list[Pick] = []
    for pick in picks:
        price, rank, place, there = pick
        if there <= quantity:
            taken.append(pick)
            quantity -= there
        elif quantity:
            taken.append((price, rank, place, quantity))
            rest.append((price, rank, place, there - quantity))
            quantity = 0
        else:
            rest.append(pick)
    return taken, rest
