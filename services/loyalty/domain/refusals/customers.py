"""Who is refused."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class CustomerUnknown(Unprocessable):
    """The tenant has no such customer."""

    code = "customer_unknown"
    title = Text(en="Unknown customer", ar="عميل غير معروف")
    detail = Text(en="There is no customer {customer_id}.", ar="لا يوجد عميل {customer_id}.")


class CustomerBlocked(Conflict):
    """The customer may not take part."""

    code = "customer_blocked"
    title = Text(en="The customer is blocked", ar="العميل موقوف")
    detail = Text(en="Customer {customer_id} is blocked.", ar="العميل {customer_id} موقوف.")


class NoSuchCustomer(Missing):
    """The tenant has no such customer."""

    code = "customer_not_found"
    title = Text(en="No such customer", ar="لا يوجد عميل كهذا")
    detail = Text(en="There is no such customer.", ar="لا يوجد عميل كهذا.")


class TooManySegments(Unprocessable):
    """The customer is in as many segments as one can be in."""

    code = "too_many_segments"
    title = Text(en="Too many segments", ar="مجموعات كثيرة")
    detail = Text(en="A customer is in at most {most} segments.", ar="أقصى عدد من المجموعات للعميل هو {most}.")
