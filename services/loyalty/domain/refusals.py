"""What loyalty's rules say no to."""

from kernel.language import Text
from kernel.refusal import Unprocessable


class InsufficientPoints(Unprocessable):
    """The wallet holds fewer units than are asked for."""

    code = "insufficient_points"
    title = Text(en="Not enough points", ar="النقاط لا تكفي")
    detail = Text(en="Needs {needed} points, has {available}.", ar="المطلوب من النقاط {needed}، والمتاح {available}.")


class CurrencyMismatch(Unprocessable):
    """The basket and the program count in different money."""

    code = "currency_mismatch"
    title = Text(en="Another currency", ar="عملة مختلفة")
    detail = Text(
        en="The basket is in {basket}, the program in {program}.",
        ar="السلة بعملة {basket} والبرنامج بعملة {program}.",
    )


class ReturnTooLarge(Unprocessable):
    """More units are brought back than the purchase still has."""

    code = "return_too_large"
    title = Text(en="More returned than bought", ar="المرتجع أكثر من المشترى")
    detail = Text(
        en="Line {line} has {left} units left, {returned} are returned.",
        ar="السطر {line} بقي فيه {left}، والمرتجع {returned}.",
    )


class MembershipTooLong(Unprocessable):
    """The membership would end after the calendar does."""

    code = "membership_too_long"
    title = Text(en="Membership too long", ar="العضوية أطول من الممكن")
    detail = Text(en="A membership ends before the year {year}.", ar="تنتهي العضوية قبل سنة {year}.")
