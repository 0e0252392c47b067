"""A basket while a program is applied to it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from kernel.money import shared
from services.loyalty.domain.basket import Basket, Line
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Effect, Piece
from services.loyalty.domain.misses import UNMET, Miss, Shortfall
from services.loyalty.domain.selector import Selector
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.units import Pick, Units


class Cart:
    """What is left to pay of each line, which of its units are still loose, and what the rules did so far.

    A unit is loose until it serves a set or is given away. Every list is by the line's place in the basket.
    """

    def __init__(self, terms: Terms, basket: Basket, customer: CustomerFacts | None, at: datetime) -> None:
        self.terms = terms
        self.basket = basket
        self.lines = basket.lines
        self.customer = customer
        self.at = at
        self.left = [line.quantity * line.unit_price - line.discount for line in basket.lines]
        self.paid_units = [line.quantity for line in basket.lines]
        self.loose = [Units(line.quantity, left) for line, left in zip(basket.lines, self.left, strict=True)]
        self.effects: list[Effect] = []
        self.misses: list[Miss] = []

    @cached_property
    def local(self) -> datetime:
        """The moment by the shop's clock."""
        return self.at.astimezone(self.terms.zone)

    @cached_property
    def life_of_units(self) -> tuple[datetime, datetime | None]:
        """When units earned now can be spent, and when they die."""
        return self.terms.life_of_units(self.at)

    @cached_property
    def rank(self) -> list[int]:
        """Each line's rank by what it says, not by where it stands: ties broken by it do not depend on the order."""
        lines = self.lines
        by_content = sorted(range(len(lines)), key=lambda place: _content(lines[place]))
        rank = [0] * len(lines)
        for position, place in enumerate(by_content):
            rank[place] = position
        return rank

    def select(self, selector: Selector) -> list[int]:
        """The places of the selected lines that still cost something: what is free counts towards nothing."""
        left = self.left
        return [place for place in selector.select(self.lines) if left[place]]

    def pick_loose(self, selector: Selector) -> list[Pick]:
        """The selected units that serve no set yet and cost something, the cheapest first."""
        rank = self.rank
        picks = [
            Pick(price, rank[place], place, quantity)
            for place in self.select(selector)
            for price, quantity in self.loose[place].prices()
            if price
        ]
        return sorted(picks)

    def miss(self, rule: str | None, condition: str, shortfall: Shortfall = UNMET, code: str | None = None) -> None:
        """Say why a rule did nothing."""
        self.misses.append(
            Miss(rule=rule, condition=condition, short_by=shortfall.short_by, unit=shortfall.unit, code=code)
        )

    def use(self, picks: Iterable[Pick]) -> None:
        """Count loose units to a set: they can serve no other."""
        for pick in picks:
            self.loose[pick.place] = self.loose[pick.place].without(pick.quantity, pick.money)

    def give_away(self, picks: Sequence[Pick]) -> tuple[Piece, ...]:
        """Make loose units free: they count towards nothing from here on."""
        self.use(picks)
        for pick in picks:
            self.paid_units[pick.place] -= pick.quantity
        return self.reduce(picks, sum(pick.money for pick in picks))

    def reduce(self, picks: Sequence[Pick], amount: int) -> tuple[Piece, ...]:
        """Take money off picked units in proportion to their prices."""
        amounts = shared(amount, [pick.money for pick in picks])
        quantity, off = Counter[int](), Counter[int]()
        for pick, piece in zip(picks, amounts, strict=True):
            quantity[pick.place] += pick.quantity
            off[pick.place] += piece
            self.left[pick.place] -= piece
        return tuple(Piece(line=place, quantity=quantity[place], amount=off[place]) for place in sorted(off))

    def take_off(self, amount: int, places: Iterable[int]) -> tuple[Piece, ...]:
        """Take money off lines in proportion to what is left to pay for them; not more than that is."""
        ranked = sorted(places, key=self.rank.__getitem__)
        return self.take_off_each(zip(ranked, shared(amount, [self.left[place] for place in ranked]), strict=True))

    def take_off_each(self, amounts: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
        """Take the given money off each line."""
        pieces = [
            Piece(line=place, quantity=self.paid_units[place], amount=amount) for place, amount in amounts if amount
        ]
        for piece in pieces:
            self.left[piece.line] -= piece.amount
        return tuple(sorted(pieces, key=lambda piece: piece.line))


def _content(line: Line) -> tuple[object, ...]:
    return line.sku, line.unit_price, line.quantity, line.discount, line.tax, line.name, line.categories
