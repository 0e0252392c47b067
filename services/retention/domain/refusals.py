"""What retention says no to."""

from kernel.language import Text
from kernel.refusal import Missing, Unavailable, Unprocessable


class CustomerNotFound(Missing):
    """Retention has heard of no such customer."""

    code = "customer_not_found"
    title = Text(en="No such customer", ar="لا يوجد هذا العميل")
    detail = Text(en="There is no customer {customer_id}.", ar="لا يوجد عميل بالمعرّف {customer_id}.")


class InvalidPeriod(Unprocessable):
    """The days asked for make no period."""

    code = "invalid_period"
    title = Text(en="Not a period", ar="الفترة غير صالحة")
    detail = Text(
        en="`from` must not be after `to`, and the period has {days_max} days at the most.",
        ar="يجب ألا يكون `from` بعد `to`، وأقصى طول للفترة بالأيام: {days_max}.",
    )


class MomentInFuture(Unprocessable):
    """What has not happened yet cannot be counted."""

    code = "moment_in_future"
    title = Text(en="That moment is yet to come", ar="هذه اللحظة لم تأتِ بعد")
    detail = Text(en="`as_of` must not be later than now.", ar="يجب ألا يكون `as_of` بعد اللحظة الحالية.")


class TenantNotReady(Unavailable):
    """The tenant is so new that its time zone has not arrived here."""

    code = "tenant_not_ready"
    title = Text(en="Not ready yet", ar="غير جاهز بعد")
    detail = Text(
        en="Your account is still being prepared here. Try again in a moment.",
        ar="ما زال حسابكم قيد الإعداد هنا. حاولوا مجددًا بعد لحظات.",
    )
