"""What is refused of referrals."""

from kernel.language import Text
from kernel.refusal import Conflict, Gone, Missing


class ReferralsClosed(Conflict):
    """Nobody can be brought now: the program says nothing about it."""

    code = "referrals_closed"
    title = Text(en="Referrals are closed", ar="الدعوات مغلقة")
    detail = Text(en="The program gives nothing for bringing others.", ar="لا يقدم البرنامج شيئًا مقابل دعوة الآخرين.")


class ReferralUnknown(Missing):
    """The tenant has no such referral."""

    code = "referral_unknown"
    title = Text(en="Unknown referral", ar="دعوة غير معروفة")
    detail = Text(en="There is no such referral.", ar="لا توجد دعوة كهذه.")


class ReferralCodeUnknown(Missing):
    """Nobody brings others by this code."""

    code = "referral_code_unknown"
    title = Text(en="Unknown referral code", ar="رمز دعوة غير معروف")
    detail = Text(en="There is no such referral code.", ar="لا يوجد رمز دعوة كهذا.")


class ReferralCodeEnded(Gone):
    """The code was good for some time, which is over."""

    code = "referral_code_ended"
    title = Text(en="The referral code has ended", ar="انتهت صلاحية رمز الدعوة")
    detail = Text(en="Ask for the new code of who invited you.", ar="اطلب الرمز الجديد ممن دعاك.")


class SelfReferral(Conflict):
    """Advocate and friend are one person."""

    code = "self_referral"
    title = Text(en="Not by yourself", ar="لا يمكن دعوة النفس")
    detail = Text(en="Nobody can bring themselves.", ar="لا يستطيع أحد أن يدعو نفسه.")


class SameHousehold(Conflict):
    """Advocate and friend share a pool or a membership."""

    code = "same_household"
    title = Text(en="Of one household", ar="من أسرة واحدة")
    detail = Text(en="Nobody can bring somebody of their own household.", ar="لا يمكن دعوة فرد من الأسرة نفسها.")


class ReferralRing(Conflict):
    """The friend brought the advocate, or somebody who did."""

    code = "referral_ring"
    title = Text(en="Not in a ring", ar="لا تصح الدعوة في حلقة")
    detail = Text(en="Who brought you cannot be brought by you.", ar="من دعاك لا يمكنك أن تدعوه.")


class ReferredAlready(Conflict):
    """Somebody else brought the friend."""

    code = "referred_already"
    title = Text(en="Invited before", ar="مدعو من قبل")
    detail = Text(en="A customer can be brought once.", ar="يُدعى العميل مرة واحدة فقط.")


class FriendNotNew(Conflict):
    """The friend has bought before."""

    code = "friend_not_new"
    title = Text(en="Not a new customer", ar="ليس عميلًا جديدًا")
    detail = Text(
        en="Only a customer who has bought nothing yet can be brought.", ar="يمكن دعوة من لم يشترِ من قبل فقط."
    )


class AdvocateBlocked(Conflict):
    """Whoever has the code is blocked."""

    code = "advocate_blocked"
    title = Text(en="The code cannot be used", ar="لا يمكن استخدام الرمز")
    detail = Text(en="The customer who invited you is blocked.", ar="العميل الذي دعاك محظور.")


class ReferralLimitReached(Conflict):
    """The advocate has brought as many as the program allows."""

    code = "referral_limit_reached"
    title = Text(en="Enough invited", ar="بلغت الدعوات حدّها")
    detail = Text(
        en="A customer can bring at most {most} in this time.", ar="أقصى عدد يمكن للعميل دعوته في هذه المدة {most}."
    )
