"""What is refused of vouchers, coupons and gift cards."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Throttled, Unprocessable


class VoucherUnknown(Missing):
    """The tenant has no such voucher: the same answer whatever is wrong with a code."""

    code = "voucher_unknown"
    title = Text(en="Unknown voucher", ar="قسيمة غير معروفة")
    detail = Text(en="There is no such voucher.", ar="لا توجد قسيمة كهذه.")


class VoucherClosed(Conflict):
    """The voucher was used, cancelled, or is over; or another checkout has it."""

    code = "voucher_closed"
    title = Text(en="The voucher cannot be taken", ar="لا يمكن استخدام القسيمة")
    detail = Text(en="The voucher is {status}.", ar="حالة القسيمة: {status}.")


class ReservationUnknown(Missing):
    """The tenant has no such reservation."""

    code = "reservation_unknown"
    title = Text(en="Unknown reservation", ar="حجز قسائم غير معروف")
    detail = Text(en="There is no such reservation.", ar="لا يوجد حجز قسائم كهذا.")


class ReservationClosed(Conflict):
    """The reservation was used, released, or timed out before."""

    code = "reservation_closed"
    title = Text(en="The reservation is closed", ar="حجز القسائم مغلق")
    detail = Text(en="The reservation is {status} already.", ar="حالة الحجز: {status}.")


class TooManyWrongCodes(Throttled):
    """The key, till or customer showed too many wrong codes: until the window ends, right ones are not told either."""

    code = "too_many_wrong_codes"
    title = Text(en="Too many wrong codes", ar="رموز خاطئة كثيرة")
    detail = Text(
        en="Too many wrong codes. Try again in {retry_after} seconds.",
        ar="كثرت الرموز الخاطئة. أعد المحاولة بعد {retry_after} ثانية.",
    )


class GiftCardUnknown(Unprocessable):
    """The tenant has no gift card of this code."""

    code = "gift_card_unknown"
    title = Text(en="Unknown gift card", ar="بطاقة هدية غير معروفة")
    detail = Text(en="There is no such gift card.", ar="لا توجد بطاقة هدية كهذه.")


class NoSuchGiftCard(Missing):
    """The tenant has no such gift card."""

    code = "gift_card_not_found"
    title = Text(en="No such gift card", ar="لا توجد بطاقة هدية كهذه")
    detail = Text(en="There is no such gift card.", ar="لا توجد بطاقة هدية كهذه.")


class GiftCardBlocked(Conflict):
    """Nothing can be paid with the gift card for now, or ever again."""

    code = "gift_card_blocked"
    title = Text(en="The gift card is blocked", ar="بطاقة الهدية موقوفة")
    detail = Text(en="The gift card is {status}.", ar="حالة بطاقة الهدية: {status}.")


class GiftCardTooLow(Unprocessable):
    """The gift card holds less than it is to pay, or nothing in this currency."""

    code = "gift_card_too_low"
    title = Text(en="Not enough on the gift card", ar="رصيد بطاقة الهدية لا يكفي")
    detail = Text(
        en="{needed} minor units are needed, {available} are on the card.",
        ar="المطلوب {needed} بالوحدات الصغرى، والمتاح على البطاقة {available}.",
    )


class GiftCardExists(Conflict):
    """There is a gift card of this code already."""

    code = "gift_card_exists"
    title = Text(en="The code is in use", ar="الرمز مستخدم")
    detail = Text(en="There is a gift card of this code already.", ar="توجد بطاقة هدية بهذا الرمز.")


class CouponCampaignUnknown(Missing):
    """The tenant has no such coupon campaign."""

    code = "coupon_campaign_unknown"
    title = Text(en="Unknown coupon campaign", ar="حملة كوبونات غير معروفة")
    detail = Text(en="There is no such coupon campaign.", ar="لا توجد حملة كوبونات كهذه.")


class CouponCodeUnreadable(Unprocessable):
    """Nothing of a code is left when it is read."""

    code = "coupon_code_unreadable"
    title = Text(en="Not a code", ar="ليس رمزًا")
    detail = Text(en="“{code}” has no letter and no digit.", ar="لا يحتوي «{code}» على حرف أو رقم.")


class CouponCodesTaken(Conflict):
    """Some of the codes are codes of the tenant already, or are the same as another one that was given."""

    code = "coupon_codes_taken"
    title = Text(en="Codes are in use", ar="رموز مستخدمة")
    detail = Text(
        en="Each code is there once. In use already: {codes}.", ar="كل رمز يوجد مرة واحدة. مستخدم من قبل: {codes}."
    )


class CouponLimitFixed(Unprocessable):
    """A limit whose uses are counted cannot come new or go away."""

    code = "coupon_limit_fixed"
    title = Text(en="The limit can only change its number", ar="لا يتغير من هذا الحد إلا عدده")
    detail = Text(
        en="`{limit}` counts from the campaign's beginning: it can be raised and lowered only.",
        ar="يُحسب `{limit}` من بداية الحملة، ولذلك يمكن رفعه أو خفضه فقط.",
    )


class CouponBatchUnknown(Missing):
    """The campaign has no such batch of codes."""

    code = "coupon_batch_unknown"
    title = Text(en="Unknown batch of codes", ar="دفعة رموز غير معروفة")
    detail = Text(en="The campaign has no such batch of codes.", ar="لا توجد في الحملة دفعة رموز كهذه.")


class CouponCampaignStopped(Conflict):
    """A campaign that was stopped gets no more codes."""

    code = "coupon_campaign_stopped"
    title = Text(en="The campaign is stopped", ar="الحملة موقوفة")
    detail = Text(en="A stopped campaign gets no more codes.", ar="لا تُضاف رموز إلى حملة موقوفة.")


class CodeFileUnreadable(Unprocessable):
    """A file of codes is in another encoding, has no codes, or too many lines."""

    code = "code_file_unreadable"
    title = Text(en="The file cannot be read", ar="تعذرت قراءة الملف")
    detail = Text(
        en="Send a CSV file in UTF-8 with at least one code and at most {most} lines.",
        ar="أرسل ملف CSV بترميز UTF-8 فيه رمز واحد على الأقل، وأقصى عدد لسطوره {most}.",
    )


class CouponClosed(Conflict):
    """The coupon cannot be used now: it is used up, over, not yet valid, stopped, or other checkouts have it."""

    code = "coupon_closed"
    title = Text(en="The coupon cannot be used", ar="لا يمكن استخدام الكوبون")
    detail = Text(en="Coupon {code} cannot be used: {status}.", ar="لا يمكن استخدام الكوبون {code}: {status}.")


class NoSuchCoupon(Missing):
    """The tenant has no coupon of this code."""

    code = "coupon_unknown"
    title = Text(en="Unknown coupon", ar="كوبون غير معروف")
    detail = Text(en="There is no such coupon.", ar="لا يوجد كوبون كهذا.")
