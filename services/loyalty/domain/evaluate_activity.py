"""What an activity does for a customer. Source: docs/rules/activity.md."""

from dataclasses import dataclass
from datetime import datetime

from services.loyalty.domain.activity import Activity, Deed
from services.loyalty.domain.caps import within_caps
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Effect
from services.loyalty.domain.misses import Miss
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.rules.activity import ActivityRule
from services.loyalty.domain.tally import NOTHING_USED, Used


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules for the activity's kind gave, and why others of them gave nothing."""

    effects: tuple[Effect, ...] = ()
    misses: tuple[Miss, ...] = ()


def evaluate_activity(
    program: CompiledProgram, activity: Activity, customer: CustomerFacts, at: datetime, used: Used = NOTHING_USED
) -> Outcome:
    """What the program gives for the activity at that moment. Pure: the same arguments give the same answer.

    Rules for other kinds of activity say nothing.
    """
    deed = Deed(program.terms, activity, customer, at, used)
    for rule in program.reward_rules:
        if isinstance(rule, ActivityRule) and rule.activity == activity.kind:
            rule.consider(deed)
    capped = within_caps(deed.effects, program.terms, customer.room)
    return Outcome(capped.effects, (*deed.misses, *capped.misses))
