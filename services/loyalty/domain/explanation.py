"""Where units came from, what became of them, and when the rest dies: a lot's story in both languages.

Source: docs/wallets.md.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date

from kernel.language import Language, Text
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.lot import Lot
from services.loyalty.domain.name import Name
from services.loyalty.domain.wording import ISOLATED, wallet_units

Origin = Literal[
    "purchase",
    "return",
    "activity",
    "award",
    "celebration",
    "referral",
    "adjustment",
    "transfer",
    "merge",
    "reinstatement",
    "other",
]
Standing = Literal["open", "pending", "owed", "expired", "used_up"]

# An id says what kind of thing it names.
ORIGINS: dict[str, Origin] = {
    "pur": "purchase",
    "ret": "return",
    "act": "activity",
    "awb": "award",
    "cel": "celebration",
    "rfl": "referral",
    "rfm": "referral",
    "rfp": "referral",
    "adj": "adjustment",
    "trf": "transfer",
    "mrg": "merge",
    "rei": "reinstatement",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Units that a transaction took from the lot; below zero where it paid a debt. `kind` is the transaction's."""

    kind: str
    amount: int
    reference: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStory:
    """A lot from its beginning: `uses` and what is left add up to `amount`, which is below zero for a debt.

    `uses` sums what was taken by kind; `latest` are the last single times.
    """

    lot: Lot
    unit: str
    amount: int
    reference: str
    receipt: str | None = None
    purchase_id: str | None = None
    reason: str | None = None
    rule: str | None = None
    rule_name: Name | None = None
    program_id: str | None = None
    version: int | None = None
    sliding: bool = False
    awaits: str | None = None
    uses: tuple[Use, ...] = ()
    latest: tuple[Use, ...] = ()

    @property
    def origin(self) -> Origin:
        """What made it."""
        return _origin(self.reference)

    def standing(self, at: datetime) -> Standing:
        """What the lot is now."""
        if not self.lot.remaining:
            return "used_up"
        if self.lot.remaining < 0:
            return "owed"
        if self.lot.is_expired(at):
            return "expired"
        return "pending" if self.lot.spendable_at > at else "open"


def _origin(reference: str | None) -> Origin:
    return ORIGINS.get((reference or "").partition("_")[0], "other")


MADE: dict[Origin, Text] = {
    "purchase": Text(en="Earned with receipt {receipt} on {day}", ar="من الإيصال {receipt} بتاريخ {day}"),
    "return": Text(
        en="Given when goods of receipt {receipt} came back on {day}", ar="عند إرجاع من الإيصال {receipt} بتاريخ {day}"
    ),
    "activity": Text(en="Given for an activity on {day}", ar="مقابل نشاط بتاريخ {day}"),
    "award": Text(en="Given on {day} ({reason})", ar="منحة بتاريخ {day} ({reason})"),
    "celebration": Text(en="A gift on {day}", ar="هدية بتاريخ {day}"),
    "referral": Text(en="Given for an invitation on {day}", ar="مقابل دعوة بتاريخ {day}"),
    "adjustment": Text(en="Given on {day} ({reason})", ar="منحة بتاريخ {day} ({reason})"),
    "transfer": Text(en="Received from another customer on {day}", ar="تحويل من عميل آخر بتاريخ {day}"),
    "merge": Text(en="Brought along when customers were merged on {day}", ar="نقل عند دمج حسابين بتاريخ {day}"),
    "reinstatement": Text(
        en="Given back on {day} after they had expired", ar="استعادة بعد انتهاء الصلاحية بتاريخ {day}"
    ),
    "other": Text(en="Added on {day}", ar="إضافة بتاريخ {day}"),
}
OWED = Text(
    en="Owed since goods of receipt {receipt} came back on {day}", ar="دين منذ إرجاع من الإيصال {receipt} بتاريخ {day}"
)
OWED_SINCE = Text(en="Owed since {day}", ar="دين منذ {day}")
BY_RULE = Text(en=" by “{rule}” (version {version})", ar=" بقاعدة «{rule}» (الإصدار {version})")
USED = {
    "burn": Text(en="Spent on {day}", ar="صرف بتاريخ {day}"),
    "expiry": Text(en="Expired on {day}", ar="انتهاء الصلاحية بتاريخ {day}"),
    "adjustment": Text(en="Taken by hand on {day}", ar="خصم يدوي بتاريخ {day}"),
    "reversal": Text(en="Taken back for a return on {day}", ar="استرجاع بسبب مرتجع بتاريخ {day}"),
    "accrual": Text(en="Paid an older debt on {day}", ar="سداد دين سابق بتاريخ {day}"),
    "transfer": Text(en="Moved to another wallet on {day}", ar="تحويل إلى محفظة أخرى بتاريخ {day}"),
}
TAKEN_BACK = Text(en="Taken back on {day}", ar="استرجاع بتاريخ {day}")
DEBT_PAID = Text(en="Paid back on {day}", ar="سداد بتاريخ {day}")
LEFT = Text(en="Left", ar="المتبقي")
LEFT_OWED = Text(en="Still owed", ar="المتبقي من الدين")
EXPIRED = Text(en="Expired, until {day}", ar="انتهت الصلاحية، كانت حتى {day}")
WITHOUT_END = Text(en="without an end", ar="بلا تاريخ انتهاء")
UNTIL = Text(en="until {day}", ar="حتى {day}")
UNTIL_ACTIVE = Text(en="until {day}, and longer with each visit", ar="حتى {day}، وتمتد مع كل زيارة")
FROM = Text(en="to be spent from {day}", ar="متاح للصرف من {day}")
AWAITS = Text(en="waiting for “{event}” until {day}", ar="بانتظار «{event}» حتى {day}")
END_OF_DAY = Text(en="the end of {day}", ar="نهاية يوم {day}")
AT_TIME = Text(en="{day}, {time}", ar="{day}، {time}")


def told(story: LotStory, *, at: datetime, zone: ZoneInfo, language: Language) -> list[str]:
    """The lot's story, a sentence each: what made it, what took from it, what is left of it."""
    sentences = [_made(story, zone, language)]
    sentences += [_used(story, use, zone, language) for use in story.latest]
    if story.lot.remaining:
        sentences.append(_left(story, at, zone, language))
    return sentences


def _made(story: LotStory, zone: ZoneInfo, language: Language) -> str:
    text = MADE[story.origin]
    if story.amount < 0:
        text = OWED if story.receipt else OWED_SINCE
    made = text.in_language(language).format(
        receipt=ISOLATED.format(story.receipt),
        day=_day(local_date(story.lot.earned_at, zone), language),
        reason=ISOLATED.format(story.reason),
    )
    if story.rule and story.amount > 0:
        name = story.rule_name.in_language(language) if story.rule_name else story.rule
        made += BY_RULE.in_language(language).format(rule=ISOLATED.format(name), version=story.version)
    return f"{made}: {wallet_units(abs(story.amount), story.unit, language)}"


def _used(story: LotStory, use: Use, zone: ZoneInfo, language: Language) -> str:
    text = DEBT_PAID if use.amount < 0 else USED[use.kind]
    if use.kind == "reversal" and _origin(use.reference) != "return":
        text = TAKEN_BACK
    day = _day(local_date(use.at, zone), language) if use.at else "-"
    return f"{text.in_language(language).format(day=day)}: {wallet_units(abs(use.amount), story.unit, language)}"


def _left(story: LotStory, at: datetime, zone: ZoneInfo, language: Language) -> str:
    units = wallet_units(abs(story.lot.remaining), story.unit, language)
    end = _until(story.lot.expires_at, zone, language) if story.lot.expires_at else None
    match story.standing(at):
        case "owed":
            return f"{LEFT_OWED.in_language(language)}: {units}"
        case "expired":
            return f"{EXPIRED.in_language(language).format(day=end)}: {units}"
    facts = [f"{LEFT.in_language(language)}: {units}"]
    if story.awaits:
        facts.append(AWAITS.in_language(language).format(event=ISOLATED.format(story.awaits), day=end))
    else:
        if story.lot.spendable_at > at:
            facts.append(FROM.in_language(language).format(day=_moment(story.lot.spendable_at, zone, language)))
        until = (UNTIL_ACTIVE if story.sliding else UNTIL) if end else WITHOUT_END
        facts.append(until.in_language(language).format(day=end))
    return COMMA.in_language(language).join(facts)


COMMA = Text(en=", ", ar="، ")


def _until(moment: datetime, zone: ZoneInfo, language: Language) -> str:
    """The last of the time before the moment: the end of a day where it is one."""
    local = moment.astimezone(zone)
    last = (local - timedelta(microseconds=1)).date()
    if local.time() == time.min or last != local.date():
        return END_OF_DAY.in_language(language).format(day=_day(last, language))
    return _moment(moment, zone, language)


def _moment(moment: datetime, zone: ZoneInfo, language: Language) -> str:
    local = moment.astimezone(zone)
    day = _day(local.date(), language)
    if local.time() == time.min:
        return day
    return AT_TIME.in_language(language).format(day=day, time=f"{local:%H:%M}")


def _day(day: date, language: Language) -> str:
    return format_date(day, "d MMMM y", locale=language.value)
