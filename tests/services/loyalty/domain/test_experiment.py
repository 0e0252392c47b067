"""Experiments: the arms that rules make, and what can be said of them. Source: docs/rules/experiments.md."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from services.loyalty.domain.experiment import Arm, Spending, arms_of, difference
from services.loyalty.domain.share import place_in
from tests.services.loyalty.domain.build import basket, customer, document, evaluated, rule


def share(until: int, begin: int = 0, experiment: str = "double") -> dict[str, object]:
    return {"kind": "in_share", "experiment": experiment, "from_percent": begin, "until_percent": until}


def test_a_rule_is_for_its_share_and_no_other() -> None:
    rules = [
        rule("earn", id="half", per=100, conditions=[share(50)]),
        rule("earn", id="rest", per=100, conditions=[share(100, 50)]),
    ]
    for name in ("cus_1", "cus_2", "cus_3", "cus_4", "cus_5"):
        found = evaluated(rules, basket(), replace(customer(), id=name))
        inside, outside = ("half", "rest") if place_in("double", name) < 50 else ("rest", "half")
        assert [effect.rule for effect in found.effects] == [inside]
        assert [(miss.rule, miss.condition) for miss in found.misses] == [(outside, "in_share")]
    assert len({place_in("double", f"cus_{number}") < 50 for number in range(1, 6)}) == 2


def test_arms_are_cut_where_the_rules_cut() -> None:
    rules = document(
        rule("earn", id="a", per=100, conditions=[share(20)]),
        rule("earn", id="b", per=100, conditions=[share(60, 10)]),
        rule("earn", id="c", per=100, conditions=[share(50, experiment="other")]),
        rule("earn", id="d", per=100),
    ).rules
    assert arms_of("double", rules) == (
        Arm(0, 10, ("a",)),
        Arm(10, 20, ("a", "b")),
        Arm(20, 60, ("b",)),
        Arm(60, 100, ()),
    )
    assert arms_of("nothing", rules) == ()


def test_a_share_ends_after_it_begins() -> None:
    never = rule("earn", per=100, conditions=[share(10, 10)])
    with pytest.raises(ValidationError, match="a share ends after it begins"):
        document(never)


def spending(customers: int, buyers: int, each: int = 10_000) -> Spending:
    return Spending(customers, buyers * each, buyers * each * each)


def test_the_numbers_of_the_page() -> None:
    found = difference(spending(200, 150), spending(200, 100))
    assert found is not None
    assert (round(found.mean), round(found.low), round(found.high)) == (2500, 1581, 3419)
    assert found.distinguishable
    found = difference(spending(200, 102), spending(200, 100))
    assert found is not None
    assert (round(found.mean), round(found.low), round(found.high)) == (100, -882, 1082)
    assert not found.distinguishable


def test_few_customers_say_nothing() -> None:
    assert difference(spending(99, 99), spending(1000, 1)) is None
    assert difference(spending(1000, 1), spending(99, 99)) is None
    assert Spending(0, 0, 0).mean is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Arms that differ by nothing: about one interval in twenty leaves out zero."""
    outside = 0
    for trial in range(300):
        halves: list[list[int]] = [[], []]
        for number in range(600):
            spent = place_in(f"spent {trial}", f"cus_{number}") ** 2
            halves[place_in(f"half {trial}", f"cus_{number}") < 50].append(spent)
        one, other = (Spending(len(half), sum(half), sum(each * each for each in half)) for half in halves)
        found = difference(one, other)
        assert found is not None
        outside += found.distinguishable
    assert 5 <= outside <= 27
