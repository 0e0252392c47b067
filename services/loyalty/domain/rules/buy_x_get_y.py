"""Buy so many, get so many free, in one basket. Source: docs/rules/buy-x-get-y.md."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import Label
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Discount, Give
from services.loyalty.domain.misses import Shortfall
from services.loyalty.domain.percent import WHOLE, Percent, percentage
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import EVERYTHING, Selector
from services.loyalty.domain.sets import Candidates
from services.loyalty.domain.units import Pick, worth
from services.loyalty.domain.written import ONE_LINE

Side = Annotated[int, Field(strict=True, ge=1, le=100)]


class Article(BaseModel):
    """Something to hand over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: Label
    name: Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)] = ""


class BuyXGetY(RuleDocument):
    """For every `buy` units paid, `get` units free or at a percentage off.

    Counted `among` the units of the basket, a set is `buy + get` of them; those to get may have a selector of their
    own. Counted `on_top`, a set is `buy` units and the free ones are handed over besides: the same article, the one in
    `items`, or what the customer chose of several. A unit serves one set only. With `sets_within` a sku, units of
    different articles make no set together.
    """

    kind: Literal["buy_x_get_y"]
    buy: Side = 2
    get: Side = 1
    counting: Literal["among", "on_top"] = "among"
    free_unit: Literal["cheapest", "dearest", "chosen"] = "cheapest"
    percent_off: Percent = WHOLE
    rounding: Rounding = Rounding.HALF_UP
    sets_max: Annotated[int, Field(strict=True, ge=1)] | None = None
    sets_within: Literal["selection", "sku"] = "selection"
    selector: Selector = EVERYTHING
    get_selector: Selector | None = None
    items: Annotated[tuple[Article, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _gives_what_it_can(self) -> Self:
        on_top = self.counting == "on_top"
        if on_top and self.percent_off != WHOLE:
            raise ValueError("units given on top are free: percent_off is for units in the basket")
        if on_top and self.get_selector is not None:
            raise ValueError("units given on top are not in the basket: name them in items")
        if self.items and not on_top:
            raise ValueError("items are handed over on top: select units in the basket with get_selector")
        if on_top and (self.free_unit == "chosen") != (len(self.items) > 1):
            raise ValueError("the customer chooses among several items, and several items are chosen among")
        if self.sets_within == "sku" and self.get_selector is not None:
            raise ValueError("sets within a sku have one selector")
        return self

    def apply(self, cart: Cart) -> None:
        """Make the sets, and say what is missing for another one."""
        candidates = self._candidates(cart)
        sets = sum([each.sets for each in candidates])
        if self.sets_max is None or sets < self.sets_max:
            self._offer_more(cart, candidates, sets)
        else:
            self._make_fewer(candidates, self.sets_max)
        if not sets:
            return
        if self.counting == "among":
            self._discount(cart, candidates)
        else:
            self._give_on_top(cart, candidates)

    def _candidates(self, cart: Cart) -> list[Candidates]:
        """What sets are made of; the first have the first go when the rule makes only so many."""
        picks = cart.pick_loose(self.selector)
        get = self.get if self.counting == "among" else 0
        if self.sets_within == "selection":
            gets = cart.pick_loose(self.get_selector) if self.get_selector else None
            return [Candidates(self.buy, get, picks, gets)]
        by_sku: dict[str, list[Pick]] = {}
        for pick in picks if self.free_unit != "dearest" else picks[::-1]:
            _, _, place, _ = pick
            by_sku.setdefault(cart.lines.skus[place], []).append(pick)
        return [Candidates(self.buy, get, sorted(same)) for same in by_sku.values() or ([],)]

    def _make_fewer(self, candidates: Iterable[Candidates], more: int) -> None:
        for each in candidates:
            each.sets = min(each.sets, more)
            more -= each.sets

    def _offer_more(self, cart: Cart, candidates: Iterable[Candidates], sets: int) -> None:
        offers = [(each.missing(), ready) for each in candidates if (ready := each.lacks_only_gets()) or not sets]
        if offers:
            missing, ready = min(offers)
            condition = "free_unit" if ready and self.get_selector else self.kind
            cart.miss(self.id, condition, Shortfall(missing, "units"))

    def _discount(self, cart: Cart, candidates: Iterable[Candidates]) -> None:
        free: list[Pick] = []
        for each in candidates:
            got, bought = each.draw(self._in_order(cart, each.buys if each.gets is None else each.gets))
            cart.use(bought)
            free += got
        if self.percent_off == WHOLE:
            amount, pieces = worth(free), cart.give_away(free)
        else:
            amount = percentage(worth(free), self.percent_off, self.rounding)
            pieces = cart.reduce(free, amount)
        cart.effects.append(Discount(rule=self.id, amount=amount, pieces=pieces, code=self.code))

    def _in_order(self, cart: Cart, picks: list[Pick]) -> list[Pick]:
        """The units in the order in which they come free."""
        if self.free_unit == "cheapest":
            return picks
        return picks[::-1] if self.free_unit == "dearest" else self._chosen_first(cart, picks)

    def _chosen_first(self, cart: Cart, picks: Iterable[Pick]) -> list[Pick]:
        wanted = cart.chosen(self.id)
        chosen: list[Pick] = []
        others: list[Pick] = []
        for price, rank, place, quantity in picks:
            sku = cart.lines.skus[place]
            now = min(wanted[sku], quantity)
            wanted[sku] -= now
            if now:
                chosen.append((price, rank, place, now))
            if now < quantity:
                others.append((price, rank, place, quantity - now))
        return chosen + others

    def _give_on_top(self, cart: Cart, candidates: Iterable[Candidates]) -> None:
        units = 0
        for each in candidates:
            cart.use(each.draw(each.buys)[1])
            units += each.sets * self.get
            if each.sets and not self.items:
                _, _, place, _ = self._in_order(cart, each.buys)[0]
                line = cart.basket.lines[place]
                self._give(cart, Article(sku=line.sku, name=line.name), each.sets * self.get)
        if len(self.items) == 1:
            self._give(cart, self.items[0], units)
        elif self.items:
            self._give_chosen(cart, units)

    def _give_chosen(self, cart: Cart, units: int) -> None:
        wanted = cart.chosen(self.id)
        for item in self.items:
            now = min(wanted[item.sku], units)
            units -= now
            if now:
                self._give(cart, item, now)
        if units:
            cart.miss(self.id, "choice", Shortfall(units, "units"))

    def _give(self, cart: Cart, item: Article, quantity: int) -> None:
        cart.effects.append(Give(rule=self.id, sku=item.sku, name=item.name, quantity=quantity))
