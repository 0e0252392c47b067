"""What is refused of instant wins and their plays."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class InstantWinUnknown(Missing):
    """The tenant has no such instant win."""

    code = "instant_win_unknown"
    title = Text(en="Unknown instant win", ar="ربح فوري غير معروف")
    detail = Text(en="There is no such instant win.", ar="لا يوجد ربح فوري كهذا.")


class InstantWinNameTaken(Conflict):
    """An open instant win is called so."""

    code = "instant_win_name_taken"
    title = Text(en="There is such an instant win", ar="يوجد ربح فوري بهذا الاسم")
    detail = Text(
        en="An open instant win is called {instant_win} already.", ar="يوجد ربح فوري مفتوح باسم {instant_win}."
    )


class InstantWinClosesTooSoon(Unprocessable):
    """The instant win would be over before it is announced."""

    code = "instant_win_closes_too_soon"
    title = Text(en="The instant win closes in the past", ar="موعد إغلاق الربح الفوري مضى")
    detail = Text(en="An instant win closes after it is announced.", ar="يُغلق الربح الفوري بعد الإعلان عنه.")


class InstantWinOpened(Conflict):
    """The instant win has opened: its terms stand."""

    code = "instant_win_opened"
    title = Text(en="The instant win has opened", ar="فُتح الربح الفوري")
    detail = Text(en="Terms can be changed until an instant win opens.", ar="يمكن تعديل شروط الربح الفوري إلى أن يُفتح.")


class InstantWinNotOpen(Conflict):
    """The instant win has not opened, or is over."""

    code = "instant_win_not_open"
    title = Text(en="The instant win is not open", ar="الربح الفوري غير مفتوح")
    detail = Text(
        en="The instant win is not open now; its status is {status}.",
        ar="الربح الفوري غير مفتوح الآن، وحالته {status}.",
    )


class InstantWinNotOver(Conflict):
    """The instant win can still be played: nothing of it is shown yet."""

    code = "instant_win_not_over"
    title = Text(en="The instant win is not over", ar="لم ينتهِ الربح الفوري")
    detail = Text(en="What proves an instant win is shown when it is over.", ar="يُعرض إثبات الربح الفوري بعد انتهائه.")


class PlayUnknown(Missing):
    """The instant win has no such play."""

    code = "play_unknown"
    title = Text(en="Unknown play", ar="محاولة غير معروفة")
    detail = Text(en="There is no such play.", ar="لا توجد محاولة كهذه.")


class PlayExpired(Conflict):
    """The play was not played in time."""

    code = "play_expired"
    title = Text(en="The play has expired", ar="انتهت صلاحية المحاولة")
    detail = Text(en="The play was not played in time.", ar="لم تُلعب المحاولة في وقتها.")


class PlayTakenBack(Conflict):
    """What the play was given for came back."""

    code = "play_taken_back"
    title = Text(en="The play was taken back", ar="سُحبت المحاولة")
    detail = Text(
        en="The play was taken back with the purchase it came from.", ar="سُحبت المحاولة مع عملية الشراء التي منحتها."
    )


class NothingToHandOver(Conflict):
    """The play won nothing that is handed over, or not any more."""

    code = "nothing_to_hand_over"
    title = Text(en="There is nothing to hand over", ar="لا يوجد ما يُسلَّم")
    detail = Text(
        en="The play won no thing that is handed over, or it was taken back.", ar="لم تربح المحاولة شيئًا يُسلَّم، أو سُحب."
    )
