"""Every ready-made program does what its examples say. Source: docs/rules/templates.md."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from kernel.language import Language
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts, VoucherFacts
from services.loyalty.domain.effects import Accrue, ExtendMembership, Give, IssuePass, IssueVoucher, Stamp
from services.loyalty.domain.evaluate import Evaluation
from services.loyalty.domain.program import compile_program
from services.loyalty.domain.replay import CardVoucher, PastPurchase, Replay
from services.loyalty.domain.template import Example, Outcome, ProgramTemplate, Visit
from services.loyalty.domain.tier_progress import TierRules
from services.loyalty.domain.wording import effect_text, miss_text
from services.loyalty.queries.program_templates import FOLDER, program_templates

TEMPLATES = program_templates()
each_example = pytest.mark.parametrize(
    ("template", "example"),
    [
        pytest.param(template, example, id=f"{template.id}: {example.name.en}")
        for template in TEMPLATES
        for example in template.examples
    ],
)


def basket_of(template: ProgramTemplate, visit: Visit, number: int) -> Basket:
    return Basket(
        customer_id="cus_1",
        store_id=visit.store_id,
        channel=visit.channel,
        external_id=f"R-{number}",
        occurred_at=visit.at,
        currency=template.document.currency,
        lines=visit.lines,
        codes=visit.codes,
    )


def played(template: ProgramTemplate, example: Example) -> Iterator[Evaluation]:
    """What the program made of each visit."""
    return (evaluation for evaluation, _tier in visits_played(template, example))


def visits_played(template: ProgramTemplate, example: Example) -> Iterator[tuple[Evaluation, str | None]]:
    """The visits one after the other; the vouchers that a card gave are in the customer's pocket.

    With each the tier that its customer is in afterwards.
    """
    rules, spent = template.document.tier_rules, list[tuple[date, int]]()
    origins: dict[str, CardVoucher] = {}
    replay = Replay(compile_program(template.document), origins)
    for number, visit in enumerate(example.visits):
        pocket = {f"voucher {number}.{place}": held for place, held in enumerate(replay.vouchers_left)}
        origins.update({code: held.origin for code, held in pocket.items()})
        vouchers = tuple(VoucherFacts(code=code, reward=held.facts.reward) for code, held in pocket.items())
        tier = tier_of(rules, spent, visit.at)
        facts = CustomerFacts(id="cus_1", tier=tier, vouchers=vouchers if visit.shows_vouchers else ())
        bought = basket_of(template, visit, number)
        evaluation = replay.play(PastPurchase(id=f"pur_{number}", basket=bought, facts=facts, occurred_at=visit.at))
        if rules:
            spent.append((rules.day(visit.at), rules.amount(evaluation.totals.due, evaluation.effects)))
        yield evaluation, tier_of(rules, spent, visit.at)


def tier_of(rules: TierRules | None, spent: list[tuple[date, int]], at: datetime) -> str | None:
    tier = rules.tier_on(rules.progress(spent), None, rules.day(at)) if rules else None
    return tier.id if tier else None


def outcome(evaluation: Evaluation, tier: str | None) -> Outcome:
    units: Counter[str] = Counter()
    gifts: Counter[str] = Counter()
    months = [effect for effect in evaluation.effects if isinstance(effect, ExtendMembership)]
    for effect in evaluation.effects:
        if isinstance(effect, Accrue):
            units[effect.unit] += effect.amount
        elif isinstance(effect, Give):
            gifts[effect.sku] += effect.quantity
    passes = [effect for effect in evaluation.effects if isinstance(effect, IssuePass)]
    return Outcome(
        due=evaluation.totals.due,
        units=dict(units),
        cards={effect.card: effect.on_card for effect in evaluation.effects if isinstance(effect, Stamp)},
        vouchers=sum(isinstance(effect, IssueVoucher) for effect in evaluation.effects),
        paid_months=sum(each.paid_months for each in months),
        bonus_months=sum(each.bonus_months for each in months),
        entries=sum(each.passes * each.entries for each in passes),
        gifts=dict(gifts),
        tier=tier,
    )


@each_example
def test_its_examples_hold(template: ProgramTemplate, example: Example) -> None:
    found = [outcome(evaluation, tier) for evaluation, tier in visits_played(template, example)]
    assert found == [visit.expect for visit in example.visits]


@each_example
def test_all_it_says_can_be_said_in_both_languages(template: ProgramTemplate, example: Example) -> None:
    program = compile_program(template.document)
    for evaluation in played(template, example):
        for language in Language:
            assert all(effect_text(effect, program, language) for effect in evaluation.effects)
            assert all(miss_text(miss, program, language) for miss in evaluation.misses)


def test_there_are_the_ones_the_shops_asked_for() -> None:
    assert {template.id for template in TEMPLATES} >= {
        "airline_miles",
        "cafe_stamp_card",
        "car_wash_pass",
        "fashion_tiers",
        "grocery_points",
        "gym_pay_12_get_3",
        "pharmacy_cashback",
        "ramadan_happy_hours",
    }


@pytest.mark.parametrize("template", [pytest.param(template, id=template.id) for template in TEMPLATES])
def test_its_file_has_its_name_and_its_examples_use_every_rule(template: ProgramTemplate) -> None:
    assert (FOLDER / f"{template.id}.json").is_file()
    done = {
        effect.rule
        for example in template.examples
        for evaluation in played(template, example)
        for effect in evaluation.effects
        if hasattr(effect, "rule")
    }
    assert done == {rule.id for rule in template.document.rules}


def test_the_page_names_every_one() -> None:
    page = (Path(__file__).parents[4] / "docs/rules/templates.md").read_text()
    for template in TEMPLATES:
        assert f"`{template.id}`" in page
        assert template.name.ar in page
