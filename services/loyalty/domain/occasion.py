"""What rules look at and act on, whatever they are about."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Self

from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Effect
from services.loyalty.domain.misses import UNMET, Miss, Shortfall, miss_of
from services.loyalty.domain.tally import NOTHING_USED, Used
from services.loyalty.domain.terms import Terms

# The rules that are shut out by others of their groups, each with the one that is applied instead.
ShutOut = Mapping[str, str | None]
NOBODY: ShutOut = {}


class Occasion:
    """A customer at a moment, what rules gave before, and what they did so far. Rules in `shut` are not to apply."""

    def __init__(
        self,
        terms: Terms,
        customer: CustomerFacts | None,
        at: datetime,
        used: Used = NOTHING_USED,
        shut: ShutOut = NOBODY,
    ) -> None:
        self.terms = terms
        self.customer = customer
        self.at = at
        self.used = used
        self.shut = shut
        self.effects: list[Effect] = []
        self.misses: list[Miss] = []
        self._local: datetime | None = None
        self._lives: dict[str, tuple[datetime, datetime | None]] = {}

    @property
    def local(self) -> datetime:
        """The moment by the shop's clock."""
        if self._local is None:
            self._local = self.at.astimezone(self.terms.zone)
        return self._local

    def life_of_units(self, unit: str) -> tuple[datetime, datetime | None]:
        """When such units earned now can be spent, and when they die."""
        if unit not in self._lives:
            self._lives[unit] = self.terms.life_of_units(unit, self.at)
        return self._lives[unit]

    def trial(self) -> Self:
        """An occasion as this one is now, to try a rule on: nothing that happens to it happens to this one."""
        trial = copy(self)
        trial.effects, trial.misses = [], []
        return trial

    def adopt(self, trial: Self) -> None:
        """Let what happened to a trial have happened here."""
        self.effects.extend(trial.effects)
        self.misses.extend(trial.misses)

    def miss(
        self,
        rule: str | None,
        condition: str,
        shortfall: Shortfall = UNMET,
        code: str | None = None,
        *,
        instead: str | None = None,
        again_at: datetime | None = None,
        wallet: str | None = None,
    ) -> None:
        """Say why a rule did nothing."""
        self.misses.append(miss_of(rule, condition, shortfall, code, instead, again_at, wallet))
