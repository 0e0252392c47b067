"""Which rules of a group go together. Source: docs/rules/stacking.md."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from math import prod
from operator import itemgetter
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.evaluation import Evaluation
from services.loyalty.domain.occasion import ShutOut
from services.loyalty.domain.rules.rule import RuleDocument, RuleId

COMBINATIONS_MAX = 256


class Group(BaseModel):
    """How the rules of a group go together: all of them, only the first by priority, or only the best for the customer.

    Whatever the mode, an exclusive rule of the group that applies shuts out the others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: RuleId
    mode: Literal["stackable", "first", "best"] = "stackable"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a group may come to: `rule` applies alone; or none of those in `silent` does, and nobody is shut out.

    Of the choices of a group that hold, the one of the lowest rank is taken; among equals, the best for the customer.
    """

    rank: int
    rule: str | None
    shut: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()

    def holds(self, applied: frozenset[str]) -> bool:
        """Whether it came out like that."""
        return self.rule in applied if self.rule else self.silent.isdisjoint(applied)


def choices_of(rules: Sequence[RuleDocument], groups: Iterable[Group]) -> tuple[tuple[Choice, ...], ...]:
    """What each group may come to, in the order of the groups' first rules; groups with nothing to choose left out."""
    modes = {group.id: group.mode for group in groups}
    names = dict.fromkeys(rule.group for rule in rules if rule.group)
    members = {name: sorted((r for r in rules if r.group == name), key=lambda r: r.priority) for name in names}
    ways = [_ways(tuple(members[name]), modes.get(name, "stackable")) for name in names]
    return tuple(way for way in ways if len(way) > 1)


def _ways(members: Sequence[RuleDocument], mode: str) -> tuple[Choice, ...]:
    everybody = frozenset(rule.id for rule in members)
    exclusive = [rule.id for rule in members if rule.exclusive]
    others = [rule.id for rule in members if not rule.exclusive and mode != "stackable"]
    first = len(exclusive)
    ranks = [*range(first), *(first + (place if mode == "first" else 0) for place in range(len(others)))]
    alone = [
        Choice(rank, rule, shut=everybody - {rule}) for rank, rule in zip(ranks, [*exclusive, *others], strict=True)
    ]
    silent = frozenset([*exclusive, *others])
    if mode != "best":
        return (*alone, Choice(len(members), None, silent=silent))
    # A unit that serves this group's set is missing in another's: the best may be that none of the group applies.
    return (*alone, Choice(first, None, silent=silent), Choice(first, None, shut=everybody))


def combinations(choices: Sequence[Sequence[Choice]]) -> int:
    """How many ways there are to choose for all groups together."""
    return prod(len(ways) for ways in choices)


def stacked(choices: Sequence[Sequence[Choice]], apply: Callable[[ShutOut], Evaluation]) -> Evaluation:
    """Apply the program with the rules that each group lets through.

    Every combination of choices is tried in the order of their ranks until some hold; of those with the same ranks the
    one is taken that leaves least to pay, then the one that earns most, then the one whose rules come first.
    """
    ranked = sorted(product(*choices), key=_ranks)
    for _ranks_of_all, equals in groupby(ranked, key=_ranks):
        outcomes = list(_outcomes(equals, apply))
        if outcomes:
            return min(outcomes, key=itemgetter(0))[1]
    # Rules that depend on each other in a circle: those that would have to stand alone are left out.
    return apply({rule: None for ways in choices for choice in ways if (rule := choice.rule)})


def _ranks(chosen: Sequence[Choice]) -> tuple[int, ...]:
    return tuple([choice.rank for choice in chosen])


def _outcomes(
    combined: Iterable[Sequence[Choice]], apply: Callable[[ShutOut], Evaluation]
) -> Iterator[tuple[tuple[int, int], Evaluation]]:
    for chosen in combined:
        evaluation = apply({rule: choice.rule for choice in chosen for rule in choice.shut})
        applied = frozenset(effect.rule for effect in evaluation.effects if hasattr(effect, "rule"))
        if all(choice.holds(applied) for choice in chosen):
            yield (evaluation.totals.due, -_units_earned(evaluation)), evaluation


def _units_earned(evaluation: Evaluation) -> int:
    return sum([effect.amount for effect in evaluation.effects if isinstance(effect, Accrue)])
