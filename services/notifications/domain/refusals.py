"""What notifications says no to."""

from kernel.language import Text
from kernel.refusal import Missing, Unavailable


class CustomerMissing(Missing):
    """The tenant knows no such customer."""

    code = "customer_not_found"
    title = Text(en="No such customer", ar="لا يوجد هذا العميل")
    detail = Text(en="There is no customer {customer_id}.", ar="لا يوجد عميل بالمعرّف {customer_id}.")


class MessageMissing(Missing):
    """The customer was sent no such message."""

    code = "message_not_found"
    title = Text(en="No such message", ar="لا توجد هذه الرسالة")
    detail = Text(
        en="There is no message {message_id} for this customer.", ar="لا توجد رسالة بالمعرّف {message_id} لهذا العميل."
    )


class CustomersUnreachable(Unavailable):
    """The service that knows the customers does not answer."""

    code = "customers_unreachable"
    title = Text(en="Not available just now", ar="غير متاح مؤقتًا")
    detail = Text(en="We cannot look the customer up; try again.", ar="تعذّر البحث عن العميل؛ حاول مرة أخرى.")
