"""What answers add up to."""

from typing import Any

import pytest

from cli.demo.answers import purchased, redeemed, signed_up, take_in
from cli.demo.cursor import Household, Tally
from cli.demo.program import FREEING_RULE, HAPPY_RULE, MILESTONE_RULE


@pytest.mark.parametrize(
    ("effect", "counted"),
    [
        pytest.param({"kind": "accrue", "rule": "points", "amount": 12}, {"points_accrued": 12}, id="points"),
        pytest.param(
            {"kind": "accrue", "rule": HAPPY_RULE, "amount": 12},
            {"points_accrued": 12, "happy_points": 12},
            id="more points in happy hours",
        ),
        pytest.param(
            {"kind": "accrue", "rule": MILESTONE_RULE, "amount": 20},
            {"points_accrued": 20, "milestones": 1},
            id="a milestone",
        ),
        pytest.param({"kind": "achieve", "rule": "three-a-week"}, {"challenges_met": 1}, id="a challenge met"),
        pytest.param({"kind": "advance", "rule": "three-a-week", "done": 2}, {}, id="a step towards it"),
        pytest.param({"kind": "enter_draw", "entries": 3}, {"draw_entries": 3}, id="entries in the draw"),
        pytest.param({"kind": "issue_pass", "passes": 1, "entries": 10}, {"passes_issued": 1}, id="a pass"),
        pytest.param(
            {"kind": "discount", "rule": FREEING_RULE, "amount": 150, "pieces": [{"quantity": 1}, {"quantity": 2}]},
            {"free_items": 3, "discount_cents": 150},
            id="free among the units in the basket",
        ),
        pytest.param(
            {"kind": "discount", "rule": "coupon", "amount": 150, "pieces": [{"quantity": 9}]},
            {"discount_cents": 150},
            id="a coupon frees no unit",
        ),
        pytest.param({"kind": "give", "quantity": 2}, {"free_items": 2}, id="free on top"),
        pytest.param({"kind": "stamp", "stamps": 4}, {"stamps": 4}, id="stamps"),
        pytest.param({"kind": "issue_voucher", "code": "NEW"}, {"vouchers_issued": 1}, id="a voucher comes"),
        pytest.param(
            {"kind": "use_voucher", "code": "OLD", "amount": 199},
            {"vouchers_used": 1, "discount_cents": 199},
            id="a voucher goes",
        ),
        pytest.param({"kind": "extend_membership"}, {"memberships_extended": 1}, id="a membership"),
    ],
)
def test_take_in(effect: dict[str, Any], counted: dict[str, int]) -> None:
    tally = Tally()

    take_in([effect], Household(customer_id="cus_1", vouchers=["OLD"]), tally)

    assert tally.model_dump(exclude_defaults=True) == counted


def test_a_household_knows_what_it_has_to_spend() -> None:
    household = Household(customer_id="cus_1", points=100, vouchers=["OLD"])
    effects: list[dict[str, Any]] = [
        {"kind": "use_voucher", "code": "OLD", "amount": 199},
        {"kind": "accrue", "rule": "points", "amount": 60},
        {"kind": "issue_voucher", "code": "NEW"},
    ]

    take_in(effects, household, Tally())

    assert (household.points, household.vouchers) == (160, ["NEW"])


def test_a_purchase_and_a_sign_up_both_earn() -> None:
    household, tally = Household(customer_id="cus_1"), Tally()

    purchased({"effects": [{"kind": "accrue", "rule": "points", "amount": 60}]}, household, tally)
    signed_up({"effects": [{"kind": "accrue", "rule": "newsletter", "amount": 10}]}, household, tally)

    assert (household.points, tally.points_accrued) == (70, 70)
    assert (tally.purchases, tally.sign_ups) == (1, 1)


def test_a_redemption_turns_points_into_a_voucher() -> None:
    household, tally = Household(customer_id="cus_1", points=160), Tally()

    redeemed({"price": 150, "voucher": {"code": "FIVE"}}, household, tally)

    assert (household.points, household.redemptions, household.vouchers) == (10, 1, ["FIVE"])
    assert (tally.points_burned, tally.redemptions, tally.vouchers_issued) == (150, 1, 1)
