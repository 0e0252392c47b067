"""What is refused of reports."""

from kernel.language import Text
from kernel.refusal import Unprocessable


class InvalidPeriod(Unprocessable):
    """The days asked for make no period."""

    code = "invalid_period"
    title = Text(en="Not a period", ar="الفترة غير صالحة")
    detail = Text(
        en="The beginning must not be after the end, nor the end in the future; at most {days_max} days.",
        ar="يجب ألا تكون البداية بعد النهاية، ولا النهاية في المستقبل، وأقصى طول للفترة بالأيام: {days_max}.",
    )


class MomentInFuture(Unprocessable):
    """What has not happened yet cannot be counted."""

    code = "moment_in_future"
    title = Text(en="That moment is yet to come", ar="هذه اللحظة لم تأتِ بعد")
    detail = Text(en="`as_of` must not be later than now.", ar="يجب ألا يكون `as_of` بعد اللحظة الحالية.")
