"""The difference between two versions of a program as sentences, in both languages."""

import json
from typing import Any

from kernel.language import Language, Text
from services.loyalty.domain.program_diff import FieldChange, ProgramDiff, RuleChange
from services.loyalty.domain.wording import ISOLATED

ADDED = Text(en="New rule: {name}", ar="قاعدة جديدة: {name}")
REMOVED = Text(en="Rule removed: {name}", ar="قاعدة محذوفة: {name}")
CHANGED = Text(en="{name}: {field} from {before} to {after}", ar="{name}: {field} من {before} إلى {after}")
TERM = Text(en="{field} from {before} to {after}", ar="{field} من {before} إلى {after}")
REORDERED = Text(en="The rules stand in another order", ar="تغيّر ترتيب القواعد")
NOTHING = Text(en="nothing", ar="لا شيء")
YES, NO = Text(en="yes", ar="نعم"), Text(en="no", ar="لا")

# What people call the fields they change most. Others go by the name they have in the document.
FIELDS = {
    "points": Text(en="units", ar="الوحدات"),
    "per": Text(en="for each", ar="لكل"),
    "buy": Text(en="to buy", ar="المطلوب شراؤه"),
    "get": Text(en="to get", ar="المجاني"),
    "percent_off": Text(en="percentage off", ar="نسبة الخصم"),
    "amount": Text(en="amount", ar="المبلغ"),
    "stamps_needed": Text(en="stamps needed", ar="الأختام المطلوبة"),
    "paid_months": Text(en="paid months", ar="الأشهر المدفوعة"),
    "bonus_months": Text(en="bonus months", ar="أشهر الهدية"),
    "starts_on": Text(en="first day", ar="أول يوم"),
    "ends_on": Text(en="last day", ar="آخر يوم"),
    "priority": Text(en="priority", ar="الأولوية"),
    "conditions": Text(en="conditions", ar="الشروط"),
    "name.en": Text(en="English name", ar="الاسم بالإنجليزية"),
    "name.ar": Text(en="Arabic name", ar="الاسم بالعربية"),
    "currency": Text(en="currency", ar="العملة"),
    "time_zone": Text(en="time zone", ar="المنطقة الزمنية"),
    "unit": Text(en="what the wallet counts", ar="وحدة المحفظة"),
    "pending_days": Text(en="days of waiting", ar="أيام الانتظار"),
    "expiry.months": Text(en="months of validity", ar="أشهر الصلاحية"),
    "expiry.days": Text(en="days of validity", ar="أيام الصلاحية"),
    "reward.valid_days": Text(en="days the reward is valid", ar="أيام صلاحية المكافأة"),
    "referral": Text(en="bringing a friend", ar="دعوة صديق"),
    "referral.advocate.points": Text(en="units for bringing a friend", ar="وحدات من يدعو صديقًا"),
    "referral.friend.points": Text(en="units for a friend who is brought", ar="وحدات الصديق المدعو"),
    "referral.purchase_min": Text(en="a friend's purchase at least", ar="أقل مبلغ لشراء الصديق"),
    "referral.return_days": Text(en="days until a referral is rewarded", ar="أيام الانتظار قبل مكافأة الدعوة"),
    "referral.milestones": Text(en="awards for bringing so many friends", ar="مكافآت عدد الأصدقاء"),
    "referral.when": Text(en="what a friend is to do", ar="المطلوب من الصديق"),
    "referral.purchases_max": Text(
        en="purchases of a friend that are rewarded at most", ar="أقصى عدد من مشتريات الصديق يُكافأ"
    ),
    "referral.hold_days": Text(en="days until a friend who came is rewarded", ar="أيام الانتظار بعد مجيء الصديق"),
    "tiers": Text(en="tiers", ar="الفئات"),
    "tiers.basis": Text(en="what tiers count", ar="ما تُحتسب به الفئات"),
    "tiers.unit": Text(en="unit that tiers count", ar="الوحدة التي تُحتسب بها الفئات"),
    "tiers.window.kind": Text(en="kind of time that tiers count", ar="نوع المدة التي تُحتسب بها الفئات"),
    "tiers.window.period": Text(en="period that tiers count", ar="الفترة التي تُحتسب بها الفئات"),
    "tiers.window.months": Text(en="months that tiers count", ar="الأشهر التي تُحتسب بها الفئات"),
    "tiers.downgrade": Text(en="how a tier is lost", ar="كيفية فقدان الفئة"),
    "tiers.grace_days": Text(en="days of grace before a tier is lost", ar="أيام المهلة قبل فقدان الفئة"),
    "tiers.on_leaving": Text(en="when a tier is lost whose group was left", ar="متى تُفقد الفئة بعد مغادرة مجموعتها"),
    "tiers.warning_days": Text(en="days of warning before a tier is lost", ar="أيام التنبيه قبل فقدان الفئة"),
}
# What is said of one tier of the ladder, by the last part of the path.
OF_TIER = {
    "": Text(en="tier {tier}", ar="الفئة {tier}"),
    "threshold": Text(en="threshold of the tier {tier}", ar="حدّ الفئة {tier}"),
    "segment": Text(en="group that the tier {tier} is for", ar="المجموعة المخصصة لها الفئة {tier}"),
    "name.en": Text(en="English name of the tier {tier}", ar="الاسم الإنجليزي للفئة {tier}"),
    "name.ar": Text(en="Arabic name of the tier {tier}", ar="الاسم العربي للفئة {tier}"),
}
LADDER = "tiers.ladder."


def diff_texts(diff: ProgramDiff, language: Language) -> list[str]:
    """Every change as a sentence: the terms first, then the rules."""
    said = [term_text(change, language) for change in diff.terms]
    for rule in diff.rules:
        said += rule_texts(rule, language)
    return said + [REORDERED.in_language(language)] * diff.reordered


def term_text(change: FieldChange, language: Language) -> str:
    """One change of the terms."""
    return TERM.in_language(language).format(**_facts(change, language))


def rule_texts(change: RuleChange, language: Language) -> list[str]:
    """What became of one rule: a sentence for each field that is different."""
    name = ISOLATED.format(change.name.in_language(language))
    if change.change != "changed":
        text = ADDED if change.change == "added" else REMOVED
        return [text.in_language(language).format(name=name)]
    return [CHANGED.in_language(language).format(name=name, **_facts(field, language)) for field in change.fields]


def _facts(change: FieldChange, language: Language) -> dict[str, str]:
    return {
        "field": _field(change.path, language),
        "before": _value(change.before, language),
        "after": _value(change.after, language),
    }


def _field(path: str, language: Language) -> str:
    if path.startswith(LADDER):
        tier, _, said = path.removeprefix(LADDER).partition(".")
        return OF_TIER[said].in_language(language).format(tier=ISOLATED.format(tier))
    named = FIELDS.get(path)
    return named.in_language(language) if named else ISOLATED.format(path)


def _value(value: Any, language: Language) -> str:
    if value is None or value == []:
        return NOTHING.in_language(language)
    if isinstance(value, bool):
        return (YES if value else NO).in_language(language)
    if isinstance(value, str | int | float):
        return ISOLATED.format(value)
    return ISOLATED.format(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))
