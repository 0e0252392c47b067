"""How often, and how much, a rule may give."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Accrue, Discount
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.moment_text import moment_text
from services.loyalty.domain.period import Period, next_start, period_start
from services.loyalty.domain.program import CompiledProgram, compile_program
from services.loyalty.domain.replay import PastPurchase, Replay
from services.loyalty.domain.tally import Used, given_by
from services.loyalty.domain.wording import effect_text, miss_text
from tests.services.loyalty.domain.build import basket, customer, document, line, missed, program, rule
from tests.services.loyalty.domain.pages import page_document


class Memory:
    """What a program's rules gave so far, kept as plainly as can be: a model of the tallies."""

    def __init__(self, compiled: CompiledProgram) -> None:
        self.compiled = compiled
        self.amounts: Counter[tuple[str, str, date]] = Counter()
        self.last: dict[tuple[str, str], datetime] = {}

    def sell(self, bought: Basket, who: CustomerFacts | None) -> Evaluation:
        """Play the basket, and remember what was given."""
        at, customer_id = bought.occurred_at, who.id if who else None
        today = at.astimezone(self.compiled.terms.zone).date()
        keys = {
            tally: (tally.label, holder, tally.period_at(today))
            for tally in self.compiled.tallies
            if (holder := tally.holder(customer_id, bought.store_id)) is not None
        }
        used = Used(
            amounts={tally.label: self.amounts[key] for tally, key in keys.items()},
            last={rule_id: at for (rule_id, holder), at in self.last.items() if holder == customer_id},
        )
        evaluation = evaluate(self.compiled, bought, who, at, used)
        given = given_by(evaluation.effects)
        for tally, key in keys.items():
            if tally.rule in given:
                self.amounts[key] += given[tally.rule].of(tally.of)
        if customer_id:
            self.last |= {(rule_id, customer_id): at for rule_id in given}
        return evaluation


def told(memory: Memory, evaluation: Evaluation, language: Language = Language.ENGLISH) -> list[str]:
    return sorted(miss_text(miss, memory.compiled, language) for miss in evaluation.misses)


def given(evaluation: Evaluation, rule_id: str) -> tuple[int, int | None]:
    """What a rule gave, and what it would have given."""
    for effect in evaluation.effects:
        if isinstance(effect, Accrue | Discount) and effect.rule == rule_id:
            return effect.amount, effect.capped_from
    return 0, None


def test_the_examples_of_the_page_about_limits() -> None:
    memory = Memory(compile_program(page_document("limits")))
    cool = "Treat: used a short while ago, again from Monday 23 November, 08:00"
    for when, price, treat, points, misses in (
        ("22T12:00", 5000, 1000, (40, None), []),
        ("22T13:00", 3000, 0, (10, 30), [cool]),
        ("22T14:00", 3000, 0, (0, None), ["Points: used up, again from Monday 23 November", cool]),
        ("23T09:00", 20000, 0, (50, 200), ["Treat: 10.00 SAR over what is left"]),
        ("23T10:00", 1000, 200, (0, None), ["Points: used up, again from Tuesday 24 November"]),
        ("24T12:00", 1000, 200, (8, None), []),
        ("25T12:00", 1000, 0, (10, None), ["Treat: used up, again from Monday 30 November"]),
    ):
        bought = basket(line(price=price), occurred_at=f"2026-11-{when}:00+03:00")
        evaluation = memory.sell(bought, customer())
        assert given(evaluation, "treat")[0] == treat, when
        assert given(evaluation, "points") == points, when
        assert told(memory, evaluation) == misses, when


def test_the_examples_of_the_page_about_budgets() -> None:
    memory = Memory(compile_program(page_document("budgets")))
    passed = "Third free: 5.00 SAR over what is left, again from Tuesday 1 December"
    for bought, free, launch, due, misses in (
        (line(quantity=3), 1000, (1000, None), 1000, []),
        (line("MACHINE", 1, 15000), 0, (7500, None), 7500, ["Third free: 3 units short"]),
        (line(quantity=6), 0, (1500, 3000), 4500, [passed]),
        (line(quantity=3), 1000, (0, None), 2000, ["Launch: its budget is used up"]),
    ):
        evaluation = memory.sell(basket(bought), None)
        assert given(evaluation, "third-free")[0] == free
        assert given(evaluation, "launch") == launch
        assert evaluation.totals.due == due
        assert told(memory, evaluation) == misses


def test_in_arabic() -> None:
    memory = Memory(compile_program(page_document("limits")))
    memory.sell(basket(line(price=7000)), customer())
    evaluation = memory.sell(basket(), customer())
    assert told(memory, evaluation, Language.ARABIC) == [
        "نقاط: استُنفد، ويعود الاثنين 23 نوفمبر",
        "هدية: استُخدم قبل قليل، ويعود الاثنين 23 نوفمبر، 08:00",
    ]


EARN = rule("earn", per=100)


def limited(*limits: dict[str, Any], **more: Any) -> Memory:
    return Memory(program(EARN | {"limits": list(limits)} | more))


def earned(memory: Memory, moments: Iterable[str], who: CustomerFacts | None = None, **more: Any) -> list[int]:
    """What baskets of 10.00 earn at these moments by the shop's clock in Riyadh."""
    return [
        given(memory.sell(basket(occurred_at=f"{moment}+03:00", **more), who or customer()), "earn")[0]
        for moment in moments
    ]


@pytest.mark.parametrize(
    ("per", "moments", "points"),
    [
        pytest.param("day", ["2026-11-22T00:00", "2026-11-22T23:59", "2026-11-23T00:00"], [10, 0, 10], id="day"),
        pytest.param("week", ["2026-11-22T12:00", "2026-11-23T00:00", "2026-11-29T23:59"], [10, 10, 0], id="week"),
        pytest.param("month", ["2026-11-30T23:59", "2026-12-01T00:00", "2026-12-31T12:00"], [10, 10, 0], id="month"),
        pytest.param(
            "quarter", ["2026-09-30T23:59", "2026-10-01T00:00", "2026-12-31T12:00"], [10, 10, 0], id="quarter"
        ),
        pytest.param("year", ["2026-12-31T23:59", "2027-01-01T00:00", "2027-12-31T12:00"], [10, 10, 0], id="year"),
        pytest.param("ever", ["2026-12-31T23:59", "2027-01-01T00:00", "2036-01-01T00:00"], [10, 0, 0], id="ever"),
    ],
)
def test_one_use_per_period_of_the_shops_calendar(per: str, moments: list[str], points: list[int]) -> None:
    assert earned(limited({"at_most": 1, "per": per}), moments) == points


def test_a_day_when_the_clocks_change_is_one_day() -> None:
    memory = Memory(program(EARN | {"limits": [{"at_most": 1, "per": "day"}]}, time_zone="Europe/Berlin"))
    points = []
    for at in ("2026-10-24T22:00Z", "2026-10-25T22:59Z", "2026-10-25T23:00Z"):
        evaluation = memory.sell(basket(occurred_at=at), customer())
        points.append(given(evaluation, "earn")[0])
    assert points == [10, 0, 10]


def test_of_each_customer_of_each_store_or_of_everyone() -> None:
    ana, ben = customer(), CustomerFacts(id="cus_2")
    noon = "2026-11-22T12:00"

    def both(each: str) -> list[int]:
        memory = limited({"at_most": 1, "each": each})
        sold = [earned(memory, [noon], who, store_id=store) for who in (ana, ben) for store in ("riyadh-1", "jeddah-1")]
        return [points for (points,) in sold]

    assert both("customer") == [10, 0, 10, 0]
    assert both("store") == [10, 10, 0, 0]
    assert both("everyone") == [10, 0, 0, 0]


def test_limits_of_a_customer_are_for_known_customers() -> None:
    discount = rule("discount", percent_off=10)
    for more, misses in (
        ({"limits": [{"at_most": 1}]}, [("discount", "customer", 0, "none")]),
        ({"cool_down": {"days": 1}}, [("discount", "customer", 0, "none")]),
        ({"limits": [{"at_most": 1, "each": "everyone"}]}, []),
        ({"limits": [{"at_most": 100, "of": "money", "per": "sale"}]}, []),
    ):
        assert missed(Memory(program(discount | more)).sell(basket(), None)) == misses


def test_a_refusal_says_by_how_much() -> None:
    for each, condition in (("customer", "limit_passed"), ("everyone", "budget_passed")):
        memory = limited({"at_most": 4, "of": "units", "each": each})
        evaluation = memory.sell(basket(), customer())
        assert missed(evaluation) == [("earn", condition, 6, "wallet")]
        assert told(memory, evaluation) == ["Rule: 6 points over what is left"]
        assert told(memory, evaluation, Language.ARABIC) == ["قاعدة: الزيادة على المتبقي: 6 نقاط"]


def test_articles_are_counted_as_units() -> None:
    half = rule("discount", percent_off=50, limits=[{"at_most": 2, "of": "units", "per": "sale"}])
    memory = Memory(program(half))
    assert memory.sell(basket(line(quantity=2)), None).totals.due == 1000
    evaluation = memory.sell(basket(line(quantity=3)), None)
    assert (evaluation.totals.due, told(memory, evaluation)) == (3000, ["Rule: 1 unit over what is left"])


def test_stamps_and_months_are_counted_as_units() -> None:
    reward = {"kind": "free_item", "name": {"en": "A coffee", "ar": "قهوة"}}
    card = rule("stamp_card", card="coffee", stamps_needed=9, reward=reward)
    gym = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)
    for each, bought in ((card, line(quantity=3)), (gym, line("GYM"))):
        for at_most, applies in ((2, False), (3, True)):
            memory = Memory(program(each | {"limits": [{"at_most": at_most, "of": "units"}]}))
            assert bool(memory.sell(basket(bought), customer()).effects) is applies


def test_a_part_says_what_it_would_have_been() -> None:
    memory = limited({"at_most": 4, "of": "units", "when_passed": "give_what_is_left"})
    (effect,) = memory.sell(basket(), customer()).effects
    assert effect_text(effect, memory.compiled, Language.ENGLISH) == "Rule: 4 points, all that its limit leaves"
    assert effect_text(effect, memory.compiled, Language.ARABIC) == "قاعدة: 4 نقاط، وهو كل ما يتيحه الحد"


def test_the_smallest_of_several_limits_counts() -> None:
    part = {"of": "units", "when_passed": "give_what_is_left"}
    memory = limited({"at_most": 7, "per": "day", **part}, {"at_most": 10, "per": "week", **part})
    assert earned(memory, ["2026-11-23T12:00", "2026-11-24T12:00", "2026-11-25T12:00"]) == [7, 3, 0]


def test_part_of_a_discount_is_split_exactly_whatever_the_order_of_lines() -> None:
    part = {"at_most": 100, "of": "money", "each": "everyone", "when_passed": "give_what_is_left"}
    compiled = program(rule("discount", percent_off=50, limits=[part]))
    bought = [line("A", 1, 333), line("B", 1, 333), line("C", 1, 334)]
    for lines in (bought, bought[::-1]):
        evaluation = Memory(compiled).sell(basket(*lines), None)
        (effect,) = evaluation.effects
        assert isinstance(effect, Discount)
        assert sum(piece.amount for piece in effect.pieces) == effect.amount == 100
        assert {lines[piece.line]["sku"]: piece.amount for piece in effect.pieces} == {"A": 34, "B": 33, "C": 33}
        assert evaluation.totals.due == 900


@pytest.mark.parametrize(
    ("cool_down", "moments", "points"),
    [
        pytest.param(
            {"hours": 6},
            ["2026-11-22T12:00", "2026-11-22T17:59", "2026-11-22T18:00"],
            [10, 0, 10],
            id="hours, the end included",
        ),
        pytest.param({"days": 1}, ["2026-11-22T12:00", "2026-11-23T11:59", "2026-11-23T12:00"], [10, 0, 10], id="days"),
        pytest.param({"hours": 6}, ["2026-11-22T12:00", "2026-11-22T07:00"], [10, 0], id="uploaded late"),
        pytest.param({"hours": 6}, ["2026-11-22T12:00", "2026-11-22T06:00"], [10, 10], id="late, and long before"),
    ],
)
def test_cool_down(cool_down: dict[str, int], moments: list[str], points: list[int]) -> None:
    assert earned(limited(cool_down=cool_down), moments) == points


def test_a_cool_down_of_days_is_by_the_shops_clock() -> None:
    memory = Memory(program(EARN | {"cool_down": {"days": 1}}, time_zone="Europe/Berlin"))
    points = []
    for at in ("2026-03-28T11:00Z", "2026-03-29T09:59Z", "2026-03-29T10:00Z"):  # a day of 23 hours
        points.append(given(memory.sell(basket(occurred_at=at), customer()), "earn")[0])
    assert points == [10, 0, 10]


def test_a_rule_that_did_nothing_used_nothing() -> None:
    memory = limited({"at_most": 1}, conditions=[{"kind": "spend_at_least", "amount": 2000}])
    assert memory.sell(basket(), customer()).effects == ()
    assert memory.sell(basket(line(quantity=2)), customer()).effects != ()


@pytest.mark.parametrize(
    ("kind", "limit", "problem"),
    [
        ("earn", {"at_most": 1, "per": "sale"}, "uses a rule once"),
        ("earn", {"at_most": 1, "of": "units", "per": "sale", "each": "store"}, "for each sale"),
        ("earn", {"at_most": 1, "when_passed": "give_what_is_left"}, "whole"),
        ("earn", {"at_most": 1, "of": "money"}, "gives no money"),
        ("discount", {"at_most": 1, "of": "units", "when_passed": "give_what_is_left"}, "cannot give part"),
        ("earn", {"at_most": 0}, "greater than or equal to 1"),
    ],
)
def test_limits_that_make_no_sense(kind: str, limit: dict[str, Any], problem: str) -> None:
    fields = {"earn": {"per": 100}, "discount": {"percent_off": 10}}[kind]
    with pytest.raises(ValidationError, match=problem):
        document(rule(kind, limits=[limit], **fields))


def test_two_limits_of_the_same_thing() -> None:
    with pytest.raises(ValidationError, match="count the same"):
        document(EARN | {"limits": [{"at_most": 1}, {"at_most": 2}]})


@pytest.mark.parametrize("cool_down", [{}, {"days": 1, "hours": 1}, {"days": 0}])
def test_cool_downs_that_make_no_sense(cool_down: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        document(EARN | {"cool_down": cool_down})


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("day", date(2028, 2, 29), date(2028, 3, 1)),
        ("week", date(2028, 2, 28), date(2028, 3, 6)),
        ("month", date(2028, 2, 1), date(2028, 3, 1)),
        ("quarter", date(2028, 1, 1), date(2028, 4, 1)),
        ("year", date(2028, 1, 1), date(2029, 1, 1)),
    ],
)
def test_periods(period: Period, first: date, after: date) -> None:
    day = date(2028, 2, 29)  # a Tuesday
    assert (period_start(period, day), next_start(period, day)) == (first, after)


def test_moments_in_words() -> None:
    zone = program(EARN).terms.zone
    midnight, evening = datetime(2026, 11, 28, 21, tzinfo=UTC), datetime(2026, 11, 29, 15, 30, tzinfo=UTC)
    assert moment_text(midnight, zone, Language.ENGLISH) == "Sunday 29 November"
    assert moment_text(evening, zone, Language.ENGLISH) == "Sunday 29 November, 18:30"
    assert moment_text(midnight, zone, Language.ARABIC) == "الأحد 29 نوفمبر"
    assert moment_text(evening, zone, Language.ARABIC) == "الأحد 29 نوفمبر، 18:30"


def test_a_rule_within_its_limit_gives_what_it_would_without() -> None:
    """Also when it asks what the rules before it took off."""
    earn = EARN | {"base": "after_line_discounts"}
    tenth = rule("discount", percent_off=10)
    points = [
        given(Memory(program(tenth, each)).sell(basket(), customer()), "earn")
        for each in (earn, earn | {"limits": [{"at_most": 1}]})
    ]
    assert points == [(10, None), (10, None)]


def test_a_replay_keeps_the_limits_of_each_customer_and_shares_none() -> None:
    compiled = program(EARN | {"limits": [{"at_most": 2, "per": "week"}, {"at_most": 1, "each": "everyone"}]})
    replay = Replay(compiled, {})
    points = []
    for day in (20, 21, 22, 23):
        bought = basket(occurred_at=f"2026-11-{day}T12:00:00+03:00")
        past = PastPurchase(id=f"pur_{day}", basket=bought, facts=customer(), occurred_at=bought.occurred_at)
        points.append(given(replay.play(past), "earn")[0])
    assert points == [10, 10, 0, 10]
