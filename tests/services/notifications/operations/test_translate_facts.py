"""What a purchase or a return caused, as its customer is told."""

from datetime import timedelta

import pytest

from contracts.events.loyalty import AnyFact, DiscountGiven, StampsGiven
from kernel.ids import CustomerId, TenantId
from services.notifications.domain import parts
from services.notifications.domain.parts import Part
from services.notifications.operations.translate_facts import translate_facts
from tests.services.notifications.telling import (
    COFFEE,
    FREE_COFFEE,
    GOLD,
    MORNING,
    bought,
    gave_back,
    membership,
    points,
    stamps,
    voucher,
)

SHOP, SARA = TenantId("ten_shop"), CustomerId("cus_sara")
TEA = {"en": "Tea card", "ar": "بطاقة الشاي"}
MOMENT = timedelta(microseconds=1)
BALANCE = parts.Balance(unit="points", amount=320)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        pytest.param(
            [stamps(on_card=4), points(35), voucher(), membership()],
            [
                parts.MembershipExtended(plan_name=GOLD, paid_months=12, bonus_months=3, ends_on=membership().ends_on),
                parts.VoucherReceived(reward_name=FREE_COFFEE),
                parts.PointsReceived(unit="points", amount=35),
                parts.StampProgress(card_name=COFFEE, stamps_left=2),
                BALANCE,
            ],
            id="what matters most first, the balance last",
        ),
        pytest.param(
            [stamps(on_card=3), stamps(on_card=4), points(10), points(25)],
            [
                parts.PointsReceived(unit="points", amount=35),
                parts.StampProgress(card_name=COFFEE, stamps_left=2),
                BALANCE,
            ],
            id="several rules, one sum",
        ),
        pytest.param(
            [points(10, spendable_at=MORNING), points(20), points(25, spendable_at=MORNING + MOMENT)],
            [
                parts.PointsReceived(unit="points", amount=30),
                parts.PointsReceived(unit="points", amount=25, spendable_at=MORNING + MOMENT),
                BALANCE,
            ],
            id="points are pending from the moment after the purchase",
        ),
        pytest.param(
            [
                stamps(on_card=6),
                StampsGiven(card="tea", card_name=TEA, stamps=1, stamps_on_card=1, stamps_needed=3),
            ],
            [
                parts.StampProgress(card_name=COFFEE, stamps_left=0),
                parts.StampProgress(card_name=TEA, stamps_left=2),
            ],
            id="each card by itself, and no balance where no units moved",
        ),
        pytest.param([points(0), voucher()], [parts.VoucherReceived(reward_name=FREE_COFFEE), BALANCE], id="no points"),
    ],
)
def test_a_purchase(facts: list[AnyFact], told: list[Part]) -> None:
    assert translate_facts(bought(SHOP, SARA, *facts)) == tuple(told)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([], id="nothing happened"),
        pytest.param([DiscountGiven(rule="b2g1", amount=500, free_units=1)], id="it is on the receipt already"),
        pytest.param([points(0)], id="no points"),
        pytest.param([points(7), points(-7)], id="given and taken"),
    ],
)
def test_nothing_to_tell(facts: list[AnyFact]) -> None:
    assert translate_facts(bought(SHOP, SARA, *facts)) == ()


def test_a_return_takes_back() -> None:
    event = gave_back(SHOP, SARA, points(-12), stamps(on_card=3, stamps=-1), membership(paid=-12, bonus=-3))
    assert translate_facts(event) == (
        parts.MembershipShortened(plan_name=GOLD, ends_on=membership().ends_on),
        parts.PointsTaken(unit="points", amount=12),
        parts.StampProgress(card_name=COFFEE, stamps_left=3),
        parts.Balance(unit="points", amount=300),
    )


@pytest.mark.parametrize(
    ("paid", "bonus", "told"),
    [(1, 0, parts.MembershipExtended), (-1, 0, parts.MembershipShortened), (0, -1, parts.MembershipShortened)],
)
def test_membership_time_is_added_or_taken_back(paid: int, bonus: int, told: type[Part]) -> None:
    [part] = translate_facts(bought(SHOP, SARA, membership(paid, bonus)))
    assert isinstance(part, told)
