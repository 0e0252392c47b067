from datetime import UTC, datetime
from typing import get_args

import pytest

from kernel.language import Language
from services.loyalty.domain.conditions import Condition
from services.loyalty.domain.effects import (
    Accrue,
    Discount,
    Effect,
    ExtendMembership,
    Give,
    IssueVoucher,
    Stamp,
    UseVoucher,
)
from services.loyalty.domain.misses import Miss, MissUnit
from services.loyalty.domain.name import Name
from services.loyalty.domain.plural import MILES, MONTHS, POINTS, STAMPS, UNITS, Noun, arabic_category, counted
from services.loyalty.domain.reward import FreeItem
from services.loyalty.domain.wording import REASONS, effect_text, miss_text
from tests.services.loyalty.domain.build import program, rule

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "category"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "two"),
        (3, "few"),
        (10, "few"),
        (11, "many"),
        (99, "many"),
        (100, "other"),
        (101, "other"),
        (102, "other"),
        (103, "few"),
        (111, "many"),
        (1000, "other"),
    ],
)
def test_arabic_category(number: int, category: str) -> None:
    assert arabic_category(number) == category


@pytest.mark.parametrize(
    ("noun", "arabic"),
    [
        pytest.param(POINTS, ["لا نقاط", "نقطة واحدة", "نقطتان", "3 نقاط", "11 نقطة", "100 نقطة"], id="points"),
        pytest.param(MILES, ["لا أميال", "ميل واحد", "ميلان", "3 أميال", "11 ميلًا", "100 ميل"], id="miles"),
        pytest.param(UNITS, ["لا قطع", "قطعة واحدة", "قطعتان", "3 قطع", "11 قطعة", "100 قطعة"], id="units"),
        pytest.param(STAMPS, ["لا أختام", "ختم واحد", "ختمان", "3 أختام", "11 ختمًا", "100 ختم"], id="stamps"),
        pytest.param(MONTHS, ["لا أشهر", "شهر واحد", "شهران", "3 أشهر", "11 شهرًا", "100 شهر"], id="months"),
    ],
)
def test_counted_in_arabic(noun: Noun, arabic: list[str]) -> None:
    assert [counted(noun, number, Language.ARABIC) for number in (0, 1, 2, 3, 11, 100)] == arabic


def test_counted_in_english() -> None:
    assert [counted(POINTS, number, Language.ENGLISH) for number in (0, 1, 2)] == ["0 points", "1 point", "2 points"]


REWARD = FreeItem(kind="free_item", name=Name(en="A coffee", ar="قهوة"))
PROGRAM = program(rule("earn", id="r", per=100))


def accrue(amount: int, unit: str = "points") -> Accrue:
    return Accrue(rule="r", unit=unit, amount=amount, base=0, spendable_at=MOMENT, expires_at=None)


@pytest.mark.parametrize(
    ("effect", "english", "arabic"),
    [
        pytest.param(accrue(1), "Rule: 1 point", "قاعدة: نقطة واحدة", id="a point"),
        pytest.param(accrue(12), "Rule: 12 points", "قاعدة: 12 نقطة", id="points"),
        pytest.param(accrue(3, "miles"), "Rule: 3 miles", "قاعدة: 3 أميال", id="miles"),
        pytest.param(accrue(3, "stars"), "Rule: 3 stars", "قاعدة: 3 stars", id="what the tenant calls them"),
        pytest.param(
            Discount(rule="r", amount=350, pieces=()), "Rule: 3.50 SAR off", "قاعدة: خصم 3.50 ر.س", id="discount"
        ),
        pytest.param(
            Discount(rule="r", amount=350, pieces=(), capped_from=400),
            "Rule: 3.50 SAR off, the most it gives",
            "قاعدة: خصم 3.50 ر.س، وهو أقصى خصم لهذا العرض",
            id="discount up to its cap",
        ),
        pytest.param(
            Give(rule="r", sku="TEA", name="", quantity=1),
            "Rule: 1 unit of \u2068TEA\u2069 free",
            "قاعدة: قطعة واحدة من \u2068TEA\u2069 مجانًا",
            id="gift",
        ),
        pytest.param(
            UseVoucher(code="00000000000000011", amount=350, pieces=()),
            "Voucher \u20680000-0000-0000-0001-1\u2069: 3.50 SAR off",
            "القسيمة \u20680000-0000-0000-0001-1\u2069: خصم 3.50 ر.س",
            id="voucher used",
        ),
        pytest.param(
            Stamp(rule="r", card="c", stamps=2, needed=5, filled=0, on_card=3),
            "Rule: 2 stamps, the card shows 3 of 5",
            "قاعدة: ختمان، وعلى البطاقة 3 من 5",
            id="stamps",
        ),
        pytest.param(
            IssueVoucher(rule="r", card="c", reward=REWARD, valid_until=None),
            "Rule: a voucher for A coffee",
            "قاعدة: قسيمة: قهوة",
            id="voucher issued",
        ),
        pytest.param(
            ExtendMembership(rule="r", plan="gym", paid_months=12, bonus_months=3),
            "Rule: 12 months paid, 3 months free",
            "قاعدة: المدفوع 12 شهرًا، والهدية 3 أشهر",
            id="membership with a gift",
        ),
        pytest.param(
            ExtendMembership(rule="r", plan="gym", paid_months=1, bonus_months=0),
            "Rule: 1 month paid",
            "قاعدة: المدفوع شهر واحد",
            id="membership",
        ),
    ],
)
def test_effect_text(effect: Effect, english: str, arabic: str) -> None:
    assert effect_text(effect, PROGRAM, Language.ENGLISH) == english
    assert effect_text(effect, PROGRAM, Language.ARABIC) == arabic


def miss(condition: str, short_by: int = 0, unit: MissUnit = "none", *, code: str | None = None) -> Miss:
    return Miss(rule=None if code else "r", condition=condition, short_by=short_by, unit=unit, code=code)


@pytest.mark.parametrize(
    ("missed", "english", "arabic"),
    [
        pytest.param(miss("spend_at_least", 350, "money"), "Rule: 3.50 SAR short", "قاعدة: ينقصك 3.50 ر.س", id="money"),
        pytest.param(miss("buy_x_get_y", 1, "units"), "Rule: 1 unit short", "قاعدة: ينقصك قطعة واحدة", id="a unit"),
        pytest.param(miss("buy_x_get_y", 2, "units"), "Rule: 2 units short", "قاعدة: ينقصك قطعتان", id="units"),
        pytest.param(
            miss("free_unit", 1, "units"),
            "Rule: 1 unit more at the offer's price",
            "قاعدة: ينقصك قطعة واحدة بسعر العرض",
            id="the free unit",
        ),
        pytest.param(
            miss("choice", 2, "units"), "Rule: 2 units to choose", "قاعدة: لك قطعتان من اختيارك", id="a choice"
        ),
        pytest.param(
            miss("better_discount", 350, "money"),
            "Rule: another discount takes 3.50 SAR more off",
            "قاعدة: هناك خصم آخر يزيد عليه 3.50 ر.س",
            id="a better discount",
        ),
        pytest.param(
            miss("better_discount"),
            "Rule: another discount takes as much off",
            "قاعدة: هناك خصم آخر بالقيمة نفسها",
            id="as good a discount",
        ),
        pytest.param(
            miss("except_tenders"),
            "Rule: nothing is earned on what was paid that way",
            "قاعدة: لا نقاط على ما دُفع بهذه الطريقة",
            id="paid with points",
        ),
        pytest.param(
            miss("fixed_price"),
            "Rule: costs no more than that anyway",
            "قاعدة: السعر لا يزيد على ذلك أصلًا",
            id="a price that is none",
        ),
        pytest.param(miss("ends_on"), "Rule: has ended", "قاعدة: انتهى", id="nothing to count"),
        pytest.param(
            miss("unknown_code", code="X1"),
            "Nobody knows this code: \u2068X1\u2069",
            "رمز غير معروف: \u2068X1\u2069",
            id="code",
        ),
    ],
)
def test_miss_text(missed: Miss, english: str, arabic: str) -> None:
    assert miss_text(missed, PROGRAM, Language.ENGLISH) == english
    assert miss_text(missed, PROGRAM, Language.ARABIC) == arabic


@pytest.mark.parametrize(
    ("currency", "english", "arabic"),
    [
        ("KWD", "Rule: 1.250 KWD short", "قاعدة: ينقصك 1.250 د.ك"),
        ("JPY", "Rule: 1250 JPY short", "قاعدة: ينقصك 1250 JPY"),
    ],
)
def test_money_has_the_decimals_of_its_currency(currency: str, english: str, arabic: str) -> None:
    other = program(rule("earn", id="r", per=100), currency=currency)
    assert miss_text(miss("earn", 1250, "money"), other, Language.ENGLISH) == english
    assert miss_text(miss("earn", 1250, "money"), other, Language.ARABIC) == arabic


def test_every_condition_has_words() -> None:
    kinds = {get_args(each.model_fields["kind"].annotation)[0] for each in Condition.__origin__.__args__}  # type: ignore[attr-defined]
    assert kinds - {"spend_at_least", "quantity_at_least"} <= set(REASONS)
