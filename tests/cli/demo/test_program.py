"""The demo's program is one that loyalty takes, and it uses every kind of rule that the data has something for."""

from typing import get_args

from pydantic import TypeAdapter

from cli.demo.program import COUPON_CODE, PROGRAM, REWARD
from services.loyalty.domain.program import ProgramDocument, Rule, compile_program
from services.loyalty.domain.reward import Reward


def test_the_program_is_one_that_loyalty_takes() -> None:
    program = compile_program(ProgramDocument.model_validate(PROGRAM))

    assert [rule.code for rule in program.price_rules if rule.code] == [COUPON_CODE]


# Nobody in the data has a birthday, a year of purchases has no second one to remember them on, and nobody is there to
# play.
NOT_SHOWN = {"anniversary", "birthday", "instant_win"}


def test_the_program_uses_every_other_kind_of_rule() -> None:
    kinds = {get_args(rule.model_fields["kind"].annotation)[0] for rule in get_args(get_args(Rule)[0])}

    assert {rule["kind"] for rule in PROGRAM["rules"]} == kinds - NOT_SHOWN


def test_both_ways_of_counting_free_units_are_shown() -> None:
    assert {rule["counting"] for rule in PROGRAM["rules"] if rule["kind"] == "buy_x_get_y"} == {"among", "on_top"}


def test_the_reward_is_one_that_loyalty_takes() -> None:
    reward: TypeAdapter[Reward] = TypeAdapter(Reward)

    assert reward.validate_python(REWARD).kind == "amount_off"
