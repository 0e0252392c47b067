"""What is refused of quotes and purchases, and of changing them."""

from kernel.language import Text
from kernel.refusal import Conflict, Gone, Missing, Unprocessable


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


class NothingToReturn(Conflict):
    """All of the purchase came back before."""

    code = "nothing_to_return"
    title = Text(en="Nothing is left to return", ar="لم يبق ما يُرجع")
    detail = Text(en="All of this purchase came back before.", ar="أُرجعت عملية الشراء كلها من قبل.")


class PurchaseVoided(Conflict):
    """The sale was voided: there is nothing to change any more."""

    code = "purchase_voided"
    title = Text(en="The purchase was voided", ar="أُلغيت عملية الشراء")
    detail = Text(en="This purchase was voided. Reopen it first.", ar="أُلغيت عملية الشراء هذه. أعد فتحها أولًا.")


class PurchaseNotVoided(Conflict):
    """The sale stands: there is nothing to reopen."""

    code = "purchase_not_voided"
    title = Text(en="The purchase stands", ar="عملية الشراء قائمة")
    detail = Text(en="Only a voided purchase is reopened.", ar="لا يُعاد فتح إلا عملية شراء ملغاة.")


class ReceiptChanged(Unprocessable):
    """A corrected basket is of another receipt, in other money, or another customer's."""

    code = "receipt_changed"
    title = Text(en="That is another receipt", ar="هذا إيصال آخر")
    detail = Text(en="An edit leaves {field} as it was.", ar="التعديل لا يغيّر {field}.")


class PurchaseClaimedBefore(Conflict):
    """The sale has a customer already."""

    code = "purchase_claimed"
    title = Text(en="The purchase has a customer", ar="لعملية الشراء عميل")
    detail = Text(en="This purchase belongs to a customer already.", ar="عملية الشراء هذه تخص عميلًا بالفعل.")


class NothingToClaim(Conflict):
    """Nothing is left of the sale."""

    code = "nothing_to_claim"
    title = Text(en="Nothing is left to claim", ar="لم يبق ما يُطالب به")
    detail = Text(en="All of this purchase came back, or it was voided.", ar="أُرجعت عملية الشراء كلها أو أُلغيت.")


class ClaimTooLate(Conflict):
    """The sale was too long ago to be claimed."""

    code = "claim_too_late"
    title = Text(en="Too late to claim", ar="فات وقت المطالبة")
    detail = Text(en="A receipt is claimed within {days} days.", ar="يُطالب بالإيصال خلال هذه المدة بالأيام: {days}.")


class PurchaseConflict(Conflict):
    """The receipt is in the books with other content."""

    code = "purchase_conflict"
    title = Text(en="This receipt was recorded differently", ar="سُجّل هذا الإيصال بمحتوى مختلف")
    detail = Text(
        en="Receipt {external_id} of store {store_id} is purchase {purchase_id}, with other content.",
        ar="الإيصال {external_id} من الفرع {store_id} مسجّل بالرقم {purchase_id} بمحتوى آخر.",
    )


class PurchaseUnknown(Missing):
    """The tenant has no such purchase."""

    code = "purchase_unknown"
    title = Text(en="Unknown purchase", ar="عملية شراء غير معروفة")
    detail = Text(en="There is no such purchase.", ar="لا توجد عملية شراء كهذه.")


class QuoteInvalid(Unprocessable):
    """The quote was not given by us, or for another basket."""

    code = "quote_invalid"
    title = Text(en="The quote does not fit", ar="عرض السعر لا يطابق")
    detail = Text(en="This quote was given for another basket.", ar="أُعطي هذا العرض لسلة أخرى.")


class QuoteExpired(Gone):
    """The quote's time is over."""

    code = "quote_expired"
    title = Text(en="The quote has expired", ar="انتهت صلاحية عرض السعر")
    detail = Text(en="The quote was good until {expired_at}.", ar="كان العرض صالحًا حتى {expired_at}.")


class PointsNotTaken(Unprocessable):
    """The program does not take so many points, or none at all, as money for this order."""

    code = "points_not_taken"
    title = Text(en="Points cannot pay this amount", ar="لا يمكن دفع هذا المبلغ بالنقاط")
    detail = Text(
        en="Points can pay at most {most} minor units of this order, in steps of {step}; {amount} were asked for.",
        ar="أقصى ما يُدفع بالنقاط من هذا الطلب {most} بالوحدات الصغرى، وبمضاعفات {step}، والمطلوب {amount}.",
    )


class PaymentTooLarge(Unprocessable):
    """Points and gift cards pay more than is due, or one of them twice."""

    code = "payment_too_large"
    title = Text(en="More than is due", ar="أكثر من المستحق")
    detail = Text(
        en="{due} minor units are due, {amount} are paid.", ar="المستحق {due} بالوحدات الصغرى، والمدفوع {amount}."
    )
