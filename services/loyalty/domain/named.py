"""What the rules of a program name that the program itself does not say. Source: docs/rules/programs.md."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from services.loyalty.domain.conditions import HasPlan, InSegment, InTier
from services.loyalty.domain.program import ProgramDocument, draw_of, instant_win_of
from services.loyalty.domain.rules.rule import RuleDocument

Thing = Literal["coupon_campaign", "draw", "instant_win", "plan", "segment", "tier"]


class Named(NamedTuple):
    """A rule names a thing."""

    rule: str
    thing: Thing
    name: str


def named_by(document: ProgramDocument) -> Iterator[Named]:
    """What has to be there beside the program, rule by rule. Plans and tiers that it has are not among it."""
    plans = {plan.id for plan in document.all_plans()}
    tiers = {tier.id for tier in document.tiers.ladder} if document.tiers else set()
    for rule in document.rules:
        if rule.campaign is not None:
            yield Named(rule.id, "coupon_campaign", rule.campaign)
        if (draw := draw_of(rule)) is not None:
            yield Named(rule.id, "draw", draw)
        if (instant_win := instant_win_of(rule)) is not None:
            yield Named(rule.id, "instant_win", instant_win)
        yield from _asked_by(rule, plans, tiers)


def _asked_by(rule: RuleDocument, plans: set[str], tiers: set[str]) -> Iterator[Named]:
    for condition in rule.conditions:
        match condition:
            case HasPlan():
                yield from (Named(rule.id, "plan", plan) for plan in sorted(condition.plans - plans))
            case InSegment():
                yield from (Named(rule.id, "segment", segment) for segment in sorted(condition.segments))
            case InTier():
                yield from (Named(rule.id, "tier", tier) for tier in sorted(condition.tiers - tiers))
