"""A basket while a program is applied to it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Self

from kernel.money import shared, shared_in_turn
from kernel.points import Rounding
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.coupon import CouponFacts
from services.loyalty.domain.coupons import usable_coupons
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Discount, Piece, UseVoucher
from services.loyalty.domain.lines import Lines
from services.loyalty.domain.occasion import NOBODY, Occasion, ShutOut
from services.loyalty.domain.percent import quotient
from services.loyalty.domain.selector import NONE, Selector
from services.loyalty.domain.tally import NOTHING_USED, Used
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.units import Pick, prices


class Cart(Occasion):
    """What is left to pay of each line, which of its units are still loose, and what the rules did so far.

    A unit is loose until it serves a set or is given away: a line has `loose_units`, and they cost `loose_money`
    together. `loose_then` is what was left of the line when somebody last looked at them. Everything is by the line's
    place in the basket. `order_wide` names the rules and vouchers that took something off the whole order.
    """

    def __init__(
        self,
        terms: Terms,
        basket: Basket,
        lines: Lines,
        customer: CustomerFacts | None,
        at: datetime,
        used: Used = NOTHING_USED,
        shut: ShutOut = NOBODY,
    ) -> None:
        super().__init__(terms, customer, at, used, shut)
        self.basket = basket
        self.lines = lines
        self.left = lines.totals.copy()
        self.paid_units = list(lines.quantities)
        self.loose_units = self.paid_units.copy()
        self.loose_money = self.left.copy()
        self.loose_then = self.left.copy()
        self.codes = {terms.plain_code(code) for code in basket.codes} if basket.codes else NONE
        self.order_wide: set[str] = set()
        self._coupons: Mapping[str, CouponFacts] | None = None
        self._order_wide_off: dict[int, int] | None = None

    @property
    def coupons(self) -> Mapping[str, CouponFacts]:
        """The coupons shown that can be used, by their campaigns."""
        if self._coupons is None:
            self._coupons = usable_coupons(self.used.coupons, self.local.date(), known=self.customer is not None)
        return self._coupons

    def places(self, selector: Selector) -> Sequence[int]:
        """The places of the selected lines, whatever they cost."""
        return selector.select(self.lines)

    def select(self, selector: Selector) -> Sequence[int]:
        """The places of the selected lines that still cost something: what is free counts towards nothing."""
        left, places = self.left, selector.select(self.lines)
        return [place for place in places if left[place]] if 0 in left else places

    def chosen(self, rule: str) -> Counter[str]:
        """How many units of which sku the customer chose to have at a rule's offer."""
        wanted: Counter[str] = Counter()
        for choice in self.basket.choices:
            if choice.rule == rule:
                wanted[choice.sku] += choice.quantity
        return wanted

    def count_units(self, selector: Selector) -> int:
        """How many of the selected units are paid for."""
        return sum(map(self.paid_units.__getitem__, self.select(selector)))

    def pick_loose(self, selector: Selector) -> list[Pick]:
        """The selected units that serve no set yet and cost something, the cheapest first."""
        left, loose_then = self.left, self.loose_then
        places = self.select(selector)
        for place in places:
            if loose_then[place] != left[place]:
                self._look_at_loose(place)
        return self._picks(places, self.loose_units, self.loose_money)

    def pick_paid(self, places: Iterable[int]) -> list[Pick]:
        """The units of the lines that cost something, whether they serve a set or not, the cheapest first."""
        return self._picks(places, self.paid_units, self.left)

    def _picks(self, places: Iterable[int], units: Sequence[int], money: Sequence[int]) -> list[Pick]:
        ranks = self.lines.ranks
        picks: list[Pick] = []
        for place in places:
            for price, quantity in prices(units[place], money[place]):
                if price:
                    picks.append((price, ranks[place], place, quantity))
        picks.sort()
        return picks

    def _look_at_loose(self, place: int) -> None:
        """Let a line's loose units bear their part of what was taken off the line since they were last looked at."""
        left = self.left[place]
        self.loose_units[place] = min(self.loose_units[place], self.paid_units[place])
        self.loose_money[place] = self.loose_money[place] * left // self.loose_then[place]
        self.loose_then[place] = left

    def undiscounted(self, place: int) -> int:
        """What the units of a line that are paid for cost before any rule: those given away were the cheaper ones."""
        price, dearer = divmod(self.lines.totals[place], self.lines.quantities[place])
        paid = self.paid_units[place]
        return price * paid + min(dearer, paid)

    @property
    def order_wide_off(self) -> Mapping[int, int]:
        """What discounts of the whole order took off each line. Asked when all prices are settled."""
        if self._order_wide_off is None:
            self._order_wide_off = self._taken_off_the_order()
        return self._order_wide_off

    def _taken_off_the_order(self) -> dict[int, int]:
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
        trial.loose_units, trial.loose_money = self.loose_units.copy(), self.loose_money.copy()
        trial.loose_then = self.loose_then.copy()
        return trial

    def adopt(self, trial: Self) -> None:
        """Let what happened to a trial have happened to this cart."""
        super().adopt(trial)
        self.left, self.paid_units = trial.left, trial.paid_units
        self.loose_units, self.loose_money, self.loose_then = trial.loose_units, trial.loose_money, trial.loose_then

    def use(self, picks: Iterable[Pick]) -> None:
        """Count loose units to a set: they can serve no other."""
        units, money = self.loose_units, self.loose_money
        for price, _, place, quantity in picks:
            units[place] -= quantity
            money[place] -= price * quantity

    def give_away(self, picks: Sequence[Pick]) -> tuple[Piece, ...]:
        """Make loose units free: they count towards nothing from here on."""
        for _, _, place, quantity in picks:
            self.paid_units[place] -= quantity
        return self._reduce(picks, [price * quantity for price, _, _, quantity in picks])

    def reduce(self, picks: Sequence[Pick], amount: int) -> tuple[Piece, ...]:
        """Take money off loose units in proportion to their prices; they have served a set then."""
        weights = [price * quantity for price, _, _, quantity in picks]
        return self._reduce(picks, self.share(amount, weights, [place for _, _, place, _ in picks]))

    def reduce_paid(self, picks: Sequence[Pick], amounts: Sequence[int]) -> tuple[Piece, ...]:
        """Take the given money off units, loose or not. Those it makes free count towards nothing from here on."""
        for (price, _, place, quantity), amount in zip(picks, amounts, strict=True):
            if amount == price * quantity:
                self.paid_units[place] -= quantity
        return self._take(picks, amounts)

    def _reduce(self, picks: Sequence[Pick], amounts: Sequence[int]) -> tuple[Piece, ...]:
        self.use(picks)
        pieces = self._take(picks, amounts)
        left, loose_then = self.left, self.loose_then
        for _, _, place, _ in picks:
            loose_then[place] = left[place]
        return pieces

    def _take(self, picks: Sequence[Pick], amounts: Sequence[int]) -> tuple[Piece, ...]:
        left = self.left
        taken: dict[int, tuple[int, int]] = {}
        for (_, _, place, quantity), amount in zip(picks, amounts, strict=True):
            left[place] -= amount
            if place in taken:
                units, off = taken[place]
                taken[place] = units + quantity, off + amount
            else:
                taken[place] = quantity, amount
        pieces: list[Piece] = []
        for place in sorted(taken):
            units, off = taken[place]
            if off:
                pieces.append(Piece(line=place, quantity=units, amount=off))
        return tuple(pieces)

    def take_off(self, amount: int, places: Iterable[int]) -> tuple[Piece, ...]:
        """Take money off lines in proportion to what is left to pay for them; not more than that is."""
        ranked = self.ranked(places)
        return self.take_off_each(
            zip(ranked, self.share(amount, [self.left[place] for place in ranked], ranked), strict=True)
        )

    def ranked(self, places: Iterable[int]) -> list[int]:
        """The places in an order that does not depend on the order of the lines."""
        return sorted(places, key=self.lines.ranks.__getitem__)

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
        left, paid_units = self.left, self.paid_units
        pieces: list[Piece] = []
        for place, amount in sorted(amounts):
            if amount:
                left[place] -= amount
                pieces.append(Piece(line=place, quantity=paid_units[place], amount=amount))
        return tuple(pieces)


def name_of(effect: Discount | UseVoucher) -> str:
    """What took money off: a rule, or a voucher by its code."""
    return effect.code if isinstance(effect, UseVoucher) else effect.rule
