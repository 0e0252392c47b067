"""How many of a thing, in words. Source: CLDR plural rules for English and Arabic."""

from typing import Literal, NamedTuple

from kernel.language import Language

Category = Literal["zero", "one", "two", "few", "many", "other"]
UP_TO_TWO: tuple[Category, ...] = ("zero", "one", "two")


class Arabic(NamedTuple):
    """The forms of an Arabic noun, as the subject of its sentence. `{n}` stands for the number."""

    zero: str
    one: str
    two: str
    few: str
    many: str
    other: str


class Noun(NamedTuple):
    """A countable thing in both languages."""

    en_one: str
    en_other: str
    ar: Arabic


POINTS = Noun(
    "{n} point",
    "{n} points",
    Arabic("لا نقاط", "نقطة واحدة", "نقطتان", "{n} نقاط", "{n} نقطة", "{n} نقطة"),
)
MILES = Noun(
    "{n} mile",
    "{n} miles",
    Arabic("لا أميال", "ميل واحد", "ميلان", "{n} أميال", "{n} ميلًا", "{n} ميل"),
)
UNITS = Noun(
    "{n} unit",
    "{n} units",
    Arabic("لا قطع", "قطعة واحدة", "قطعتان", "{n} قطع", "{n} قطعة", "{n} قطعة"),
)
STAMPS = Noun(
    "{n} stamp",
    "{n} stamps",
    Arabic("لا أختام", "ختم واحد", "ختمان", "{n} أختام", "{n} ختمًا", "{n} ختم"),
)
MONTHS = Noun(
    "{n} month",
    "{n} months",
    Arabic("لا أشهر", "شهر واحد", "شهران", "{n} أشهر", "{n} شهرًا", "{n} شهر"),
)
PASSES = Noun(
    "{n} pass",
    "{n} passes",
    Arabic("لا بطاقات دخول", "بطاقة دخول واحدة", "بطاقتا دخول", "{n} بطاقات دخول", "{n} بطاقة دخول", "{n} بطاقة دخول"),
)
PASS_ENTRIES = Noun(
    "{n} entry",
    "{n} entries",
    Arabic("لا دخول", "دخول واحد", "دخولان", "{n} مرات دخول", "{n} مرة دخول", "{n} مرة دخول"),
)
DRAW_ENTRIES = Noun(
    "{n} entry",
    "{n} entries",
    Arabic("لا مشاركات", "مشاركة واحدة", "مشاركتان", "{n} مشاركات", "{n} مشاركة", "{n} مشاركة"),
)
PLAYS = Noun(
    "{n} play",
    "{n} plays",
    Arabic("لا محاولات", "محاولة واحدة", "محاولتان", "{n} محاولات", "{n} محاولة", "{n} محاولة"),
)
VISITS = Noun(
    "{n} visit",
    "{n} visits",
    Arabic("لا زيارات", "زيارة واحدة", "زيارتان", "{n} زيارات", "{n} زيارة", "{n} زيارة"),
)
KINDS = Noun(
    "{n} different kind",
    "{n} different kinds",
    Arabic("لا أصناف", "صنف واحد", "صنفان مختلفان", "{n} أصناف مختلفة", "{n} صنفًا مختلفًا", "{n} صنف مختلف"),
)
DAYS = Noun(
    "{n} day",
    "{n} days",
    Arabic("لا أيام", "يوم واحد", "يومان", "{n} أيام", "{n} يومًا", "{n} يوم"),
)
WEEKS = Noun(
    "{n} week",
    "{n} weeks",
    Arabic("لا أسابيع", "أسبوع واحد", "أسبوعان", "{n} أسابيع", "{n} أسبوعًا", "{n} أسبوع"),
)
QUARTERS = Noun(
    "{n} quarter",
    "{n} quarters",
    Arabic("لا أرباع", "ربع واحد", "ربعان", "{n} أرباع", "{n} ربعًا", "{n} ربع"),
)
YEARS = Noun(
    "{n} year",
    "{n} years",
    Arabic("لا سنوات", "سنة واحدة", "سنتان", "{n} سنوات", "{n} سنة", "{n} سنة"),
)


def counted(noun: Noun, number: int, language: Language) -> str:
    """So many of the thing: "3 points", "3 نقاط". The number is not below zero."""
    if language is Language.ARABIC:
        form: str = getattr(noun.ar, arabic_category(number))
    else:
        form = noun.en_one if number == 1 else noun.en_other
    return form.format(n=number)


def arabic_category(number: int) -> Category:
    """The form an Arabic noun takes after a number that is not below zero."""
    if number <= 2:
        return UP_TO_TWO[number]
    last_two = number % 100
    if 3 <= last_two <= 10:
        return "few"
    return "many" if last_two >= 11 else "other"
