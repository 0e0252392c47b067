"""What is refused of memberships, families and passes."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class MembershipTooLong(Unprocessable):
    """The membership would end after the calendar does."""

    code = "membership_too_long"
    title = Text(en="Membership too long", ar="العضوية أطول من الممكن")
    detail = Text(en="A membership ends before the year {year}.", ar="تنتهي العضوية قبل سنة {year}.")


class MembershipUnknown(Missing):
    """The tenant has no such membership."""

    code = "membership_unknown"
    title = Text(en="Unknown membership", ar="عضوية غير معروفة")
    detail = Text(en="There is no such membership.", ar="لا توجد عضوية كهذه.")


class MembershipOver(Conflict):
    """There is no time on the membership that could be frozen, changed or taken."""

    code = "membership_over"
    title = Text(en="The membership has no time then", ar="لا وقت في العضوية حينها")
    detail = Text(en="The membership has no time on {day}.", ar="ليس في العضوية وقت يوم {day}.")


class MembershipNotFrozen(Conflict):
    """Time passes already."""

    code = "membership_not_frozen"
    title = Text(en="The membership is not frozen", ar="العضوية غير مجمّدة")
    detail = Text(en="The membership is not frozen.", ar="العضوية غير مجمّدة.")


class FamilyFull(Conflict):
    """As many share the membership as its plan allows."""

    code = "family_full"
    title = Text(en="The family is full", ar="العائلة مكتملة")
    detail = Text(
        en="The plan allows {most} in the family beside the holder.",
        ar="أقصى عدد للمشاركين مع صاحب العضوية في هذه الباقة {most}.",
    )


class InFamily(Conflict):
    """The customer shares a membership on that plan already."""

    code = "in_family"
    title = Text(en="In a family already", ar="في عائلة بالفعل")
    detail = Text(
        en="Customer {customer_id} shares a membership on plan {plan} already.",
        ar="العميل {customer_id} يشارك بالفعل في عضوية على باقة {plan}.",
    )


class NotInFamily(Missing):
    """The customer does not share this membership."""

    code = "not_in_family"
    title = Text(en="Not in this family", ar="ليس في هذه العائلة")
    detail = Text(
        en="Customer {customer_id} does not share this membership.", ar="العميل {customer_id} لا يشارك في هذه العضوية."
    )


class FreezeInvalid(Conflict):
    """The membership cannot be frozen so."""

    code = "freeze_invalid"
    title = Text(en="It cannot be frozen so", ar="لا يمكن تجميدها هكذا")
    detail = Text(
        en="From {from_date} for {days} days: frozen already, no days, or more than the plan allows.",
        ar="من {from_date} لمدة {days} من الأيام: العضوية مجمّدة، أو لا أيام فيها، أو أكثر مما تسمح به الخطة.",
    )


class PlanUnknown(Unprocessable):
    """The live program has no such plan."""

    code = "plan_unknown"
    title = Text(en="Unknown plan", ar="خطة غير معروفة")
    detail = Text(en="The live program has no plan {plan}.", ar="ليس في البرنامج المنشور خطة {plan}.")


class PlanUnsuitable(Unprocessable):
    """A membership cannot be changed to this plan."""

    code = "plan_unsuitable"
    title = Text(en="It cannot be changed to this plan", ar="لا يمكن التحويل إلى هذه الخطة")
    detail = Text(
        en="Plan {plan} is the same, or nobody knows what was paid for the time that is left.",
        ar="الخطة {plan} هي نفسها، أو لا يُعرف ما دُفع مقابل المدة المتبقية.",
    )


class NoEntriesLeft(Conflict):
    """The customer has no pass on this plan that is good and has entries left."""

    code = "no_entries_left"
    title = Text(en="No entries are left", ar="لم يبق دخول في البطاقة")
    detail = Text(
        en="There is no pass on {plan} with enough entries that is good now.",
        ar="لا توجد بطاقة صالحة للخطة {plan} فيها ما يكفي من مرات الدخول.",
    )


class EntryUnknown(Missing):
    """The tenant has no such entry on a pass."""

    code = "entry_unknown"
    title = Text(en="Unknown entry", ar="دخول غير معروف")
    detail = Text(en="There is no such entry.", ar="لا يوجد دخول كهذا.")


class EntryGivenBack(Conflict):
    """The entry was given back before, or its pass was revoked."""

    code = "entry_given_back"
    title = Text(en="The entry is not used any more", ar="لم يعد الدخول مستخدمًا")
    detail = Text(en="It was given back, or its pass was revoked.", ar="أُعيد الدخول من قبل، أو أُلغيت بطاقته.")
