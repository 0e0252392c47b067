"""An award for reaching a goal within a period, or in several in a row. Source: docs/rules/challenge.md."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from services.loyalty.domain.award import Award
from services.loyalty.domain.basket import MONEY_MAX, Label
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Accrue, Achieve, Advance, Effect, IssueVoucher, Step
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.misses import UNMET, MissUnit, Shortfall
from services.loyalty.domain.period import Period, earlier_start
from services.loyalty.domain.rules.rule import RuleDocument, RuleId
from services.loyalty.domain.selector import EVERYTHING, Selector
from services.loyalty.domain.tally import EVER, Tally
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.written import UnitName

Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Listed = Annotated[tuple[Label, ...], Field(max_length=20)]
IN_A_ROW: Mapping[Period, MissUnit] = {
    "day": "days",
    "week": "weeks",
    "month": "months",
    "quarter": "quarters",
    "year": "years",
}
# What was counted, by the first day of its period: what a counter shows.
Shown = Callable[[str, date], int]


class Goal(BaseModel):
    """What is to be reached. Each part of it has a counter, whose name says what it counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: ClassVar[MissUnit]

    at_least: Count

    @property
    def counters(self) -> tuple[str, ...]:
        """The names of what it counts."""
        return (self.unit,)

    def wallet_of(self, _terms: Terms) -> str | None:
        """The unit of the wallet it counts, where it counts one."""
        return None

    def done(self, shown: Callable[[str], int]) -> int:
        """How much of it was reached, by what its counters show."""
        return shown(self.unit)

    @abstractmethod
    def added(self, cart: Cart) -> Mapping[str, int]:
        """What a basket adds to each counter."""


class VisitsGoal(Goal):
    """So many purchases that did not come back as a whole."""

    unit: ClassVar[MissUnit] = "visits"

    kind: Literal["visits"]

    def added(self, cart: Cart) -> Mapping[str, int]:
        """One, unless all of it came back."""
        return {self.unit: int(any(cart.lines.quantities))}


class SpendGoal(Goal):
    """So much money, in minor units, of what was left to pay for the selected lines."""

    unit: ClassVar[MissUnit] = "money"

    kind: Literal["spend"]
    at_least: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)]
    selector: Selector = EVERYTHING

    def added(self, cart: Cart) -> Mapping[str, int]:
        """What was paid; by tenders that earn nothing, nothing."""
        left = sum([cart.left[place] for place in cart.select(self.selector)])
        return {self.unit: cart.paid_otherwise(left, cart.terms.tenders_not_earning)}


class UnitsGoal(Goal):
    """So many of the selected articles, none of them free."""

    unit: ClassVar[MissUnit] = "units"

    kind: Literal["units"]
    selector: Selector = EVERYTHING

    def added(self, cart: Cart) -> Mapping[str, int]:
        """The units that are paid for."""
        return {self.unit: cart.count_units(self.selector)}


class DifferentGoal(Goal):
    """So many different ones of the listed categories, or of the listed skus."""

    unit: ClassVar[MissUnit] = "kinds"

    kind: Literal["different"]
    at_least: Annotated[int, Field(strict=True, ge=2, le=20)]
    categories: Listed = ()
    skus: Listed = ()

    @model_validator(mode="after")
    def _lists_enough(self) -> Self:
        if bool(self.categories) == bool(self.skus):
            raise ValueError("list either categories or skus")
        if len(set(self.counters)) < max(self.at_least, len(self.counters)):
            raise ValueError("list each once, and as many as the goal asks for at the least")
        return self

    @property
    def counters(self) -> tuple[str, ...]:
        """One for each that is listed."""
        return (*[f"category:{name}" for name in self.categories], *[f"sku:{name}" for name in self.skus])

    def done(self, shown: Callable[[str], int]) -> int:
        """How many of the listed were bought."""
        return sum([shown(counter) > 0 for counter in self.counters])

    def added(self, cart: Cart) -> Mapping[str, int]:
        """The units of each that are paid for."""
        by_category = {f"category:{name}": Selector(categories=frozenset([name])) for name in self.categories}
        by_sku = {f"sku:{name}": Selector(skus=frozenset([name])) for name in self.skus}
        return {counter: cart.count_units(selector) for counter, selector in (by_category | by_sku).items()}


class EarnedGoal(Goal):
    """So many units of a wallet, the program's main one unless another is named, that the rules listed earned."""

    unit: ClassVar[MissUnit] = "wallet"

    kind: Literal["earned"]
    at_least: Annotated[int, Field(strict=True, ge=1, le=10**12)]
    of: Annotated[tuple[RuleId, ...], Field(min_length=1, max_length=100)]
    wallet: UnitName | None = None

    def wallet_of(self, terms: Terms) -> str | None:
        """The one that was named, or the main one."""
        return self.wallet or terms.unit

    def added(self, cart: Cart) -> Mapping[str, int]:
        """What the rules earned, before caps."""
        wallet = self.wallet_of(cart.terms)
        earned = [effect for effect in cart.effects if isinstance(effect, Accrue) and effect.rule in self.of]
        return {self.unit: sum([effect.amount for effect in earned if effect.unit == wallet])}


AnyGoal = Annotated[VisitsGoal | SpendGoal | UnitsGoal | DifferentGoal | EarnedGoal, Field(discriminator="kind")]


class Challenge(RuleDocument):
    """The `award` for reaching the `goal` within each period, or within so many periods `in_a_row`.

    Where `per` is ever, all time is one period. Sales for which its conditions hold count. Each period gives once,
    a further one in the row gives again; the whole challenge gives once where it is `once`.
    """

    needs_customer: ClassVar[bool] = True

    kind: Literal["challenge"]
    per: Period | Literal["ever"] = "month"
    goal: AnyGoal
    in_a_row: Annotated[int, Field(strict=True, ge=1, le=12)] = 1
    once: StrictBool = False
    award: Award

    @model_validator(mode="after")
    def _counts_by_itself(self) -> Self:
        if self.limits or self.cool_down:
            raise ValueError("a challenge gives once per period, or once: leave out limits and cool_down")
        if self.group is not None:
            raise ValueError("groups are of rules that look at one basket: leave out group")
        if self.per == "ever" and self.in_a_row > 1:
            raise ValueError("all time is one period: leave out in_a_row, or say per what")
        return self

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """Its counters in this period and those before it that matter, and whether it gave."""
        counters = [
            Tally(self.counter(name), "units", self.per, "customer", ago)
            for ago in range(self.in_a_row)
            for name in self.goal.counters
        ]
        return (*counters, self._given)

    @cached_property
    def _given(self) -> Tally:
        return Tally(self.id, "uses", "ever" if self.once else self.per, "customer")

    def counter(self, name: str) -> str:
        """What tallies call one of its counters: no rule has such an id."""
        return f"{self.id}:{name}"

    def period_of(self, at: datetime, terms: Terms) -> date:
        """The first day of the period of a moment, by the shop's clock."""
        return self.start(local_date(at, terms.zone))

    def start(self, day: date, ago: int = 0) -> date:
        """The first day of the day's period, or of one so many before it."""
        return EVER if self.per == "ever" else earlier_start(self.per, day, ago)

    def done(self, day: date, shown: Shown) -> int:
        """How much of the goal was reached in the day's period."""
        start = self.start(day)
        return self.goal.done(lambda name: shown(self.counter(name), start))

    def row(self, day: date, shown: Shown) -> int:
        """In how many periods in a row the goal was reached, the day's the last; no more than it asks for."""
        for ago in range(self.in_a_row):
            if self.done(self.start(day, ago), shown) < self.goal.at_least:
                return ago
        return self.in_a_row

    def row_before(self, day: date, shown: Shown) -> int:
        """The row that the day's period would go on: of those just before it."""
        for ago in range(1, self.in_a_row):
            if self.done(self.start(day, ago), shown) < self.goal.at_least:
                return ago - 1
        return self.in_a_row - 1

    def shown(self, day: date, amounts: Mapping[str, int]) -> Shown:
        """What its counters show, of tallies by their labels that were asked for on that day."""
        labels = {(tally.rule, tally.period_at(day)): tally.label for tally in self.tallies if tally.of == "units"}
        return lambda counter, starts_on: amounts.get(labels[counter, starts_on], 0)

    def gave(self, amounts: Mapping[str, int]) -> bool:
        """Whether it gave for this period, or once for all, by the same tallies."""
        return amounts.get(self._given.label, 0) > 0

    def runs_on(self, day: date) -> bool:
        """Whether the day is within its dates."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    def prize(self, starts_on: date, terms: Terms, at: datetime) -> tuple[Achieve | Accrue | IssueVoucher, ...]:
        """What it gives in the period that begins that day."""
        return (Achieve(rule=self.id, starts_on=starts_on), *self.award.effects(self.id, terms, at))

    def gives(self, effect: Effect) -> bool:
        """Whether an effect is part of its prize."""
        return isinstance(effect, Achieve | Accrue | IssueVoucher) and effect.rule == self.id

    def apply(self, cart: Cart) -> None:
        """Count the sale, and give the prize or say what is to go."""
        today = cart.local.date()
        added = {self.counter(name): amount for name, amount in self.goal.added(cart).items() if amount}
        before = self.shown(today, cart.used.amounts)

        def shown(counter: str, starts_on: date) -> int:
            return before(counter, starts_on) + (added.get(counter, 0) if starts_on == self.start(today) else 0)

        done, goal, wallet = self.done(today, shown), self.goal.at_least, self.goal.wallet_of(cart.terms)
        if added:
            steps = tuple([Step(counter=counter, amount=amount) for counter, amount in added.items()])
            unit = self.goal.unit
            cart.effects.append(Advance(rule=self.id, steps=steps, done=done, goal=goal, unit=unit, wallet=wallet))
        if done < goal:
            cart.miss(self.id, f"goal_{self.per}", Shortfall(goal - done, self.goal.unit), wallet=wallet)
        elif self.gave(cart.used.amounts):
            cart.miss(self.id, self.kind, UNMET)
        elif (row := self.row(today, shown)) < self.in_a_row:
            assert self.per != "ever"
            cart.miss(self.id, "in_a_row", Shortfall(self.in_a_row - row, IN_A_ROW[self.per]))
        else:
            cart.effects.extend(self.prize(self.start(today), cart.terms, cart.at))
