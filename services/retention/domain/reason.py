"""Why a customer is in a stage, in a sentence of both languages. Says nothing of who the customer is."""

from decimal import Decimal

from kernel.language import Language, Text
from services.retention.domain.rhythm import Rhythm, gap_text
from services.retention.domain.stage import LAPSED_TIMES, SLIPPING_TIMES, Basis, Stage, Standing

YARDSTICKS = {
    Basis.OWN: Text(en="A visit every {gap} is usual for this customer", ar="المعتاد لدى هذا العميل زيارة كل {gap}"),
    Basis.TENANT: Text(
        en="Too few visits for a rhythm of their own; a visit every {gap} is usual among your customers",
        ar="الزيارات أقل من أن تكوّن نمطًا خاصًا؛ والمعتاد بين عملائكم زيارة كل {gap}",
    ),
    Basis.DEFAULT: Text(
        en="Too few visits for a rhythm; a visit every {gap} is assumed",
        ar="الزيارات أقل من أن تكوّن نمطًا؛ ونفترض زيارة كل {gap}",
    ),
}
STAGES = {
    Stage.PROSPECT: Text(en="Known to you, and has not bought yet.", ar="معروف لديكم ولم تُسجَّل أي عملية شراء بعد."),
    Stage.NEW: Text(en="{usual}; the last one was {since}.", ar="{usual}، وآخر زيارة {since}."),
    Stage.ACTIVE: Text(en="{usual}; the last one was {since}.", ar="{usual}، وآخر زيارة {since}."),
    Stage.SLIPPING: Text(
        en="{usual}, but the last one was {since}: more than {slipping} times as long.",
        ar="{usual}، لكن آخر زيارة {since}، أي ما يزيد على {slipping} أضعاف المعتاد.",
    ),
    Stage.LAPSED: Text(
        en="{usual}, but the last one was {since}: more than {lapsed} times as long.",
        ar="{usual}، لكن آخر زيارة {since}، أي ما يزيد على {lapsed} أضعاف المعتاد.",
    ),
    Stage.WON_BACK: Text(
        en="Came back {since}, after a silence of {silence}. {usual}.",
        ar="عودة {since} بعد انقطاع دام {silence}. {usual}.",
    ),
}


def reason_for(standing: Standing, rhythm: Rhythm | None, language: Language) -> str:
    """The sentence that explains a standing."""
    sentence = STAGES[standing.stage].in_language(language)
    if rhythm is None or standing.yardstick is None or standing.days_since is None:
        return sentence
    usual = YARDSTICKS[standing.yardstick.basis].in_language(language)
    return sentence.format(
        usual=usual.format(gap=days(standing.yardstick.gap, language)),
        since=since(standing.days_since, language),
        silence=days(Decimal(rhythm.gap_last or 0), language),
        slipping=SLIPPING_TIMES,
        lapsed=LAPSED_TIMES,
    )


def since(number: int, language: Language) -> str:
    """How long ago a day was."""
    if number == 0:
        return "اليوم" if language is Language.ARABIC else "today"
    length = days(Decimal(number), language)
    return f"قبل {length}" if language is Language.ARABIC else f"{length} ago"


def days(number: Decimal, language: Language) -> str:
    """A length in days, with the noun the number asks for. Source: CLDR 48, plural rules of Arabic and English."""
    figure = gap_text(number)
    if language is Language.ENGLISH:
        return "1 day" if number == 1 else f"{figure} days"
    if number in (1, 2):
        return "يوم واحد" if number == 1 else "يومين"
    rest = number % 100
    if rest != rest.to_integral_value():
        return f"{figure} يوم"
    if 3 <= rest <= 10:
        return f"{figure} أيام"
    return f"{figure} يومًا" if rest >= 11 else f"{figure} يوم"
