"""Every effect and every miss as a sentence, in both languages."""

from kernel.language import Language, Text
from kernel.money import Money
from services.loyalty.domain.basket import BY_POINTS
from services.loyalty.domain.effects import (
    Accrue,
    Achieve,
    Advance,
    Discount,
    Effect,
    EnterDraw,
    ExtendMembership,
    Give,
    GivePlays,
    IssuePass,
    IssueVoucher,
    Pay,
    Stamp,
    UseCoupon,
    UseVoucher,
)
from services.loyalty.domain.misses import Miss, MissUnit
from services.loyalty.domain.moment_text import moment_text
from services.loyalty.domain.plural import (
    DAYS,
    DRAW_ENTRIES,
    KINDS,
    MILES,
    MONTHS,
    PASS_ENTRIES,
    PASSES,
    PLAYS,
    POINTS,
    QUARTERS,
    STAMPS,
    UNITS,
    VISITS,
    WEEKS,
    YEARS,
    counted,
)
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.tier import Tier
from services.loyalty.domain.tier_progress import TierRules
from services.loyalty.domain.voucher_code import displayed

CURRENCY_IN_ARABIC = {
    "AED": "د.إ",
    "BHD": "د.ب",
    "EGP": "ج.م",
    "JOD": "د.أ",
    "KWD": "د.ك",
    "OMR": "ر.ع",
    "QAR": "ر.ق",
    "SAR": "ر.س",
    "TND": "د.ت",
}
WALLET_NOUNS = {"points": POINTS, "miles": MILES}
NOUNS = {
    "visits": VISITS,
    "units": UNITS,
    "kinds": KINDS,
    "days": DAYS,
    "weeks": WEEKS,
    "months": MONTHS,
    "quarters": QUARTERS,
    "years": YEARS,
}

MONEY_OFF = Text(en="{money} off", ar="خصم {money}")
MOST_MONEY_OFF = Text(en="{money} off, the most it gives", ar="خصم {money}، وهو أقصى خصم لهذا العرض")
MONEY_SHORT = Text(en="{money} short", ar="ينقصك {money}")
MONEY_SAID = {
    "allowance": Text(en="{money} not covered by the allowance", ar="{money} لم يغطها الرصيد المسموح به"),
    "better_discount": Text(en="another discount takes {money} more off", ar="هناك خصم آخر يزيد عليه {money}"),
}
UNITS_SHORT = Text(en="{units} short", ar="ينقصك {units}")
UNITS_SAID = {
    "free_unit": Text(en="{units} more at the offer's price", ar="ينقصك {units} بسعر العرض"),
    "choice": Text(en="{units} to choose", ar="لك {units} من اختيارك"),
}
GIFT = Text(en="{units} of {name} free", ar="{units} من {name} مجانًا")
VOUCHER_USED = Text(en="Voucher {code}: {money} off", ar="القسيمة {code}: خصم {money}")
COUPON_USED = Text(en="Coupon {code}: used", ar="الكوبون {code}: استُخدم")
VOUCHER_ISSUED = Text(en="a voucher for {reward}", ar="قسيمة: {reward}")
PAID_WITH_CARD = Text(en="Paid with a gift card: {money}", ar="مدفوع ببطاقة هدية: {money}")
PAID_WITH_UNITS = Text(en="Paid with {units}: {money}", ar="مدفوع من الرصيد {units}: {money}")
STAMPED = Text(en="{stamps}, the card shows {on_card} of {needed}", ar="{stamps}، وعلى البطاقة {on_card} من {needed}")
PASSES_ISSUED = Text(en="{passes} of {entries}", ar="{passes}، في كل منها {entries}")
PASS_ISSUED = Text(en="a pass of {entries}", ar="بطاقة دخول فيها {entries}")
EXTENDED = Text(en="{paid} paid", ar="المدفوع {paid}")
EXTENDED_WITH_BONUS = Text(en="{paid} paid, {bonus} free", ar="المدفوع {paid}، والهدية {bonus}")
NUMBER_SHORT = Text(en="{number} short", ar="ينقصه {number}")
ENTERED = Text(en="{entries} in the draw", ar="{entries} في السحب")
ENTERED_AT_MOST = Text(en="{entries} in the draw, all that it leaves you", ar="{entries} في السحب، وهو كل ما تبقى لك")
PLAYS_GIVEN = Text(en="{plays} to win something at once", ar="{plays} للربح الفوري")
# How far the goal of a challenge is, by its period.
TO_GO = {
    "goal_day": Text(en="{amount} to go today", ar="المتبقي اليوم: {amount}"),
    "goal_week": Text(en="{amount} to go this week", ar="المتبقي هذا الأسبوع: {amount}"),
    "goal_month": Text(en="{amount} to go this month", ar="المتبقي هذا الشهر: {amount}"),
    "goal_quarter": Text(en="{amount} to go this quarter", ar="المتبقي هذا الربع: {amount}"),
    "goal_year": Text(en="{amount} to go this year", ar="المتبقي هذه السنة: {amount}"),
    "goal_ever": Text(en="{amount} to go", ar="المتبقي: {amount}"),
    "in_a_row": Text(en="{amount} in a row to go", ar="المتبقي على التوالي: {amount}"),
}
ADVANCED = Text(en="{done}, the goal is {goal}", ar="{done}، والهدف {goal}")
ACHIEVED = Text(en="the goal is reached", ar="تحقق الهدف")
VISITS_TO_GO = Text(en="{visits} to go", ar="المتبقي: {visits}")
TO_TIER = Text(en="{amount} to go to {tier}", ar="المتبقي للوصول إلى {tier}: {amount}")
FOR_SEGMENT = Text(en="{tier} is for the group {segment}", ar="{tier} لمجموعة العملاء {segment}")
OVER = Text(en="{amount} over what is left", ar="الزيادة على المتبقي: {amount}")
AGAIN = Text(en="{said}, again from {moment}", ar="{said}، ويعود {moment}")
AT_MOST = Text(en="{units}, all that its limit leaves", ar="{units}، وهو كل ما يتيحه الحد")
INSTEAD = Text(en="not together with {rule}", ar="لا يجتمع مع {rule}")
REASONS = {
    "customer": Text(en="only for a known customer", ar="لعميل معروف فقط"),
    "starts_on": Text(en="has not begun", ar="لم يبدأ بعد"),
    "ends_on": Text(en="has ended", ar="انتهى"),
    "on_weekdays": Text(en="not on this day or at this hour", ar="ليس في هذا اليوم أو هذه الساعة"),
    "in_channel": Text(en="not through this channel", ar="ليس عبر هذه القناة"),
    "at_stores": Text(en="not in this store", ar="ليس في هذا الفرع"),
    "has_code": Text(en="needs a code", ar="يحتاج إلى رمز"),
    "first_purchase": Text(en="only for the first purchase", ar="لأول عملية شراء فقط"),
    "in_tier": Text(en="for other tiers", ar="لفئات أخرى من العملاء"),
    "in_segment": Text(en="for another group of customers", ar="لمجموعة أخرى من العملاء"),
    "in_share": Text(en="for another group of customers", ar="لمجموعة أخرى من العملاء"),
    "has_plan": Text(en="needs a membership", ar="يحتاج إلى عضوية"),
    "on_birthday": Text(en="only around the birthday", ar="حول يوم الميلاد فقط"),
    "joined_within": Text(en="only for those who came lately", ar="للعملاء الجدد فقط"),
    "attribute_equals": Text(en="only for others of its kind", ar="لغيره من النوع نفسه"),
    "attribute_one_of": Text(en="only for others of its kind", ar="لغيره من النوع نفسه"),
    "attribute_at_least": Text(en="needs a number", ar="يحتاج إلى عدد"),
    "milestone": Text(en="reached before", ar="سبق بلوغه"),
    "draw_unknown": Text(en="there is no such draw", ar="لا يوجد سحب كهذا"),
    "draw_opens": Text(en="the draw has not opened", ar="لم يُفتح السحب بعد"),
    "draw_closed": Text(en="the draw is closed", ar="أُغلق السحب"),
    "instant_win_unknown": Text(en="there is no such instant win", ar="لا يوجد ربح فوري كهذا"),
    "instant_win_opens": Text(en="the instant win has not opened", ar="لم يُفتح الربح الفوري بعد"),
    "instant_win_closed": Text(en="the instant win is over", ar="انتهى الربح الفوري"),
    "draw_entries": Text(en="you have all the entries you may have", ar="لديك أقصى عدد من المشاركات"),
    "challenge": Text(en="reached before", ar="سبق بلوغه"),
    "multiplier": Text(en="nothing to multiply", ar="لا شيء يُضاعف"),
    "limit": Text(en="used up", ar="استُنفد"),
    "budget": Text(en="its budget is used up", ar="استُنفدت ميزانيته"),
    "cool_down": Text(en="used a short while ago", ar="استُخدم قبل قليل"),
    "group": Text(en="not together with others of its group", ar="لا يجتمع مع غيره من مجموعته"),
    "cap": Text(en="there is no room for more", ar="لا متسع للمزيد"),
    "discount": Text(en="too little to discount", ar="المبلغ أقل من أن يُخصم منه"),
    "except_tenders": Text(en="nothing is earned on what was paid that way", ar="لا نقاط على ما دُفع بهذه الطريقة"),
    "fixed_price": Text(en="costs no more than that anyway", ar="السعر لا يزيد على ذلك أصلًا"),
    "better_discount": Text(en="another discount takes as much off", ar="هناك خصم آخر بالقيمة نفسها"),
    "voucher_used": Text(en="This voucher was used", ar="استُخدمت هذه القسيمة"),
    "voucher_expired": Text(en="This voucher has ended", ar="انتهت صلاحية هذه القسيمة"),
    "voucher_reserved": Text(en="Another order has this voucher", ar="هذه القسيمة محجوزة لطلب آخر"),
    "has_coupon": Text(en="needs a coupon", ar="يحتاج إلى كوبون"),
    "coupon_stopped": Text(en="This coupon is no longer valid", ar="لم يعد هذا الكوبون ساريًا"),
    "coupon_not_yet": Text(en="This coupon is not valid yet", ar="لم يبدأ سريان هذا الكوبون بعد"),
    "coupon_ended": Text(en="This coupon has ended", ar="انتهت صلاحية هذا الكوبون"),
    "coupon_used_up": Text(en="This coupon is used up", ar="استُنفد هذا الكوبون"),
    "coupon_used_by_customer": Text(
        en="You have used this coupon as often as one may", ar="استخدمت هذا الكوبون بالعدد المسموح به"
    ),
    "coupon_reserved": Text(en="Another order has this coupon", ar="هذا الكوبون محجوز لطلب آخر"),
    "coupon_customer": Text(en="This coupon is only for a known customer", ar="هذا الكوبون لعميل معروف فقط"),
    "coupon_unasked": Text(en="No offer takes this coupon now", ar="لا يوجد عرض يقبل هذا الكوبون الآن"),
    "unknown_code": Text(en="Nobody knows this code", ar="رمز غير معروف"),
}

PASSED = ("limit_passed", "budget_passed")

ENTRIES = {
    "accrual": Text(en="Earned", ar="مكتسبة"),
    "burn": Text(en="Spent", ar="مصروفة"),
    "expiry": Text(en="Expired", ar="منتهية"),
    "adjustment": Text(en="Adjusted", ar="تسوية"),
    "top_up": Text(en="Topped up", ar="مشحونة"),
    "reversal": Text(en="Returned", ar="مرتجعة"),
    "transfer": Text(en="Moved", ar="محوّلة"),
}

# Names and codes keep their own direction inside a sentence of the other one (Unicode bidirectional isolates).
ISOLATED = "\u2068{}\u2069"


EffectOfRule = Discount | Give | Accrue | Stamp | IssueVoucher | ExtendMembership | IssuePass | EnterDraw | GivePlays


def effect_text(effect: Effect, program: CompiledProgram, language: Language) -> str:
    """What happened, as the customer reads it."""
    if isinstance(effect, UseVoucher):
        money = _money(effect.amount, program, language)
        return _said(VOUCHER_USED, language, code=ISOLATED.format(displayed(effect.code)), money=money)
    if isinstance(effect, UseCoupon):
        return _said(COUPON_USED, language, code=ISOLATED.format(effect.written))
    if isinstance(effect, Pay):
        return _paid(effect, program, language)
    if isinstance(effect, Advance | Achieve):
        said = _challenge(effect, program, language)
    else:
        said = _rule_text(effect, program, language)
    return f"{program.names[effect.rule].in_language(language)}: {said}"


def _challenge(effect: Advance | Achieve, program: CompiledProgram, language: Language) -> str:
    if isinstance(effect, Achieve):
        return ACHIEVED.in_language(language)
    done, goal = (
        _counted(number, effect.unit, effect.wallet, program, language) for number in (effect.done, effect.goal)
    )
    return _said(ADVANCED, language, done=done, goal=goal)


def _rule_text(effect: EffectOfRule, program: CompiledProgram, language: Language) -> str:
    match effect:
        case Discount():
            text = MONEY_OFF if effect.capped_from is None else MOST_MONEY_OFF
            said = _said(text, language, money=_money(effect.amount, program, language))
        case Give():
            name = ISOLATED.format(effect.name or effect.sku)
            said = _said(GIFT, language, units=counted(UNITS, effect.quantity, language), name=name)
        case Accrue():
            said = wallet_units(effect.amount, effect.unit, language)
            if effect.capped_from is not None:
                said = _said(AT_MOST, language, units=said)
        case Stamp():
            stamps = counted(STAMPS, effect.stamps, language)
            said = _said(STAMPED, language, stamps=stamps, on_card=effect.on_card, needed=effect.needed)
        case IssueVoucher():
            said = _said(VOUCHER_ISSUED, language, reward=effect.reward.name.in_language(language))
        case IssuePass():
            said = _passes(effect, language)
        case EnterDraw() | GivePlays():
            said = _taking_part(effect, language)
        case ExtendMembership():
            said = _membership(effect, language)
    return said


def _taking_part(effect: EnterDraw | GivePlays, language: Language) -> str:
    if isinstance(effect, GivePlays):
        return _said(PLAYS_GIVEN, language, plays=counted(PLAYS, effect.plays, language))
    text = ENTERED if effect.capped_from is None else ENTERED_AT_MOST
    return _said(text, language, entries=counted(DRAW_ENTRIES, effect.entries, language))


def miss_text(miss: Miss, program: CompiledProgram, language: Language) -> str:
    """Why nothing happened, and how far off it was, as the customer reads it."""
    said = _reason(miss, program, language)
    if miss.again_at is not None:
        said = _said(AGAIN, language, said=said, moment=moment_text(miss.again_at, program.terms.zone, language))
    if miss.rule is not None:
        return f"{program.names[miss.rule].in_language(language)}: {said}"
    return f"{said}: {ISOLATED.format(miss.code)}"


def _reason(miss: Miss, program: CompiledProgram, language: Language) -> str:
    if miss.instead is not None:
        name = program.names[miss.instead].in_language(language)
        return _said(INSTEAD, language, rule=ISOLATED.format(name))
    if miss.condition in PASSED:
        return _said(OVER, language, amount=_amount(miss, program, language))
    if miss.condition in TO_GO:
        amount = _counted(miss.short_by, miss.unit, miss.wallet, program, language)
        return _said(TO_GO[miss.condition], language, amount=amount)
    if miss.unit == "money":
        said = MONEY_SAID.get(miss.condition, MONEY_SHORT)
        return _said(said, language, money=_amount(miss, program, language))
    if miss.unit == "visits":
        return _said(VISITS_TO_GO, language, visits=counted(VISITS, miss.short_by, language))
    if miss.unit == "number":
        return _said(NUMBER_SHORT, language, number=miss.short_by)
    if miss.unit == "units":
        said = UNITS_SAID.get(miss.condition, UNITS_SHORT)
        return _said(said, language, units=_amount(miss, program, language))
    return REASONS[miss.condition].in_language(language)


def _amount(miss: Miss, program: CompiledProgram, language: Language) -> str:
    if miss.unit == "money":
        return _money(miss.short_by, program, language)
    if miss.wallet is not None:
        return wallet_units(miss.short_by, miss.wallet, language)
    return counted(UNITS, miss.short_by, language)


def _counted(number: int, unit: MissUnit, wallet: str | None, program: CompiledProgram, language: Language) -> str:
    if wallet is not None:
        return wallet_units(number, wallet, language)
    return _money(number, program, language) if unit == "money" else counted(NOUNS[unit], number, language)


def _paid(effect: Pay, program: CompiledProgram, language: Language) -> str:
    money = _money(effect.amount, program, language)
    if effect.tender != BY_POINTS:
        return _said(PAID_WITH_CARD, language, money=money)
    return _said(PAID_WITH_UNITS, language, units=wallet_units(effect.units, effect.unit, language), money=money)


def wallet_units(amount: int, unit: str, language: Language) -> str:
    """So many units of a wallet: points, miles, or what the tenant calls them."""
    noun = WALLET_NOUNS.get(unit)
    return counted(noun, amount, language) if noun else f"{amount} {unit}"


def _membership(effect: ExtendMembership, language: Language) -> str:
    paid = counted(MONTHS, effect.paid_months, language)
    if not effect.bonus_months:
        return _said(EXTENDED, language, paid=paid)
    return _said(EXTENDED_WITH_BONUS, language, paid=paid, bonus=counted(MONTHS, effect.bonus_months, language))


def _passes(effect: IssuePass, language: Language) -> str:
    entries = counted(PASS_ENTRIES, effect.entries, language)
    if effect.passes == 1:
        return _said(PASS_ISSUED, language, entries=entries)
    return _said(PASSES_ISSUED, language, passes=counted(PASSES, effect.passes, language), entries=entries)


def _money(minor: int, program: CompiledProgram, language: Language) -> str:
    money = Money(minor, program.terms.currency)
    if language is Language.ARABIC:
        return f"{money.major} {CURRENCY_IN_ARABIC.get(money.currency, money.currency)}"
    return str(money)


def _said(text: Text, language: Language, **facts: object) -> str:
    return text.in_language(language).format(**facts)


def tier_text(missing: int, tier: Tier, program: CompiledProgram, rules: TierRules, language: Language) -> str:
    """How far it is to a tier: "120 points to go to Gold"."""
    match rules.tiers.basis:
        case "visits":
            amount = counted(VISITS, missing, language)
        case "spend":
            amount = _money(missing, program, language)
        case "earned":
            amount = wallet_units(missing, rules.unit, language)
    return _said(TO_TIER, language, amount=amount, tier=ISOLATED.format(tier.name.in_language(language)))


def closed_text(tier: Tier, segment: str, language: Language) -> str:
    """Why a tier is not open to a customer."""
    named = ISOLATED.format(tier.name.in_language(language))
    return _said(FOR_SEGMENT, language, tier=named, segment=ISOLATED.format(segment))


def entry_text(kind: str, amount: int, unit: str, language: Language) -> str:
    """One line of a statement: what it was, and how much, without a sign."""
    return f"{ENTRIES[kind].in_language(language)}: {wallet_units(abs(amount), unit, language)}"
