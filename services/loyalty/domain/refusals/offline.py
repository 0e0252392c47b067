"""What is refused of tills without a connection."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class AllowanceNotOffered(Unprocessable):
    """The live program does not take these units as money, or so few of them pay for nothing."""

    code = "allowance_not_offered"
    title = Text(en="These units pay for nothing", ar="هذا الرصيد لا يدفع شيئًا")
    detail = Text(
        en="The live program does not take so many {unit} as money.",
        ar="البرنامج المنشور لا يقبل هذا القدر من {unit} بدل النقود.",
    )


class AllowanceInvalid(Unprocessable):
    """The allowance was not given by us to this business, or it was changed."""

    code = "allowance_invalid"
    title = Text(en="The allowance is not genuine", ar="الرصيد المسموح به غير صحيح")
    detail = Text(en="We gave no such allowance, or it was changed.", ar="لم نعط رصيدًا مسموحًا به كهذا، أو جرى تغييره.")


class AllowanceOfAnother(Unprocessable):
    """The allowance was given to another customer than the sale's."""

    code = "allowance_of_another"
    title = Text(en="Another customer's allowance", ar="رصيد مسموح به لعميل آخر")
    detail = Text(
        en="A sale is paid with its own customer's allowance.", ar="يُدفع البيع من الرصيد المسموح به لعميله نفسه."
    )


class AllowanceNeeded(Unprocessable):
    """A till without a connection took points without an allowance: nobody had set them aside."""

    code = "allowance_needed"
    title = Text(en="Points need an allowance offline", ar="النقاط دون اتصال تحتاج إلى رصيد مسموح به")
    detail = Text(
        en="Offline, points pay only with the allowance the customer shows.",
        ar="دون اتصال لا تُدفع النقاط إلا برصيد مسموح به يعرضه العميل.",
    )


class OfflineConflictUnknown(Missing):
    """The tenant has no such conflict."""

    code = "offline_conflict_unknown"
    title = Text(en="Unknown conflict", ar="تعارض غير معروف")
    detail = Text(en="There is no such conflict.", ar="لا يوجد تعارض كهذا.")


class OfflineConflictResolved(Conflict):
    """Somebody settled the conflict before."""

    code = "offline_conflict_resolved"
    title = Text(en="The conflict is settled", ar="سُوّي هذا التعارض")
    detail = Text(en="It was settled before: {resolution}.", ar="سُوّي من قبل: {resolution}.")
