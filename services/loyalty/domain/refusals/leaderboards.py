"""What is refused of leaderboards."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class LeaderboardUnknown(Missing):
    """The tenant has no such leaderboard."""

    code = "leaderboard_unknown"
    title = Text(en="Unknown leaderboard", ar="لوحة متصدرين غير معروفة")
    detail = Text(en="There is no such leaderboard.", ar="لا توجد لوحة متصدرين كهذه.")


class RoundUnknown(Missing):
    """No round of the leaderboard began that day."""

    code = "round_unknown"
    title = Text(en="Unknown round", ar="جولة غير معروفة")
    detail = Text(
        en="No round of this leaderboard began on that day.", ar="لم تبدأ في ذلك اليوم جولة من لوحة المتصدرين هذه."
    )


class LeaderboardOver(Conflict):
    """The leaderboard's last day is over."""

    code = "leaderboard_over"
    title = Text(en="The leaderboard is over", ar="انتهت لوحة المتصدرين")
    detail = Text(en="The last round of this leaderboard is over.", ar="انتهت آخر جولة من لوحة المتصدرين هذه.")


class LeaderboardUnits(Unprocessable):
    """A leaderboard counts, or gives, units the live program does not have."""

    code = "leaderboard_units"
    title = Text(en="Unknown unit", ar="وحدة غير معروفة")
    detail = Text(
        en="The live program has no such unit as the leaderboard names.",
        ar="ليس في البرنامج المنشور وحدة كالتي تذكرها لوحة المتصدرين.",
    )
