from datetime import UTC, datetime
from typing import Any

import pytest

from services.loyalty.domain.difference import (
    GiftChange,
    MembershipChange,
    StampsChange,
    UnitsChange,
    difference,
)
from services.loyalty.domain.effects import (
    Accrue,
    Discount,
    Effect,
    ExtendMembership,
    Give,
    Piece,
    Stamp,
    UseVoucher,
)

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


def accrue(amount: int, rule: str = "base", expires_at: datetime | None = None) -> Accrue:
    return Accrue(rule=rule, unit="points", amount=amount, base=0, spendable_at=MOMENT, expires_at=expires_at)


def off(amount: int) -> Discount:
    return Discount(rule="ten", amount=amount, pieces=(Piece(line=0, quantity=1, amount=amount),))


def voucher(code: str, amount: int = 100) -> UseVoucher:
    return UseVoucher(code=code, amount=amount, pieces=())


def stamp(stamps: int, filled: int = 0) -> Stamp:
    return Stamp(rule="card", card="coffee", stamps=stamps, needed=5, filled=filled, on_card=0)


def months(paid: int, bonus: int, plan: str = "gym") -> ExtendMembership:
    return ExtendMembership(rule=plan, plan=plan, paid_months=paid, bonus_months=bonus)


def units(amount: int, rule: str = "base", expires_at: datetime | None = None) -> UnitsChange:
    return UnitsChange(rule, "points", MOMENT, expires_at, amount)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        pytest.param([accrue(10)], [accrue(10)], {}, id="nothing"),
        pytest.param([accrue(10)], [], {"units": (units(-10),)}, id="all units back"),
        pytest.param([accrue(10)], [accrue(7)], {"units": (units(-3),)}, id="some units back"),
        pytest.param([accrue(7)], [accrue(10)], {"units": (units(3),)}, id="more units"),
        pytest.param(
            [accrue(7), accrue(5, "drinks")],
            [accrue(7), accrue(1, "drinks")],
            {"units": (units(-4, "drinks"),)},
            id="by rule",
        ),
        pytest.param(
            [accrue(7, expires_at=MOMENT)],
            [accrue(7)],
            {"units": (units(-7, expires_at=MOMENT), units(7))},
            id="by life",
        ),
        pytest.param([off(100)], [off(30)], {"discount": -70}, id="less off"),
        pytest.param(
            [voucher("A"), voucher("B")],
            [voucher("B", 60)],
            {"discount": -140, "vouchers_freed": ("A",)},
            id="a voucher is free again",
        ),
        pytest.param([], [voucher("A")], {"discount": 100, "vouchers_used": ("A",)}, id="a voucher is used now"),
        pytest.param([stamp(7, 1)], [stamp(4)], {"stamps": (StampsChange("coffee", 5, -3),)}, id="stamps"),
        pytest.param(
            [months(12, 3)], [], {"memberships": (MembershipChange("gym", -12, -3),)}, id="paid and bonus months"
        ),
        pytest.param(
            [months(12, 3), months(1, 0, "pool")],
            [months(12, 0)],
            {"memberships": (MembershipChange("pool", -1, 0), MembershipChange("gym", 0, -3))},
            id="by plan",
        ),
        pytest.param(
            [Give(rule="b2g1", sku="TEA", name="", quantity=2)],
            [Give(rule="b2g1", sku="TEA", name="", quantity=1)],
            {"gifts": (GiftChange("TEA", -1),)},
            id="gifts",
        ),
    ],
)
def test_difference(before: list[Effect], after: list[Effect], changes: dict[str, Any]) -> None:
    nothing = {
        "discount": 0,
        "units": (),
        "stamps": (),
        "memberships": (),
        "gifts": (),
        "vouchers_used": (),
        "vouchers_freed": (),
    }
    found = difference(before, after)
    assert {name: getattr(found, name) for name in nothing} == nothing | changes
