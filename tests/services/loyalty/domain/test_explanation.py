"""A lot's story, sentence by sentence, in both languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kernel.language import Language
from services.loyalty.domain.explanation import LotStory, Use, told
from services.loyalty.domain.name import Name
from tests.services.loyalty.domain.lots import TODAY, lot

RIYADH = ZoneInfo("Asia/Riyadh")
ISOLATES = re.compile("[\u2068\u2069]")
RULE = Name(en="A point for each riyal", ar="نقطة لكل ريال")
MIDNIGHT = datetime(2027, 1, 10, 21, tzinfo=UTC)


def story(remaining: int, amount: int | None = None, **facts: Any) -> LotStory:
    """A lot of January, earned with receipt R-1."""
    of_lot = {name: facts.pop(name) for name in ("expires", "spendable") if name in facts}
    made = {"reference": "pur_1", "receipt": "R-1", "rule": "base", "rule_name": RULE, "version": 2}
    known = {"lot": lot("a", remaining, **of_lot), "unit": "points", "amount": remaining if amount is None else amount}
    return LotStory(**{**known, **made, **facts})


def says(what: LotStory, language: Language = Language.ENGLISH) -> list[str]:
    return [ISOLATES.sub("", sentence) for sentence in told(what, at=TODAY, zone=RIYADH, language=language)]


SPENT = Use(kind="burn", amount=30, reference="red_1", at=datetime(2026, 3, 1, 22, tzinfo=UTC))
EARNED_EN = "Earned with receipt R-1 on 1 January 2026 by “A point for each riyal” (version 2): 100 points"
EARNED_AR = "من الإيصال R-1 بتاريخ 1 يناير 2026 بقاعدة «نقطة لكل ريال» (الإصدار 2): 100 نقطة"


@pytest.mark.parametrize(
    ("what", "english", "arabic"),
    [
        pytest.param(
            story(100),
            [EARNED_EN, "Left: 100 points, without an end"],
            [EARNED_AR, "المتبقي: 100 نقطة، بلا تاريخ انتهاء"],
            id="untouched",
        ),
        pytest.param(
            story(70, 100, latest=(SPENT,), expires="2026-12-31"),
            [EARNED_EN, "Spent on 2 March 2026: 30 points", "Left: 70 points, until 31 December 2026, 03:00"],
            [EARNED_AR, "صرف بتاريخ 2 مارس 2026: 30 نقطة", "المتبقي: 70 نقطة، حتى 31 ديسمبر 2026، 03:00"],
            id="partly spent, on the shop's day",
        ),
        pytest.param(
            story(100, spendable="2026-06-15"),
            [EARNED_EN, "Left: 100 points, to be spent from 15 June 2026, 03:00, without an end"],
            [EARNED_AR, "المتبقي: 100 نقطة، متاح للصرف من 15 يونيو 2026، 03:00، بلا تاريخ انتهاء"],
            id="pending",
        ),
        pytest.param(
            story(100, expires="2026-06-20", spendable="2026-06-20", awaits="delivered"),
            [EARNED_EN, "Left: 100 points, waiting for “delivered” until 20 June 2026, 03:00"],
            [EARNED_AR, "المتبقي: 100 نقطة، بانتظار «delivered» حتى 20 يونيو 2026، 03:00"],
            id="waiting for an event",
        ),
        pytest.param(
            story(100, expires="2026-05-01"),
            [EARNED_EN, "Expired, until 1 May 2026, 03:00: 100 points"],
            [EARNED_AR, "انتهت الصلاحية، كانت حتى 1 مايو 2026، 03:00: 100 نقطة"],
            id="died, and not booked yet",
        ),
        pytest.param(
            story(-2, -3, reference="ret_1", latest=(Use(kind="accrual", amount=-1, reference="pur_2", at=TODAY),)),
            [
                "Owed since goods of receipt R-1 came back on 1 January 2026: 3 points",
                "Paid back on 1 June 2026: 1 point",
                "Still owed: 2 points",
            ],
            [
                "دين منذ إرجاع من الإيصال R-1 بتاريخ 1 يناير 2026: 3 نقاط",
                "سداد بتاريخ 1 يونيو 2026: نقطة واحدة",
                "المتبقي من الدين: نقطتان",
            ],
            id="a debt",
        ),
        pytest.param(
            story(0, 5, reference="adj_1", rule=None, reason="sorry", latest=(SPENT,)),
            ["Given on 1 January 2026 (sorry): 5 points", "Spent on 2 March 2026: 30 points"],
            ["منحة بتاريخ 1 يناير 2026 (sorry): 5 نقاط", "صرف بتاريخ 2 مارس 2026: 30 نقطة"],
            id="used up: nothing is left to tell of",
        ),
        pytest.param(
            story(5, unit="stars", rule=None, reference="trf_1"),
            ["Received from another customer on 1 January 2026: 5 stars", "Left: 5 stars, without an end"],
            ["تحويل من عميل آخر بتاريخ 1 يناير 2026: 5 stars", "المتبقي: 5 stars، بلا تاريخ انتهاء"],
            id="moved, of a unit we have no noun for",
        ),
    ],
)
def test_told(what: LotStory, english: list[str], arabic: list[str]) -> None:
    assert (says(what), says(what, Language.ARABIC)) == (english, arabic)


def test_what_no_purchase_made_is_named_by_its_rule() -> None:
    back = Use(kind="reversal", amount=100, reference="act_1", at=TODAY)
    given = story(0, 100, reference="act_1", receipt=None, latest=(back,))
    assert says(given) == [
        "Given for an activity on 1 January 2026 by “A point for each riyal” (version 2): 100 points",
        "Taken back on 1 June 2026: 100 points",
    ]
    assert says(given, Language.ARABIC) == [
        "مقابل نشاط بتاريخ 1 يناير 2026 بقاعدة «نقطة لكل ريال» (الإصدار 2): 100 نقطة",
        "استرجاع بتاريخ 1 يونيو 2026: 100 نقطة",
    ]
    owed = story(-5, reference="act_1", receipt=None, rule=None)
    assert says(owed)[0] == "Owed since 1 January 2026: 5 points"
    assert says(owed, Language.ARABIC)[0] == "دين منذ 1 يناير 2026: 5 نقاط"


def test_an_end_at_midnight_is_the_end_of_the_day_before() -> None:
    ends = LotStory(
        lot=replace(lot("a", 10), expires_at=MIDNIGHT),
        unit="points",
        amount=10,
        reference="pur_1",
        receipt="R-1",
        sliding=True,
    )
    assert says(ends)[-1] == "Left: 10 points, until the end of 10 January 2027, and longer with each visit"
    assert says(ends, Language.ARABIC)[-1] == "المتبقي: 10 نقاط، حتى نهاية يوم 10 يناير 2027، وتمتد مع كل زيارة"


@pytest.mark.parametrize(
    ("reference", "origin"),
    [
        ("pur_1", "purchase"),
        ("ret_1", "return"),
        ("adj_1", "adjustment"),
        ("mrg_1", "merge"),
        ("act_1", "activity"),
        ("awb_1", "award"),
        ("cel_1", "celebration"),
        ("x", "other"),
    ],
)
def test_the_id_says_what_made_it(reference: str, origin: str) -> None:
    assert story(1, reference=reference).origin == origin


@pytest.mark.parametrize(
    ("what", "standing"),
    [
        (story(1), "open"),
        (story(1, spendable="2026-06-02"), "pending"),
        (story(-1), "owed"),
        (story(0, 1), "used_up"),
        (story(1, expires="2026-06-01"), "expired"),
    ],
)
def test_standing(what: LotStory, standing: str) -> None:
    assert what.standing(TODAY) == standing
