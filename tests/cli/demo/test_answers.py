"""What answers add up to."""

from typing import Any

import pytest

from cli.demo.answers import redeemed, take_in
from cli.demo.cursor import Household, Tally
from cli.demo.program import FREEING_RULE


@pytest.mark.parametrize(
    ("effect", "counted"),
    [
        pytest.param({"kind": "accrue", "amount": 12}, {"points_accrued": 12}, id="points"),
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

    assert tally.model_dump(exclude_defaults=True) == {"purchases": 1, **counted}


def test_a_household_knows_what_it_has_to_spend() -> None:
    household = Household(customer_id="cus_1", points=100, vouchers=["OLD"])
    effects: list[dict[str, Any]] = [
        {"kind": "use_voucher", "code": "OLD", "amount": 199},
        {"kind": "accrue", "amount": 60},
        {"kind": "issue_voucher", "code": "NEW"},
    ]

    take_in(effects, household, Tally())

    assert (household.points, household.vouchers) == (160, ["NEW"])


def test_a_redemption_turns_points_into_a_voucher() -> None:
    household, tally = Household(customer_id="cus_1", points=160), Tally()

    redeemed({"price": 150, "voucher": {"code": "FIVE"}}, household, tally)

    assert (household.points, household.redemptions, household.vouchers) == (10, 1, ["FIVE"])
    assert (tally.points_burned, tally.redemptions, tally.vouchers_issued) == (150, 1, 1)
