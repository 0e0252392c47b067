from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.effects import IssueVoucher, Stamp
from services.loyalty.domain.evaluate import Evaluation, evaluate
from tests.services.loyalty.domain.build import NAME, basket, customer, document, evaluated, line, missed, program, rule

REWARD = {"kind": "free_item", "name": NAME, "selector": {"skus": ["COFFEE"]}}
DRINKS = {"categories": ["drinks"]}


def card(**more: Any) -> dict[str, Any]:
    return rule("stamp_card", **({"card": "coffee", "stamps_needed": 5, "reward": REWARD} | more))


def stamped(evaluation: Evaluation) -> tuple[int, int, int, int]:
    """Stamps given, times filled, stamps on the card, vouchers issued."""
    (stamp,) = [effect for effect in evaluation.effects if isinstance(effect, Stamp)]
    vouchers = [effect for effect in evaluation.effects if isinstance(effect, IssueVoucher)]
    return stamp.stamps, stamp.filled, stamp.on_card, len(vouchers)


@pytest.mark.parametrize(
    ("on_card", "bought", "expected"),
    [
        pytest.param(0, 1, (1, 0, 1, 0), id="first stamp"),
        pytest.param(3, 1, (1, 0, 4, 0), id="one before the last"),
        pytest.param(4, 1, (1, 1, 0, 1), id="the last one"),
        pytest.param(3, 4, (4, 1, 2, 1), id="what is over stays on the card"),
        pytest.param(0, 10, (10, 2, 0, 2), id="two cards at once"),
        pytest.param(4, 16, (16, 4, 0, 4), id="four cards at once"),
        pytest.param(-3, 4, (4, 0, 1, 0), id="a card that owes"),
        pytest.param(-8, 2, (2, 0, -6, 0), id="still owes"),
    ],
)
def test_a_stamp_for_each_unit(on_card: int, bought: int, expected: tuple[int, int, int, int]) -> None:
    evaluation = evaluated([card()], basket(line(quantity=bought)), customer(stamps={"coffee": on_card}))
    assert stamped(evaluation) == expected


def test_buy_two_get_one_across_visits() -> None:
    rules = [card(stamps_needed=2)]
    first = evaluated(rules, basket(line()), customer())
    second = evaluated(rules, basket(line()), customer(stamps={"coffee": 1}))
    assert [stamped(visit) for visit in (first, second)] == [(1, 0, 1, 0), (1, 1, 0, 1)]


def test_a_stamp_for_each_visit() -> None:
    evaluation = evaluated([card(stamp_for="visit")], basket(line(quantity=7), line("TEA", 2)))
    assert stamped(evaluation) == (1, 0, 1, 0)


def test_only_the_selected_units() -> None:
    bought = basket(line("TEA", 2, categories=["drinks"]), line("BREAD", 3))
    assert stamped(evaluated([card(selector=DRINKS)], bought))[0] == 2


@pytest.mark.parametrize("stamp_for", ["unit", "visit"])
def test_nothing_selected(stamp_for: str) -> None:
    evaluation = evaluated([card(selector=DRINKS, stamp_for=stamp_for)])
    assert missed(evaluation) == [("stamp_card", "stamp_card", 1, "units")]


def test_a_free_unit_gets_no_stamp() -> None:
    assert stamped(evaluated([rule("buy_x_get_y"), card()], basket(line(quantity=3))))[0] == 2


def test_what_costs_nothing_gets_no_stamp() -> None:
    assert not evaluated([card(stamp_for="visit")], basket(line(price=0))).effects


def test_at_most_a_hundred_vouchers_at_once_and_no_stamp_is_lost() -> None:
    assert stamped(evaluated([card()], basket(line(quantity=1000)))) == (1000, 100, 500, 100)


def test_needs_a_customer() -> None:
    bought = basket()
    evaluation = evaluate(program(card()), bought, None, bought.occurred_at)
    assert missed(evaluation) == [("stamp_card", "customer", 0, "none")]


@pytest.mark.parametrize(
    ("valid_days", "valid_until"),
    [
        pytest.param(None, None, id="for ever"),
        pytest.param(0, datetime(2026, 11, 22, 21, 0, tzinfo=UTC), id="today only"),
        pytest.param(30, datetime(2026, 12, 22, 21, 0, tzinfo=UTC), id="to the end of the thirtieth day"),
    ],
)
def test_how_long_the_voucher_is_good(valid_days: int | None, valid_until: datetime | None) -> None:
    reward = REWARD | {"valid_days": valid_days}
    voucher = evaluated([card(stamps_needed=1, reward=reward)]).effects[1]
    assert isinstance(voucher, IssueVoucher)
    assert (voucher.card, voucher.code, voucher.valid_until) == ("coffee", None, valid_until)
    assert voucher.reward.kind == "free_item"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"stamps_needed": 0}, id="no stamps needed"),
        pytest.param({"card": "Coffee card"}, id="no name for a card"),
        pytest.param({"reward": {"kind": "trip", "name": NAME}}, id="unknown reward"),
        pytest.param({"reward": REWARD | {"valid_days": -1}}, id="valid until yesterday"),
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(card(**fields))
