"""A tenant's set of rules: the document people write, and the same made ready to apply."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.loyalty.domain.award import Award
from services.loyalty.domain.conditions import HasPlan, InTier, JoinedWithin, OnBirthday
from services.loyalty.domain.draw_entries import DrawEntries
from services.loyalty.domain.instant_plays import InstantPlays
from services.loyalty.domain.name import Name
from services.loyalty.domain.plan import Plan
from services.loyalty.domain.referral import REFERRAL, ReferralTerms
from services.loyalty.domain.rules.activity import ActivityRule
from services.loyalty.domain.rules.best_only import BestOnly
from services.loyalty.domain.rules.bundle import Bundle
from services.loyalty.domain.rules.buy_x_get_y import BuyXGetY
from services.loyalty.domain.rules.celebration import Anniversary, Birthday, Celebration
from services.loyalty.domain.rules.challenge import Challenge, EarnedGoal
from services.loyalty.domain.rules.discount import MoneyOff
from services.loyalty.domain.rules.draw_entry import DrawEntry
from services.loyalty.domain.rules.earn import Earn
from services.loyalty.domain.rules.instant_win import InstantWin
from services.loyalty.domain.rules.membership_bonus import MembershipBonus
from services.loyalty.domain.rules.milestone import Milestone
from services.loyalty.domain.rules.multiplier import Multiplier
from services.loyalty.domain.rules.pass_sale import PassSale
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.rules.stamp_card import StampCard
from services.loyalty.domain.stacking import COMBINATIONS_MAX, Choice, Group, choices_of, combinations
from services.loyalty.domain.tally import Tally
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.tier import Tiers
from services.loyalty.domain.tier_progress import TierRules

Rule = Annotated[
    Earn
    | BuyXGetY
    | Bundle
    | StampCard
    | MembershipBonus
    | PassSale
    | MoneyOff
    | Multiplier
    | Milestone
    | Challenge
    | DrawEntry
    | InstantWin
    | ActivityRule
    | Birthday
    | Anniversary,
    Field(discriminator="kind"),
]

# Whole units are given away and bundled before discounts are taken of what is left, and nothing is earned on what was
# not paid.
PRICE_FAMILIES = (BuyXGetY, Bundle, MoneyOff)
REWARD_FAMILIES = (Earn, Multiplier, Milestone, Challenge, StampCard, MembershipBonus, PassSale, DrawEntry, InstantWin)
BASKET_FAMILIES = (*PRICE_FAMILIES, *REWARD_FAMILIES)


class ProgramDocument(Terms):
    """A version of a program, as it is stored. Editing makes another version.

    `groups` says how the rules of a group go together; those of a group that is not listed are stackable.
    """

    rules: Annotated[tuple[Rule, ...], Field(max_length=100)] = ()
    groups: Annotated[tuple[Group, ...], Field(max_length=20)] = ()
    plans: Annotated[tuple[Plan, ...], Field(max_length=100)] = ()
    tiers: Tiers | None = None
    referral: ReferralTerms | None = None

    @model_validator(mode="after")
    def _names_each_thing_once(self) -> Self:
        for what, names in (
            ("rules", [*(rule.id for rule in self.rules), *([REFERRAL] if self.referral else [])]),
            ("plans", [plan.id for plan in self.plans]),
            ("stamp cards", [rule.card for rule in self.rules if isinstance(rule, StampCard)]),
            ("groups", [group.id for group in self.groups]),
        ):
            if len(names) != len(set(names)):
                raise ValueError(f"two {what} have the same id")
        return self

    @model_validator(mode="after")
    def _earns_units_it_knows(self) -> Self:
        for rule in self.rules:
            gives = rule.award if isinstance(rule, ActivityRule | Celebration | Challenge | Milestone) else rule
            unit = gives.unit if isinstance(gives, Earn | Award) else None
            if unit is not None and unit not in self.units:
                raise ValueError(f"{rule.id} earns {unit}, which is none of the program's units")
        for award in self.referral.awards if self.referral else ():
            if award.unit is not None and award.unit not in self.units:
                raise ValueError(f"a referral gives {award.unit}, which is none of the program's units")
        return self

    @model_validator(mode="after")
    def _multiplies_what_is_earned(self) -> Self:
        earning = {rule.id for rule in self.rules if isinstance(rule, Earn)}
        for rule in self.rules:
            if isinstance(rule, Multiplier) and not earning.issuperset(rule.of):
                raise ValueError(f"{rule.id} multiplies what is no earn rule of the program")
        earning |= {rule.id for rule in self.rules if isinstance(rule, Multiplier)}
        for rule in self.rules:
            goal = rule.goal if isinstance(rule, Challenge) else None
            if isinstance(goal, EarnedGoal) and not earning.issuperset(goal.of):
                raise ValueError(f"{rule.id} counts what no rule of the program earns")
            if isinstance(goal, EarnedGoal) and goal.wallet is not None and goal.wallet not in self.units:
                raise ValueError(f"{rule.id} counts {goal.wallet}, which is none of the program's units")
        return self

    @model_validator(mode="after")
    def _knows_its_tiers(self) -> Self:
        if self.tiers is None:
            return self
        if self.tiers.unit is not None and self.tiers.unit not in self.units:
            raise ValueError(f"the tiers count {self.tiers.unit}, which is none of the program's units")
        known = {tier.id for tier in self.tiers.ladder}
        for rule in self.rules:
            for condition in rule.conditions:
                if isinstance(condition, InTier) and not condition.tiers <= known:
                    raise ValueError(f"{rule.id} asks for a tier that is not on the ladder")
        return self

    @model_validator(mode="after")
    def _shares_passes_in_families(self) -> Self:
        families = {plan.id for plan in self.plans if plan.family_max}
        for plan in self.plans:
            if plan.shared_with_family_of is not None and plan.shared_with_family_of not in families:
                raise ValueError(f"passes on {plan.id} are shared in families that no plan of the program has")
        return self

    @model_validator(mode="after")
    def _leaves_few_choices(self) -> Self:
        if combinations(choices_of(self.rules, self.groups)) > COMBINATIONS_MAX:
            raise ValueError(f"the groups leave more than {COMBINATIONS_MAX} ways to choose their rules")
        return self

    @cached_property
    def tier_rules(self) -> TierRules | None:
        """The program's tiers with all that it takes to apply them."""
        return TierRules(self.tiers, self.tiers.unit or self.unit, self.currency, self.zone) if self.tiers else None

    def all_plans(self) -> tuple[Plan, ...]:
        """What the program says about each membership plan; one that only a rule names has the defaults."""
        sold = {
            rule.plan: Plan(id=rule.plan, name=rule.name) for rule in self.rules if isinstance(rule, MembershipBonus)
        }
        return tuple({**sold, **{plan.id: plan for plan in self.plans}}.values())

    def plan(self, plan: str) -> Plan | None:
        """What the program says about one plan, if it knows it."""
        return next((each for each in self.all_plans() if each.id == plan), None)


@dataclass(frozen=True, slots=True)
class CompiledProgram:
    """A program in the order in which it is applied to baskets, or to what else rules are about. Made once and kept.

    `price_rules` change what is to be paid; `reward_rules` look at what is left. `names` are the rules',
    `codes` the ones they ask for, as the program compares them, `campaigns` the coupon campaign of each rule that asks
    for one. `choices` are what each group may come to; groups that leave nothing to choose have none. `tallies` are
    what is counted for the limits, `cooling` the rules that a customer waits for. `asks_families` says whether a rule
    may ask for a membership that somebody shares, `draws` what the rules call those that they give entries to,
    `instant_wins` those that they give plays of, `asks_days` whether a rule asks for birthdays or since when customers
    come.
    """

    terms: Terms
    price_rules: tuple[RuleDocument | BestOnly, ...]
    reward_rules: tuple[RuleDocument, ...]
    names: Mapping[str, Name]
    codes: frozenset[str]
    campaigns: Mapping[str, str]
    choices: tuple[tuple[Choice, ...], ...]
    tallies: tuple[Tally, ...]
    cooling: frozenset[str]
    asks_families: bool
    draws: frozenset[str]
    instant_wins: frozenset[str]
    asks_days: bool


def compile_program(document: ProgramDocument) -> CompiledProgram:
    """Make a version of a program ready for `evaluate`."""
    about_baskets = [rule for rule in document.rules if isinstance(rule, BASKET_FAMILIES)]
    return CompiledProgram(
        terms=document,
        price_rules=_price_rules(document),
        reward_rules=_in_order(document.rules, REWARD_FAMILIES),
        names=names_of(document),
        codes=frozenset(document.plain_code(rule.code) for rule in about_baskets if rule.code),
        campaigns={rule.id: rule.campaign for rule in about_baskets if rule.campaign},
        choices=choices_of(document.rules, document.groups),
        tallies=tuple(tally for rule in about_baskets for tally in rule.tallies),
        cooling=frozenset(rule.id for rule in about_baskets if rule.cool_down),
        asks_families=_asks_families(document, about_baskets),
        draws=_draws(about_baskets),
        instant_wins=_instant_wins(about_baskets),
        asks_days=_asks_days(about_baskets),
    )


def compile_others(document: ProgramDocument, *families: type[RuleDocument]) -> CompiledProgram:
    """Make the rules of families that are not about baskets ready."""
    rules = _in_order(document.rules, families)
    return CompiledProgram(
        terms=document,
        price_rules=(),
        reward_rules=rules,
        names=names_of(document),
        codes=frozenset(),
        campaigns={},
        choices=(),
        tallies=tuple(tally for rule in rules for tally in rule.tallies),
        cooling=frozenset(rule.id for rule in rules if rule.cool_down),
        asks_families=_asks_families(document, rules),
        draws=_draws(rules),
        instant_wins=_instant_wins(rules),
        asks_days=_asks_days(rules),
    )


def names_of(document: ProgramDocument) -> Mapping[str, Name]:
    """What the rules are called, and the terms of referrals."""
    referral = {REFERRAL: document.referral.name} if document.referral else {}
    return {**{rule.id: rule.name for rule in document.rules}, **referral}


def draw_of(rule: RuleDocument) -> str | None:
    """What a rule calls the draw that it gives entries in, if it does."""
    match rule:
        case DrawEntry():
            return rule.draw
        case ActivityRule(draw_entries=DrawEntries(draw=draw)):
            return draw
    return None


def instant_win_of(rule: RuleDocument) -> str | None:
    """What a rule calls the instant win that it gives plays of, if it does."""
    match rule:
        case InstantWin():
            return rule.instant_win
        case ActivityRule(plays=InstantPlays(instant_win=instant_win)):
            return instant_win
    return None


def _draws(rules: Iterable[RuleDocument]) -> frozenset[str]:
    return frozenset([draw for rule in rules if (draw := draw_of(rule)) is not None])


def _instant_wins(rules: Iterable[RuleDocument]) -> frozenset[str]:
    return frozenset([name for rule in rules if (name := instant_win_of(rule)) is not None])


def _asks_families(document: ProgramDocument, rules: Iterable[RuleDocument]) -> bool:
    shared = {plan.id for plan in document.plans if plan.family_max}
    asked = [each.plans for rule in rules for each in rule.conditions if isinstance(each, HasPlan)]
    return any(not shared.isdisjoint(plans) for plans in asked)


def _asks_days(rules: Iterable[RuleDocument]) -> bool:
    return any(isinstance(each, OnBirthday | JoinedWithin) for rule in rules for each in rule.conditions)


def _price_rules(document: ProgramDocument) -> tuple[RuleDocument | BestOnly, ...]:
    rules = _in_order(document.rules, PRICE_FAMILIES)
    percentages = [rule for rule in rules if isinstance(rule, MoneyOff) and rule.is_order_percentage]
    if document.several_percentages != "best_only" or len(percentages) < 2:
        return rules
    # They are compared where the first of them stands, all on the same cart.
    first = rules.index(percentages[0])
    others = [rule for rule in rules[first:] if rule not in percentages]
    return (*rules[:first], BestOnly(percentages), *others)


def _in_order(rules: Iterable[RuleDocument], families: tuple[type[RuleDocument], ...]) -> tuple[RuleDocument, ...]:
    members = [rule for rule in rules if isinstance(rule, families)]
    return tuple(sorted(members, key=lambda rule: (families.index(type(rule)), rule.priority)))
