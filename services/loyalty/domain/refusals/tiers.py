"""What is refused of tiers."""

from kernel.language import Text
from kernel.refusal import Conflict, Unprocessable


class NoTiers(Conflict):
    """The live program has no tiers."""

    code = "no_tiers"
    title = Text(en="There are no tiers", ar="لا توجد فئات")
    detail = Text(en="The live program has no tiers.", ar="لا فئات في البرنامج الساري.")


class TierUnknown(Unprocessable):
    """The ladder has no such tier."""

    code = "tier_unknown"
    title = Text(en="Unknown tier", ar="فئة غير معروفة")
    detail = Text(en="The live program has no tier “{tier}”.", ar="لا توجد الفئة «{tier}» في البرنامج الساري.")


class TierEndsInThePast(Unprocessable):
    """The last day of a tier given by hand is over."""

    code = "tier_ends_in_the_past"
    title = Text(en="That day is over", ar="انقضى هذا اليوم")
    detail = Text(
        en="A tier is given up to and with a day that is not over yet.", ar="تُمنح الفئة حتى نهاية يوم لم ينقضِ بعد."
    )
