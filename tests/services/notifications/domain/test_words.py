"""Numbers, money, days and plurals in both languages."""

import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel.language import Language
from services.notifications.domain.words import Words, catalogue

EN, AR = Words(Language.ENGLISH), Words(Language.ARABIC)
FSI, PDI = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
CATEGORIES = {Language.ENGLISH: {"one", "other"}, Language.ARABIC: {"zero", "one", "two", "few", "many", "other"}}
COUNTS = (0, 1, 2, 3, 11, 100)
CARD = f"{FSI}Coffee{PDI}"


@pytest.mark.parametrize(
    ("key", "english", "arabic"),
    [
        pytest.param(
            "amount.points",
            ["0 points", "1 point", "2 points", "3 points", "11 points", "100 points"],
            ["0 نقطة", "نقطة واحدة", "نقطتان", "3 نقاط", "11 نقطة", "100 نقطة"],
            id="points",
        ),
        pytest.param(
            "amount.miles",
            ["0 miles", "1 mile", "2 miles", "3 miles", "11 miles", "100 miles"],
            ["0 ميل", "ميل واحد", "ميلان", "3 أميال", "11 ميلًا", "100 ميل"],
            id="miles",
        ),
        pytest.param(
            "amount.months",
            ["0 months", "1 month", "2 months", "3 months", "11 months", "100 months"],
            ["0 شهر", "شهر واحد", "شهران", "3 أشهر", "11 شهرًا", "100 شهر"],
            id="months",
        ),
        pytest.param(
            "amount.visits",
            ["0 visits", "1 visit", "2 visits", "3 visits", "11 visits", "100 visits"],
            ["0 زيارة", "زيارة واحدة", "زيارتان", "3 زيارات", "11 زيارة", "100 زيارة"],
            id="visits",
        ),
        pytest.param(
            "amount.years",
            ["0 years", "1 year", "2 years", "3 years", "11 years", "100 years"],
            ["0 سنة", "سنة واحدة", "سنتان", "3 سنوات", "11 سنة", "100 سنة"],
            id="years",
        ),
        pytest.param(
            "stamps.line",
            [
                f"Your card {CARD} is full.",
                f"1 more stamp and your card {CARD} is full.",
                f"2 more stamps and your card {CARD} is full.",
                f"3 more stamps and your card {CARD} is full.",
                f"11 more stamps and your card {CARD} is full.",
                f"100 more stamps and your card {CARD} is full.",
            ],
            [
                f"اكتملت بطاقتك {CARD}.",
                f"بقي ختم واحد لتكتمل بطاقتك {CARD}.",
                f"بقي ختمان لتكتمل بطاقتك {CARD}.",
                f"بقيت 3 أختام لتكتمل بطاقتك {CARD}.",
                f"بقي 11 ختمًا لتكتمل بطاقتك {CARD}.",
                f"بقي 100 ختم لتكتمل بطاقتك {CARD}.",
            ],
            id="stamps",
        ),
        pytest.param(
            "passes.entries",
            ["0 entries", "1 entry", "2 entries", "3 entries", "11 entries", "100 entries"],
            ["0 مرة دخول", "مرة دخول واحدة", "مرتا دخول", "3 مرات دخول", "11 مرة دخول", "100 مرة دخول"],
            id="entries of a pass",
        ),
        pytest.param(
            "membership_ending.left",
            [
                "Today is its last day.",
                "You have 1 day left to renew it.",
                "You have 2 days left to renew it.",
                "You have 3 days left to renew it.",
                "You have 11 days left to renew it.",
                "You have 100 days left to renew it.",
            ],
            [
                "اليوم هو آخر أيامها.",
                "بقي يوم واحد لتجديدها.",
                "بقي يومان لتجديدها.",
                "بقيت 3 أيام لتجديدها.",
                "بقي 11 يومًا لتجديدها.",
                "بقي 100 يوم لتجديدها.",
            ],
            id="days of a membership",
        ),
        pytest.param(
            "milestone.friends",
            ["0 friends", "1 friend", "2 friends", "3 friends", "11 friends", "100 friends"],
            ["0 صديق", "صديق واحد", "صديقان", "3 أصدقاء", "11 صديقًا", "100 صديق"],
            id="friends of a milestone",
        ),
    ],
)
def test_every_plural_sentence(key: str, english: list[str], arabic: list[str]) -> None:
    assert [EN.count(key, n, card=CARD) for n in COUNTS] == english
    assert [AR.count(key, n, card=CARD) for n in COUNTS] == arabic


def test_the_table_above_names_every_plural_sentence() -> None:
    plural = {f"{section}.{entry}" for section, entry, text in sentences(Language.ENGLISH) if isinstance(text, dict)}
    assert plural == {
        "amount.points",
        "amount.miles",
        "amount.months",
        "amount.visits",
        "amount.years",
        "stamps.line",
        "passes.entries",
        "membership_ending.left",
        "milestone.friends",
    }


def test_both_languages_say_the_same_things() -> None:
    english = {(section, entry): text for section, entry, text in sentences(Language.ENGLISH)}
    arabic = {(section, entry): text for section, entry, text in sentences(Language.ARABIC)}
    assert english.keys() == arabic.keys()
    for key, text in english.items():
        assert isinstance(text, dict) == isinstance(arabic[key], dict), key
        if isinstance(text, str):
            assert places(text) == places(arabic[key]), key


@pytest.mark.parametrize("language", Language)
def test_a_plural_sentence_has_every_form_its_language_needs(language: Language) -> None:
    for _, _, text in sentences(language):
        if isinstance(text, dict):
            assert {form for form in text if not form.startswith("=")} == CATEGORIES[language]


def test_no_latin_letter_stands_in_an_arabic_sentence() -> None:
    for _, _, text in sentences(Language.ARABIC):
        forms: list[str] = list(text.values()) if isinstance(text, dict) else [str(text)]
        for form in forms:
            assert not re.search("[A-Za-z]", re.sub(r"{\w+}", "", form)), form


@pytest.mark.parametrize(
    ("unit", "amount", "english", "arabic"),
    [
        pytest.param("points", 12500, "12,500 points", "12,500 نقطة", id="thousands are grouped, digits are Latin"),
        pytest.param("crowns", 7, f"7 {FSI}crowns{PDI}", f"7 {FSI}crowns{PDI}", id="a unit of the tenant's own"),
        pytest.param("SAR", 1250, "12.50 Saudi riyals", "12.50 ريال سعودي", id="store credit, two decimals"),
        pytest.param("KWD", 1250, "1.250 Kuwaiti dinars", "1.250 دينار كويتي", id="store credit, three decimals"),
    ],
)
def test_an_amount_in_words(unit: str, amount: int, english: str, arabic: str) -> None:
    assert EN.amount(unit, amount) == english
    assert AR.amount(unit, amount) == arabic


def test_a_day_has_its_month_spelled_out() -> None:
    assert EN.day(date(2027, 2, 22)) == "22 February 2027"
    assert AR.day(date(2027, 2, 22)) == "22 فبراير 2027"


@pytest.mark.parametrize(
    ("end", "last_day"),
    [
        pytest.param(datetime(2026, 12, 31, 21, 0, tzinfo=UTC), "31 December 2026", id="midnight in Riyadh"),
        pytest.param(datetime(2026, 12, 31, 21, 0, 1, tzinfo=UTC), "1 January 2027", id="a second later"),
    ],
)
def test_the_last_day_is_the_readers(end: datetime, last_day: str) -> None:
    assert Words(Language.ENGLISH, ZoneInfo("Asia/Riyadh")).last_day(end) == last_day


@pytest.mark.parametrize(
    ("names", "said"),
    [
        pytest.param({"en": "Coffee", "ar": "قهوة"}, "قهوة", id="own language"),
        pytest.param({"en": "Coffee"}, "Coffee", id="a name nobody translated is still its name"),
        pytest.param({"ar": "قهوة\u202e\nbcc: all"}, "قهوة bcc: all", id="controls are taken out"),
        pytest.param({"ar": "", "en": "Coffee"}, "Coffee", id="an empty name is none"),
    ],
)
def test_a_name_keeps_its_direction_to_itself(names: dict[str, str], said: str) -> None:
    assert AR.name(names) == f"{FSI}{said}{PDI}"


def sentences(language: Language) -> Iterator[tuple[str, str, object]]:
    for section, entries in catalogue(language).items():
        for entry, text in entries.items():
            yield section, entry, text


def places(text: object) -> set[str | None]:
    assert isinstance(text, str)
    return {place for _, place, _, _ in string.Formatter().parse(text) if place}
