"""What this service says no to."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class CustomerMissing(Missing):
    """The tenant knows no such customer."""

    code = "customer_not_found"
    title = Text(en="No such customer", ar="لا يوجد هذا العميل")
    detail = Text(en="There is no customer {customer_id}.", ar="لا يوجد عميل بالمعرّف {customer_id}.")


class CustomerExists(Conflict):
    """An identifier belongs to another customer already: `field` says which, `customer_id` whose it is."""

    code = "customer_exists"
    title = Text(en="There is such a customer already", ar="هذا العميل موجود من قبل")
    detail = Text(
        en="The {field} belongs to customer {customer_id}.",
        ar="قيمة الحقل {field} تخص العميل {customer_id}.",
    )


class InvalidPhone(Unprocessable):
    """Nobody can be called at that number."""

    code = "invalid_phone"
    title = Text(en="Not a phone number", ar="رقم الهاتف غير صالح")
    detail = Text(
        en="No such number can exist in {country}. Write it with + and the country code, or name the `country`.",
        ar="لا يوجد رقم كهذا في {country}. اكتبه مسبوقًا بعلامة + ورمز الدولة، أو اذكر الدولة في `country`.",
    )


class InvalidEmail(Unprocessable):
    """Nobody can be written to at that address."""

    code = "invalid_email"
    title = Text(en="Not an e-mail address", ar="البريد الإلكتروني غير صالح")
    detail = Text(en="An address looks like name@example.com.", ar="يكون العنوان بالشكل name@example.com.")


class InvalidCard(Unprocessable):
    """The code cannot be on a card."""

    code = "invalid_card"
    title = Text(en="Not a card code", ar="رمز البطاقة غير صالح")
    detail = Text(
        en="A card's code has 4 to 40 letters A-Z and digits; spaces and hyphens do not count.",
        ar="يتكون رمز البطاقة من 4 إلى 40 من الحروف A-Z والأرقام، ولا تُحسب المسافات والشرطات.",
    )


class BirthdayAhead(Unprocessable):
    """Nobody is born yet on that day."""

    code = "birthday_ahead"
    title = Text(en="The birthday is in the future", ar="تاريخ الميلاد في المستقبل")
    detail = Text(en="{birthday} has not come yet.", ar="لم يحن تاريخ {birthday} بعد.")
