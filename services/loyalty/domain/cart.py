"""A basket while a program is applied to it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import cached_property
from typing import Self

from kernel.money import shared, shared_in_turn
from kernel.points import Rounding
from services.loyalty.domain.basket import Basket, Line
from services.loyalty.domain.coupon import CouponFacts
from services.loyalty.domain.coupons import usable_coupons
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Discount, Piece, UseVoucher
from services.loyalty.domain.occasion import NOBODY, Occasion, ShutOut
from services.loyalty.domain.percent import quotient
from services.loyalty.domain.selector import Selector
from services.loyalty.domain.tally import NOTHING_USED, Used
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.units import Pick, Units


class Cart(Occasion):
    """What is left to pay of each line, which of its units are still loose, and what the rules did so far.

    A unit is loose until it serves a set or is given away; `loose` has the lines whose loose units somebody looked at,
    and `loose_then` what was left of the lines then. Everything is by the line's place in the basket.
    `order_wide` names the rules and vouchers that took something off the whole order.
    """

    def __init__(
        self,
        terms: Terms,
        basket: Basket,
        customer: CustomerFacts | None,
        at: datetime,
        used: Used = NOTHING_USED,
        shut: ShutOut = NOBODY,
    ) -> None:
        super().__init__(terms, customer, at, used, shut)
        self.basket = basket
        self.lines = basket.lines
        self.left = [line.total for line in basket.lines]
        self.paid_units = [line.quantity for line in basket.lines]
        self.only_articles = [line.kind for line in basket.lines].count("article") == len(basket.lines)
        self.loose: dict[int, Units] = {}
        self.loose_then: dict[int, int] = {}
        self.codes = {terms.plain_code(code) for code in basket.codes}
        self.order_wide: set[str] = set()

    @cached_property
    def coupons(self) -> Mapping[str, CouponFacts]:
        """The coupons shown that can be used, by their campaigns."""
        return usable_coupons(self.used.coupons, self.local.date(), known=self.customer is not None)

    @cached_property
    def rank(self) -> list[int]:
        """Each line's rank by what it says, not by where it stands: ties broken by it do not depend on the order."""
        lines = self.lines
        by_content = sorted(range(len(lines)), key=lambda place: _content(lines[place]))
        rank = [0] * len(lines)
        for position, place in enumerate(by_content):
            rank[place] = position
        return rank

    def places(self, selector: Selector) -> Sequence[int]:
        """The places of the selected lines, whatever they cost."""
        return selector.select(self.lines, only_articles=self.only_articles)

    def select(self, selector: Selector) -> list[int]:
        """The places of the selected lines that still cost something: what is free counts towards nothing."""
        left = self.left
        places = selector.select(self.lines, only_articles=self.only_articles)
        return [place for place in places if left[place]]

    def chosen(self, rule: str) -> Counter[str]:
        """How many units of which sku the customer chose to have at a rule's offer."""
        wanted: Counter[str] = Counter()
        for choice in self.basket.choices:
            if choice.rule == rule:
                wanted[choice.sku] += choice.quantity
        return wanted

    def count_units(self, selector: Selector) -> int:
        """How many of the selected units are paid for."""
        paid_units = self.paid_units
        return sum([paid_units[place] for place in self.select(selector)])

    def pick_loose(self, selector: Selector) -> list[Pick]:
        """The selected units that serve no set yet and cost something, the cheapest first."""
        places = self.select(selector)
        left, left_then = self.left, self.loose_then
        for place in places:
            if left_then.get(place) != left[place]:
                self._look_at_loose(place)
        return self._picks(places, self.loose)

    def pick_paid(self, places: Sequence[int]) -> list[Pick]:
        """The units of the lines that cost something, whether they serve a set or not, the cheapest first."""
        return self._picks(places, {place: Units(self.paid_units[place], self.left[place]) for place in places})

    def _picks(self, places: Sequence[int], units: Mapping[int, Units]) -> list[Pick]:
        rank = self.rank
        picks = [
            Pick(price, rank[place], place, quantity)
            for place in places
            for price, quantity in units[place].prices()
            if price
        ]
        return sorted(picks)

    def _look_at_loose(self, place: int) -> None:
        """Let a line's loose units bear their part of what was taken off the line since they were last looked at."""
        paid, left = self.paid_units[place], self.left[place]
        if place in self.loose:
            quantity, money = self.loose[place]
            self.loose[place] = Units(min(quantity, paid), money * left // self.loose_then[place])
        else:
            self.loose[place] = Units(paid, left)
        self.loose_then[place] = left

    def undiscounted(self, place: int) -> int:
        """What the units of a line that are paid for cost before any rule: those given away were the cheaper ones."""
        line = self.lines[place]
        price, dearer = divmod(line.total, line.quantity)
        paid = self.paid_units[place]
        return price * paid + min(dearer, paid)

    @cached_property
    def order_wide_off(self) -> dict[int, int]:
        """What discounts of the whole order took off each line. Asked when all prices are settled."""
        off: dict[int, int] = {}
        for effect in self.effects:
            if isinstance(effect, Discount | UseVoucher) and name_of(effect) in self.order_wide:
                for piece in effect.pieces:
                    off[piece.line] = off.get(piece.line, 0) + piece.amount
        return off

    def paid_otherwise(self, amount: int, tenders: Set[str]) -> int:
        """The part of an amount that was not paid by such tenders: they paid the same share of everything.

        What the till does not tell of is taken as paid otherwise.
        """
        so, told = 0, 0
        for tender in self.basket.tenders:
            told += tender.amount
            so += tender.amount if tender.kind in tenders else 0
        paid = max(told, sum(self.left))
        return quotient(amount * (paid - so), paid, Rounding.HALF_UP) if so else amount

    def trial(self) -> Self:
        """A cart as this one is now, to try a rule on: nothing that happens to it happens to this one."""
        trial = super().trial()
        trial.left, trial.paid_units = self.left.copy(), self.paid_units.copy()
        trial.loose, trial.loose_then = self.loose.copy(), self.loose_then.copy()
        return trial

    def adopt(self, trial: Self) -> None:
        """Let what happened to a trial have happened to this cart."""
        super().adopt(trial)
        self.left, self.paid_units = trial.left, trial.paid_units
        self.loose, self.loose_then = trial.loose, trial.loose_then

    def use(self, picks: Iterable[Pick]) -> None:
        """Count loose units to a set: they can serve no other."""
        loose = self.loose
        for price, _, place, quantity in picks:
            units = loose[place]
            loose[place] = Units(units.quantity - quantity, units.money - price * quantity)

    def give_away(self, picks: Sequence[Pick]) -> tuple[Piece, ...]:
        """Make loose units free: they count towards nothing from here on."""
        self.use(picks)
        for pick in picks:
            self.paid_units[pick.place] -= pick.quantity
        return self._reduce(picks, [pick.money for pick in picks])

    def reduce(self, picks: Sequence[Pick], amount: int) -> tuple[Piece, ...]:
        """Take money off loose units in proportion to their prices; they have served a set then."""
        self.use(picks)
        shares = self.share(amount, [pick.money for pick in picks], [pick.place for pick in picks])
        return self._reduce(picks, shares)

    def reduce_paid(self, picks: Sequence[Pick], amounts: Sequence[int]) -> tuple[Piece, ...]:
        """Take the given money off units, loose or not. Those it makes free count towards nothing from here on."""
        for pick, amount in zip(picks, amounts, strict=True):
            if amount == pick.money:
                self.paid_units[pick.place] -= pick.quantity
        return self._take(picks, amounts)

    def _reduce(self, picks: Sequence[Pick], amounts: Sequence[int]) -> tuple[Piece, ...]:
        pieces = self._take(picks, amounts)
        for piece in pieces:
            self.loose_then[piece.line] = self.left[piece.line]
        return pieces

    def _take(self, picks: Sequence[Pick], amounts: Sequence[int]) -> tuple[Piece, ...]:
        by_line: dict[int, tuple[int, int]] = {}
        for pick, amount in zip(picks, amounts, strict=True):
            quantity, off = by_line.get(pick.place, (0, 0))
            by_line[pick.place] = quantity + pick.quantity, off + amount
            self.left[pick.place] -= amount
        return tuple([Piece(line=place, quantity=q, amount=off) for place, (q, off) in sorted(by_line.items()) if off])

    def take_off(self, amount: int, places: Iterable[int]) -> tuple[Piece, ...]:
        """Take money off lines in proportion to what is left to pay for them; not more than that is."""
        ranked = self.ranked(places)
        return self.take_off_each(
            zip(ranked, self.share(amount, [self.left[place] for place in ranked], ranked), strict=True)
        )

    def ranked(self, places: Iterable[int]) -> list[int]:
        """The places in an order that does not depend on the order of the lines."""
        return sorted(places, key=self.rank.__getitem__)

    def share(self, amount: int, weights: list[int], places: Sequence[int]) -> list[int]:
        """Split money in proportion to the weights of things on these lines; the odd cent goes where the program says.

        Equal remainders go by the order given, which is not that of the lines.
        """
        if self.terms.odd_cent == "largest_remainder":
            return shared(amount, weights)
        turns = sorted(range(len(places)), key=places.__getitem__, reverse=self.terms.odd_cent == "last_line")
        pieces = dict(zip(turns, shared_in_turn(amount, [weights[turn] for turn in turns]), strict=True))
        return [pieces[turn] for turn in range(len(places))]

    def take_off_each(self, amounts: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
        """Take the given money off each line."""
        taken = [(place, amount) for place, amount in sorted(amounts) if amount]
        for place, amount in taken:
            self.left[place] -= amount
        return tuple([Piece(line=place, quantity=self.paid_units[place], amount=amount) for place, amount in taken])


def _content(line: Line) -> tuple[object, ...]:
    return line.sku, line.unit_price, line.quantity, line.discount, line.tax, line.name, line.categories, line.kind


def name_of(effect: Discount | UseVoucher) -> str:
    """What took money off: a rule, or a voucher by its code."""
    return effect.code if isinstance(effect, UseVoucher) else effect.rule
