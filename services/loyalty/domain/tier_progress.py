"""Where a customer stands on the ladder: worked out from what their purchases are now, and from nothing else.

Source: docs/rules/tiers.md, docs/adr/0040-tiers-follow-the-baskets.md.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from services.loyalty.domain.effects import Accrue, Effect, Pay
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.tier import LifetimeWindow, RollingWindow, Tier, Tiers

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a customer qualified with, by the slot of the window that it is counted in.

    `best` is the most that a window held up to the latest slot, kept where no tier is ever lost.
    """

    amounts: Mapping[date, int]
    best: int = 0

    @property
    def latest(self) -> date:
        """The latest slot there is."""
        return max(self.amounts, default=date.min)


NO_PROGRESS = Progress(amounts={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A tier that somebody gave by hand: not below it up to and with its last day."""

    tier: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The segments a customer is in; and of those they left, up to which tier and day it is as if they had not."""

    segments: Collection[str] = ()
    kept: Mapping[str, Floor] = field(default_factory=dict)


IN_NO_SEGMENT = Admission()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The tier that was last noted, the first day of it, and its last one as it looked then."""

    tier: str | None
    since: date | None
    ends_on: date | None


NOT_TOLD = Told(tier=None, since=None, ends_on=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From one tier to another, which begins on that day; its last day, as it looks then."""

    on: date
    before: str | None
    after: str | None
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """Where a customer stands on a day. Amounts are units, minor units of money, or purchases.

    `ends_on` is the last day of the tier if nothing more comes; None when it does not end. `counted` is what the
    window holds; `missing` is what the next tier takes beyond it; `needed` is what staying takes beyond it, until
    then: 0 when nothing is, and None when no purchase helps. `closed` are the tiers above, up to the next one, that are
    for segments the customer is not in.
    """

    tier: Tier | None
    ends_on: date | None
    counted: int
    next_tier: Tier | None
    missing: int | None
    needed: int | None
    falls_to: Tier | None
    closed: tuple[Tier, ...] = ()


@dataclass(frozen=True)
class TierRules:
    """A program's tiers with all that it takes to apply them."""

    tiers: Tiers
    unit: str
    currency: str
    zone: ZoneInfo

    @cached_property
    def key(self) -> str:
        """The same for rules that count the same: what was counted under others is counted anew."""
        unsaid: dict[str, Any] = {"warning_days": True, "ladder": {"__all__": {"name"}}}
        if not self.tiers.segments:
            unsaid = {"warning_days": True, "on_leaving": True, "ladder": {"__all__": {"name", "segment"}}}
        told = self.tiers.model_dump_json(exclude=unsaid)
        return sha256(f"{told} {self.unit} {self.currency} {self.zone.key}".encode()).hexdigest()[:32]

    @property
    def counts(self) -> str:
        """What is counted: a wallet's unit, a currency, or visits."""
        return {"earned": self.unit, "spend": self.currency, "visits": "visits"}[self.tiers.basis]

    def day(self, at: datetime) -> date:
        """The day it is in the shop."""
        return local_date(at, self.zone)

    def amount(self, due: int, effects: Iterable[Effect]) -> int:
        """What a purchase counts: a visit, new money that it brought, or units that its rules gave."""
        match self.tiers.basis:
            case "visits":
                return 1
            case "spend":
                return due - sum([effect.amount for effect in effects if isinstance(effect, Pay)])
            case "earned":
                return sum([e.amount for e in effects if isinstance(e, Accrue) and e.unit == self.unit])

    def progress(self, by_day: Iterable[tuple[date, int]]) -> Progress:
        """The progress that purchases of these days come to."""
        amounts: dict[date, int] = {}
        for day, amount in sorted(by_day):
            slot = self.tiers.window.slot(day)
            if amount:
                amounts[slot] = amounts.get(slot, 0) + amount
        return Progress(amounts=amounts)

    def add(self, progress: Progress, day: date, amount: int) -> Progress:
        """The same with one purchase more, of a day in the latest slot or after it."""
        if not amount:
            return progress
        slot = self.tiers.window.slot(day)
        return replace(progress, amounts={**progress.amounts, slot: progress.amounts.get(slot, 0) + amount})

    def compact(self, progress: Progress) -> Progress:
        """What is left when slots are forgotten that say nothing any more about the days from the latest on."""
        latest, tiers = progress.latest, self.tiers
        best = progress.best
        if tiers.downgrade == "never":
            best = max([best, *(amount for _slot, amount in self._windows(progress, latest))])
        kept = {slot: amount for slot, amount in progress.amounts.items() if latest < self._forgotten_on(slot)}
        return Progress(amounts=kept, best=best)

    def counted(self, progress: Progress, day: date) -> int:
        """What the window holds on that day."""
        window = self.tiers.window
        return sum([a for slot, a in progress.amounts.items() if slot <= day < window.counts_until(slot)])

    def level(self, progress: Progress, day: date) -> int:
        """The step the customer stands on that day by what they qualified with."""
        levels = [self.tiers.level(self.counted(progress, day))]
        if self.tiers.downgrade == "never":
            levels.append(self.tiers.level(progress.best))
        if self.tiers.downgrade != "at_once":
            levels += [self._left_of(slot, amount, day) for slot, amount in self._windows(progress, day)]
        return max(levels)

    def open_level(self, progress: Progress, admission: Admission, day: date) -> int:
        """The highest step, of those the customer qualified for, that is open to them that day."""
        level = self.level(progress, day)
        while level and not self._is_open(level, admission, day):
            level -= 1
        return level

    def tier_on(
        self, progress: Progress, floor: Floor | None, day: date, admission: Admission = IN_NO_SEGMENT
    ) -> Tier | None:
        """The tier the customer is in on that day."""
        return self.tiers.at_level(max(self.open_level(progress, admission, day), self._floor_level(floor, day)))

    def kept_on_leaving(self, progress: Progress, admission: Admission, segment: str, day: date) -> Floor | None:
        """What a customer who leaves a segment that day keeps of it for a time: a tier for it in which they are."""
        level = self.open_level(progress, admission, day)
        tier = self.tiers.at_level(level)
        if tier is None or tier.segment != segment or self.tiers.on_leaving == "at_once":
            return None
        until = self._ends_on(progress, level, day) if self.tiers.on_leaving == "end_of_term" else None
        return Floor(tier=tier.id, until=until or date.max)

    def standing(
        self, progress: Progress, floor: Floor | None, day: date, admission: Admission = IN_NO_SEGMENT
    ) -> TierStanding:
        """Where the customer stands on that day, and what would change it."""
        earned, given = self.open_level(progress, admission, day), self._floor_level(floor, day)
        level = max(earned, given)
        ends = [self._ends_on(progress, earned, day), self._shut_on(earned, admission)]
        ends_on = min([end for end in ends if end is not None], default=None)
        if floor is not None and given > earned:
            ends_on = floor.until
        elif floor is not None and given == earned and ends_on is not None:
            ends_on = max(ends_on, floor.until)
        tier, counted = self.tiers.at_level(level), self.counted(progress, day)
        above = range(level + 1, len(self.tiers.ladder) + 1)
        next_level = next((step for step in above if self._is_open(step, admission, day)), 0)
        next_tier = self.tiers.at_level(next_level)
        stays = level > 0 and self._is_open(level, admission, date.max)
        needed = self._needed(progress, tier, ends_on, counted) if tier and ends_on and stays else None
        return TierStanding(
            tier=tier,
            ends_on=ends_on,
            counted=counted,
            next_tier=next_tier,
            missing=next_tier.threshold - counted if next_tier else None,
            needed=needed,
            falls_to=self.tier_on(progress, floor, ends_on + A_DAY, admission) if ends_on else None,
            closed=self.tiers.ladder[level : next_level - 1 if next_level else None],
        )

    def moves(
        self,
        told: Told,
        progress: Progress,
        floor: Floor | None,
        day: date,
        admission: Admission = IN_NO_SEGMENT,
    ) -> tuple[list[Move], Told]:
        """What became of the customer from what was last noted up to that day, step by step; and what is so then."""
        moves: list[Move] = []
        while told.ends_on is not None and told.ends_on < day:
            told = self._moved(moves, told, progress, floor, told.ends_on + A_DAY, admission)
        return moves, self._moved(moves, told, progress, floor, day, admission)

    def _moved(
        self,
        moves: list[Move],
        told: Told,
        progress: Progress,
        floor: Floor | None,
        day: date,
        admission: Admission,
    ) -> Told:
        standing = self.standing(progress, floor, day, admission)
        tier = standing.tier.id if standing.tier else None
        if tier != told.tier:
            moves.append(Move(on=day, before=told.tier, after=tier, ends_on=standing.ends_on))
        since = day if tier != told.tier else told.since
        return Told(tier=tier, since=since if tier else None, ends_on=standing.ends_on)

    def _windows(self, progress: Progress, day: date) -> Iterator[tuple[date, int]]:
        """What the window held on the day of each slot up to that day."""
        counts_until = self.tiers.window.counts_until
        slots = sorted(slot for slot in progress.amounts if slot <= day)
        held = oldest = 0
        for slot in slots:
            held += progress.amounts[slot]
            while counts_until(slots[oldest]) <= slot:
                held -= progress.amounts[slots[oldest]]
                oldest += 1
            yield slot, held

    def _left_of(self, slot: date, amount: int, day: date) -> int:
        """What is left on that day of the step that a window was good for."""
        level = self.tiers.level(amount)
        if self.tiers.downgrade == "never":
            return level
        if self.tiers.downgrade == "full_drop":
            return level if day < self._falls_on(slot, 1) else 0
        fallen = 0
        while fallen < level and day >= self._falls_on(slot, fallen + 1):
            fallen += 1
        return level - fallen

    def _falls_on(self, slot: date, terms: int) -> date:
        """The first day on which a customer is lower, that many terms after the slot, when grace is over."""
        over = self.tiers.window.term_over(slot, terms)
        return over if over == date.max else over + timedelta(days=self.tiers.grace_days)

    def _forgotten_on(self, slot: date) -> date:
        """The first day of which the slot says nothing any more."""
        terms = {"one_step": len(self.tiers.ladder), "full_drop": 1}.get(self.tiers.downgrade, 0)
        # A day of a rolling window also counts for the days after it, as long as the window.
        return self._falls_on(slot, terms + isinstance(self.tiers.window, RollingWindow))

    def _ends_on(self, progress: Progress, level: int, day: date) -> date | None:
        """The last day on which the customer is still on the step, if nothing more comes."""
        tiers = self.tiers
        if level <= tiers.level(0) or tiers.downgrade == "never" or isinstance(tiers.window, LifetimeWindow):
            return None
        if tiers.downgrade == "at_once":
            return self._window_thins_on(progress, level, day) - A_DAY
        held = [(slot, tiers.level(amount)) for slot, amount in self._windows(progress, day)]
        one_step = tiers.downgrade == "one_step"
        falls = [
            self._falls_on(slot, reached - level + 1 if one_step else 1) for slot, reached in held if reached >= level
        ]
        return max(falls) - A_DAY

    def _window_thins_on(self, progress: Progress, level: int, day: date) -> date:
        """The first day on which the window holds too little for the step, if nothing more comes."""
        window = self.tiers.window
        held = self.counted(progress, day)
        for slot in sorted(slot for slot in progress.amounts if slot <= day < window.counts_until(slot)):
            held -= progress.amounts[slot]
            if self.tiers.level(held) < level:
                return window.counts_until(slot)
        raise AssertionError("an empty window is good for no more than the lowest step")

    def _needed(self, progress: Progress, tier: Tier, ends_on: date, counted: int) -> int:
        if not isinstance(self.tiers.window, RollingWindow):
            return max(0, tier.threshold - counted)
        # By the end less of what was bought still counts; and where all of it does, it takes a purchase to begin anew.
        thinnest = ends_on + A_DAY if self.tiers.downgrade == "at_once" else ends_on
        return max(1, tier.threshold - self.counted(progress, thinnest))

    def _is_open(self, level: int, admission: Admission, day: date) -> bool:
        segment = self.tiers.ladder[level - 1].segment
        if segment is None or segment in admission.segments:
            return True
        kept = admission.kept.get(segment)
        return kept is not None and level <= self._floor_level(kept, day)

    def _shut_on(self, level: int, admission: Admission) -> date | None:
        """The last day on which the step is open to the customer, where they left its segment and keep it a while."""
        segment = self.tiers.ladder[level - 1].segment if level else None
        kept = admission.kept.get(segment) if segment is not None and segment not in admission.segments else None
        return kept.until if kept is not None and kept.until < date.max else None

    def _floor_level(self, floor: Floor | None, day: date) -> int:
        return self.tiers.level_of(floor.tier) if floor is not None and day <= floor.until else 0
