"""What is refused of wallets: moving, holding, sharing and giving back units."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class InsufficientPoints(Unprocessable):
    """The wallet holds fewer units than are asked for."""

    code = "insufficient_points"
    title = Text(en="Not enough points", ar="النقاط لا تكفي")
    detail = Text(en="Needs {needed} points, has {available}.", ar="المطلوب من النقاط {needed}، والمتاح {available}.")


class EndsInThePast(Unprocessable):
    """Units would be dead as they come."""

    code = "ends_in_the_past"
    title = Text(en="The end has passed", ar="تاريخ الانتهاء مضى")
    detail = Text(
        en="Units cannot end at {expires_at}: that is over.", ar="لا يمكن أن تنتهي الصلاحية في {expires_at}: مضى."
    )


class SameCustomer(Unprocessable):
    """Giver and taker are one."""

    code = "same_customer"
    title = Text(en="Twice the same customer", ar="العميل نفسه مرتين")
    detail = Text(en="Name two different customers.", ar="اذكر عميلين مختلفين.")


class PoolUnknown(Missing):
    """The tenant has no such pool."""

    code = "pool_unknown"
    title = Text(en="Unknown pool", ar="محفظة مشتركة غير معروفة")
    detail = Text(en="There is no such pool.", ar="لا توجد محفظة مشتركة كهذه.")


class NotInPool(Unprocessable):
    """The customer is not of this pool."""

    code = "not_in_pool"
    title = Text(en="Not in this pool", ar="ليس في هذه المحفظة المشتركة")
    detail = Text(
        en="Customer {customer_id} is not in this pool.", ar="العميل {customer_id} ليس في هذه المحفظة المشتركة."
    )


class InAnotherPool(Conflict):
    """The customer shares their units already."""

    code = "in_another_pool"
    title = Text(en="In a pool already", ar="في محفظة مشتركة بالفعل")
    detail = Text(en="Customer {customer_id} is in a pool already.", ar="العميل {customer_id} في محفظة مشتركة بالفعل.")


class PoolFull(Conflict):
    """A household has its bounds."""

    code = "pool_full"
    title = Text(en="The pool is full", ar="المحفظة المشتركة ممتلئة")
    detail = Text(en="At most {most} customers share a pool.", ar="أقصى عدد للعملاء في المحفظة المشتركة {most}.")


class MergeUnknown(Missing):
    """The tenant has no such merge."""

    code = "merge_unknown"
    title = Text(en="Unknown merge", ar="دمج غير معروف")
    detail = Text(en="There is no such merge.", ar="لا يوجد دمج كهذا.")


class MergedAlready(Conflict):
    """What the customer has goes to another one already."""

    code = "merged_already"
    title = Text(en="Merged already", ar="مدموج بالفعل")
    detail = Text(en="Customer {customer_id} is merged into another one.", ar="العميل {customer_id} مدموج في عميل آخر.")


class MergeUndone(Conflict):
    """The merge was undone before."""

    code = "merge_undone"
    title = Text(en="Undone already", ar="أُلغي الدمج من قبل")
    detail = Text(en="This merge was undone before.", ar="أُلغي هذا الدمج من قبل.")


class UnitsHeld(Conflict):
    """Units are set aside: capture or release them first."""

    code = "units_held"
    title = Text(en="Units are held", ar="توجد وحدات محجوزة")
    detail = Text(en="Capture or release what is held first: {held}.", ar="أكمل حجز ما يلي أو ألغه أولًا: {held}.")


class NotSoManyExpired(Unprocessable):
    """More is to be given back than expired and was not given back before."""

    code = "not_so_many_expired"
    title = Text(en="Not so many expired", ar="لم ينته هذا القدر")
    detail = Text(en="{expired} have expired, {asked} were asked for.", ar="المنتهي {expired}، والمطلوب {asked}.")


class HoldUnknown(Missing):
    """The tenant has no such hold."""

    code = "hold_unknown"
    title = Text(en="Unknown hold", ar="حجز غير معروف")
    detail = Text(en="There is no such hold.", ar="لا يوجد حجز كهذا.")


class HoldClosed(Conflict):
    """The hold was captured, released, or timed out before."""

    code = "hold_closed"
    title = Text(en="The hold is closed", ar="الحجز مغلق")
    detail = Text(en="The hold is {status} already.", ar="حالة الحجز: {status}.")


class CaptureTooLarge(Unprocessable):
    """More is captured than was set aside."""

    code = "capture_too_large"
    title = Text(en="More than was held", ar="أكثر من المحجوز")
    detail = Text(en="The hold is of {held}, {asked} were asked for.", ar="المحجوز {held}، والمطلوب {asked}.")
