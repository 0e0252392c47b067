"""What is refused of draws."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class DrawUnknown(Missing):
    """The tenant has no such draw."""

    code = "draw_unknown"
    title = Text(en="Unknown draw", ar="سحب غير معروف")
    detail = Text(en="There is no such draw.", ar="لا يوجد سحب كهذا.")


class DrawNameTaken(Conflict):
    """An open draw is called so."""

    code = "draw_name_taken"
    title = Text(en="There is such a draw", ar="يوجد سحب بهذا الاسم")
    detail = Text(en="An open draw is called {draw} already.", ar="يوجد سحب مفتوح باسم {draw}.")


class DrawClosesTooSoon(Unprocessable):
    """The draw would be over before it is announced."""

    code = "draw_closes_too_soon"
    title = Text(en="The draw closes in the past", ar="موعد إغلاق السحب مضى")
    detail = Text(en="A draw closes after it is announced.", ar="يُغلق السحب بعد الإعلان عنه.")


class DrawOpened(Conflict):
    """The draw has opened: its terms stand."""

    code = "draw_opened"
    title = Text(en="The draw has opened", ar="فُتح السحب")
    detail = Text(en="Terms can be changed until a draw opens.", ar="يمكن تعديل شروط السحب إلى أن يُفتح.")


class DrawNotOpen(Conflict):
    """The draw has not opened, or it takes no entries any more."""

    code = "draw_not_open"
    title = Text(en="The draw is not open", ar="السحب غير مفتوح")
    detail = Text(en="The draw is not open now; its status is {status}.", ar="السحب غير مفتوح الآن، وحالته {status}.")


class DrawNotClosed(Conflict):
    """The draw's list is not frozen yet, or never will be."""

    code = "draw_not_closed"
    title = Text(en="The draw is not closed", ar="لم يُغلق السحب")
    detail = Text(
        en="The draw's status is {status}; that is for closed ones.", ar="حالة السحب {status}، وهذا للمغلق فقط."
    )


class BeaconNotExpected(Conflict):
    """The draw has announced no beacon, or has had it."""

    code = "beacon_not_expected"
    title = Text(en="No beacon is expected", ar="لا تُنتظر قيمة علنية")
    detail = Text(
        en="The draw announced no beacon, or another one was given.", ar="لم يُعلن السحب قيمة علنية، أو أُعطيت قيمة أخرى."
    )


class DrawWinUnknown(Missing):
    """The draw has no such pick, or it won nothing."""

    code = "draw_win_unknown"
    title = Text(en="Unknown win", ar="فوز غير معروف")
    detail = Text(en="There is no such win.", ar="لا يوجد فوز كهذا.")


class DrawWinSettled(Conflict):
    """The prize was claimed, handed over or passed on before."""

    code = "draw_win_settled"
    title = Text(en="The win is settled", ar="حُسم هذا الفوز")
    detail = Text(en="The win is {status} already.", ar="حالة الفوز: {status}.")


class DrawEntriesUsedUp(Conflict):
    """The customer would have more entries than the draw allows."""

    code = "draw_entries_used_up"
    title = Text(en="Too many entries", ar="مشاركات أكثر من المسموح")
    detail = Text(
        en="A customer has at most {most} entries in this draw.", ar="أقصى عدد لمشاركات العميل في هذا السحب {most}."
    )
