from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.loyalty.domain.customer import VoucherFacts
from services.loyalty.domain.effects import UseVoucher
from services.loyalty.domain.reward import Reward
from services.loyalty.domain.voucher_code import displayed, voucher_code
from tests.services.loyalty.domain.build import NAME, NOON, basket, customer, evaluated, line, missed, rule

REWARD: TypeAdapter[Reward] = TypeAdapter(Reward)
CODES = [voucher_code(bytes([number] * 10)) for number in range(3)]


def voucher(number: int = 0, *, kind: str = "free_item", **fields: Any) -> VoucherFacts:
    facts = {name: fields.pop(name) for name in ("used", "reserved", "valid_until") if name in fields}
    return VoucherFacts(
        code=CODES[number], reward=REWARD.validate_python({"kind": kind, "name": NAME, **fields}), **facts
    )


def used(bought: list[dict[str, Any]], *vouchers: VoucherFacts, rules: tuple[dict[str, Any], ...] = ()) -> list[Any]:
    codes = [displayed(each.code).lower() for each in vouchers]
    evaluation = evaluated(rules, basket(*bought, codes=codes), customer(vouchers=vouchers))
    assert not [miss for miss in evaluation.misses if miss.condition == "unknown_code"]
    assert evaluation.totals.due == evaluation.totals.subtotal - evaluation.totals.discount >= 0
    return [effect for effect in evaluation.effects if isinstance(effect, UseVoucher)]


@pytest.mark.parametrize(
    ("fields", "off"),
    [
        pytest.param({"selector": {"categories": ["drinks"]}}, 800, id="the cheapest matching unit"),
        pytest.param({}, 300, id="the cheapest of all"),
        pytest.param({"kind": "amount_off", "amount": 2500}, 2500, id="an amount"),
        pytest.param({"kind": "amount_off", "amount": 5000}, 2900, id="never more than there is to pay"),
        pytest.param(
            {"kind": "amount_off", "amount": 5000, "selector": {"skus": ["TEA"]}}, 1600, id="of selected lines"
        ),
        pytest.param({"kind": "percent_off", "percent_off": 12.5}, 363, id="a percentage, half up"),
    ],
)
def test_what_a_voucher_takes_off(fields: dict[str, Any], off: int) -> None:
    bought = [
        line("COFFEE", 1, 1000, categories=["drinks"]),
        line("TEA", 2, 800, categories=["drinks"]),
        line("BREAD", 1, 300),
    ]
    (effect,) = used(bought, voucher(**fields))
    assert (effect.code, effect.amount) == (CODES[0], off)
    assert sum(piece.amount for piece in effect.pieces) == off


def test_each_voucher_frees_another_unit() -> None:
    effects = used([line("A", 1, 500), line("B", 1, 700)], voucher(0), voucher(1))
    assert [effect.amount for effect in effects] == [500, 700]


def test_free_items_first_then_percentages_then_amounts() -> None:
    vouchers = [
        voucher(0, kind="amount_off", amount=100),
        voucher(1, kind="percent_off", percent_off=10),
        voucher(2),
    ]
    effects = used([line(quantity=2)], *vouchers)
    assert [(effect.code, effect.amount) for effect in effects] == [(CODES[2], 1000), (CODES[1], 100), (CODES[0], 100)]


def test_a_unit_that_a_voucher_freed_makes_no_set_and_gets_no_stamp() -> None:
    rules = (
        rule("buy_x_get_y"),
        rule("stamp_card", card="coffee", stamps_needed=9, reward={"kind": "free_item", "name": NAME}),
    )
    bought = basket(line(quantity=3), codes=[CODES[0]])
    evaluation = evaluated(rules, bought, customer(vouchers=(voucher(),)))
    assert [effect.kind for effect in evaluation.effects] == ["use_voucher", "stamp"]
    assert evaluation.effects[1].stamps == 2  # type: ignore[union-attr]
    assert missed(evaluation) == [("buy_x_get_y", "buy_x_get_y", 1, "units")]


def test_money_vouchers_take_what_the_rules_left_and_nothing_is_earned_on_them() -> None:
    rules = (rule("discount", percent_off=50), rule("earn", per=100))
    facts = customer(vouchers=(voucher(kind="amount_off", amount=300),))
    evaluation = evaluated(rules, basket(line(price=1000), codes=[CODES[0]]), facts)
    assert [effect.amount for effect in evaluation.effects] == [500, 300, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "condition", "short_by", "unit"),
    [
        pytest.param({"used": True}, "voucher_used", 0, "none", id="used before"),
        pytest.param({"reserved": True}, "voucher_reserved", 0, "none", id="another checkout has it"),
        pytest.param({"valid_until": NOON}, "voucher_expired", 0, "none", id="just ended"),
        pytest.param({"selector": {"skus": ["TEA"]}}, "voucher", 1, "units", id="nothing it is good for"),
        pytest.param(
            {"kind": "amount_off", "amount": 1, "selector": {"skus": ["TEA"]}},
            "voucher",
            1,
            "units",
            id="nothing to pay",
        ),
    ],
)
def test_why_a_voucher_was_not_taken(fields: dict[str, Any], condition: str, short_by: int, unit: str) -> None:
    evaluation = evaluated([], basket(codes=[CODES[0]]), customer(vouchers=(voucher(**fields),)))
    assert evaluation.effects == ()
    assert missed(evaluation) == [(None, condition, short_by, unit)]
    assert evaluation.misses[0].code == CODES[0]


def test_is_good_until_just_before_its_end() -> None:
    assert used([line()], voucher(valid_until=NOON + timedelta(microseconds=1)))


def test_a_code_that_nobody_knows_is_said_once_for_each() -> None:
    evaluation = evaluated([], basket(codes=["NO", CODES[1]]), customer(vouchers=(voucher(0),)))
    assert [(miss.condition, miss.code) for miss in evaluation.misses] == [
        ("unknown_code", "NO"),
        ("unknown_code", CODES[1]),
    ]
