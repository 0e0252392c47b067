"""What loyalty's rules say no to."""

from kernel.language import Text
from kernel.refusal import Conflict, Gone, Missing, Throttled, Unprocessable


class InsufficientPoints(Unprocessable):
    """The wallet holds fewer units than are asked for."""

    code = "insufficient_points"
    title = Text(en="Not enough points", ar="النقاط لا تكفي")
    detail = Text(en="Needs {needed} points, has {available}.", ar="المطلوب من النقاط {needed}، والمتاح {available}.")


class EndsInThePast(Unprocessable):
    """Units would be dead as they come."""

    code = "ends_in_the_past"
    title = Text(en="The end has passed", ar="تاريخ الانتهاء مضى")
    detail = Text(
        en="Units cannot end at {expires_at}: that is over.", ar="لا يمكن أن تنتهي الصلاحية في {expires_at}: مضى."
    )


class SameCustomer(Unprocessable):
    """Giver and taker are one."""

    code = "same_customer"
    title = Text(en="Twice the same customer", ar="العميل نفسه مرتين")
    detail = Text(en="Name two different customers.", ar="اذكر عميلين مختلفين.")


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


class PoolUnknown(Missing):
    """The tenant has no such pool."""

    code = "pool_unknown"
    title = Text(en="Unknown pool", ar="محفظة مشتركة غير معروفة")
    detail = Text(en="There is no such pool.", ar="لا توجد محفظة مشتركة كهذه.")


class NotInPool(Unprocessable):
    """The customer is not of this pool."""

    code = "not_in_pool"
    title = Text(en="Not in this pool", ar="ليس في هذه المحفظة المشتركة")
    detail = Text(
        en="Customer {customer_id} is not in this pool.", ar="العميل {customer_id} ليس في هذه المحفظة المشتركة."
    )


class InAnotherPool(Conflict):
    """The customer shares their units already."""

    code = "in_another_pool"
    title = Text(en="In a pool already", ar="في محفظة مشتركة بالفعل")
    detail = Text(en="Customer {customer_id} is in a pool already.", ar="العميل {customer_id} في محفظة مشتركة بالفعل.")


class PoolFull(Conflict):
    """A household has its bounds."""

    code = "pool_full"
    title = Text(en="The pool is full", ar="المحفظة المشتركة ممتلئة")
    detail = Text(en="At most {most} customers share a pool.", ar="أقصى عدد للعملاء في المحفظة المشتركة {most}.")


class MergeUnknown(Missing):
    """The tenant has no such merge."""

    code = "merge_unknown"
    title = Text(en="Unknown merge", ar="دمج غير معروف")
    detail = Text(en="There is no such merge.", ar="لا يوجد دمج كهذا.")


class MergedAlready(Conflict):
    """What the customer has goes to another one already."""

    code = "merged_already"
    title = Text(en="Merged already", ar="مدموج بالفعل")
    detail = Text(en="Customer {customer_id} is merged into another one.", ar="العميل {customer_id} مدموج في عميل آخر.")


class MergeUndone(Conflict):
    """The merge was undone before."""

    code = "merge_undone"
    title = Text(en="Undone already", ar="أُلغي الدمج من قبل")
    detail = Text(en="This merge was undone before.", ar="أُلغي هذا الدمج من قبل.")


class UnitsHeld(Conflict):
    """Units are set aside: capture or release them first."""

    code = "units_held"
    title = Text(en="Units are held", ar="توجد وحدات محجوزة")
    detail = Text(en="Capture or release what is held first: {held}.", ar="أكمل حجز ما يلي أو ألغه أولًا: {held}.")


class NotSoManyExpired(Unprocessable):
    """More is to be given back than expired and was not given back before."""

    code = "not_so_many_expired"
    title = Text(en="Not so many expired", ar="لم ينته هذا القدر")
    detail = Text(en="{expired} have expired, {asked} were asked for.", ar="المنتهي {expired}، والمطلوب {asked}.")


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


class ProgramUnknown(Missing):
    """The tenant has no such program."""

    code = "program_unknown"
    title = Text(en="Unknown program", ar="برنامج غير معروف")
    detail = Text(en="There is no such program.", ar="لا يوجد برنامج كهذا.")


class VersionUnknown(Missing):
    """The program has no such version."""

    code = "version_unknown"
    title = Text(en="Unknown version", ar="إصدار غير معروف")
    detail = Text(en="The program has no such version.", ar="ليس للبرنامج إصدار كهذا.")


class SecondPersonNeeded(Conflict):
    """The program wants another than the author to publish a version."""

    code = "second_person_needed"
    title = Text(en="A second person is needed", ar="يلزم شخص ثانٍ")
    detail = Text(
        en="Whoever drafted this version cannot publish it: somebody else has to.",
        ar="لا ينشر هذا الإصدار من كتبه، بل شخص آخر.",
    )


class ExperimentUnknown(Missing):
    """No rule of the version takes part in such an experiment."""

    code = "experiment_unknown"
    title = Text(en="Unknown experiment", ar="تجربة غير معروفة")
    detail = Text(
        en="No rule of this version takes part in such an experiment.",
        ar="لا توجد في هذا الإصدار قاعدة تشارك في تجربة كهذه.",
    )


class VersionRetired(Conflict):
    """The version was live before. What was is not published again: draft it anew."""

    code = "version_retired"
    title = Text(en="The version is retired", ar="الإصدار متقاعد")
    detail = Text(
        en="Version {version} was live before. Make a new version of its document.",
        ar="كان الإصدار {version} منشورًا. أنشئ إصدارًا جديدًا من مستنده.",
    )


class AnotherProgramLive(Conflict):
    """One program decides a tenant's sales, and it is another one."""

    code = "another_program_live"
    title = Text(en="Another program is live", ar="برنامج آخر منشور")
    detail = Text(en="Retire program {program_id} first.", ar="أنهِ البرنامج {program_id} أولًا.")


class MomentPassed(Unprocessable):
    """What is to happen later was asked for at a moment that is over."""

    code = "moment_passed"
    title = Text(en="That moment has passed", ar="مضى ذلك الوقت")
    detail = Text(en="{moment} is not in the future.", ar="الوقت {moment} ليس في المستقبل.")


class VersionNotScheduled(Conflict):
    """The version is live, or was: its moment has come."""

    code = "version_not_scheduled"
    title = Text(en="The version is not waiting to go live", ar="الإصدار لا ينتظر النشر")
    detail = Text(en="Version {version} went live already.", ar="نُشر الإصدار {version} من قبل.")


class RuleUnknown(Unprocessable):
    """The program has no such rule."""

    code = "rule_unknown"
    title = Text(en="Unknown rule", ar="قاعدة غير معروفة")
    detail = Text(en="The program has no rule {rule}.", ar="ليس في البرنامج قاعدة {rule}.")


class TemplateUnknown(Missing):
    """There is no such ready-made program."""

    code = "template_unknown"
    title = Text(en="Unknown template", ar="قالب غير معروف")
    detail = Text(en="There is no such ready-made program.", ar="لا يوجد برنامج جاهز بهذا الاسم.")


class BacktestUnknown(Missing):
    """The tenant has no such backtest."""

    code = "backtest_unknown"
    title = Text(en="Unknown backtest", ar="محاكاة غير معروفة")
    detail = Text(en="There is no such backtest.", ar="لا توجد محاكاة كهذه.")


class BacktestFinished(Conflict):
    """The backtest is over: there is nothing to cancel."""

    code = "backtest_finished"
    title = Text(en="The backtest is over", ar="انتهت المحاكاة")
    detail = Text(en="The backtest is {status} already.", ar="حالة المحاكاة: {status}.")


class TooManyBacktests(Conflict):
    """As many backtests are being worked on as a tenant may have at a time."""

    code = "too_many_backtests"
    title = Text(en="Too many backtests at a time", ar="عمليات محاكاة كثيرة في وقت واحد")
    detail = Text(
        en="Wait for one of the {limit} that are running.", ar="انتظر انتهاء إحدى عمليات المحاكاة الجارية ({limit})."
    )


class NoSuchCustomer(Missing):
    """The tenant has no such customer."""

    code = "customer_not_found"
    title = Text(en="No such customer", ar="لا يوجد عميل كهذا")
    detail = Text(en="There is no such customer.", ar="لا يوجد عميل كهذا.")


class RewardUnknown(Missing):
    """The catalogue has no such reward."""

    code = "reward_unknown"
    title = Text(en="Unknown reward", ar="مكافأة غير معروفة")
    detail = Text(en="There is no such reward.", ar="لا توجد مكافأة كهذه.")


class RewardWithdrawn(Conflict):
    """The reward cannot be taken any more."""

    code = "reward_withdrawn"
    title = Text(en="The reward was withdrawn", ar="سُحبت المكافأة")
    detail = Text(en="This reward is not offered any more.", ar="لم تعد هذه المكافأة متاحة.")


class RewardNotOpen(Conflict):
    """The reward is offered on other days."""

    code = "reward_not_open"
    title = Text(en="The reward is not offered today", ar="المكافأة غير متاحة اليوم")
    detail = Text(en="This reward is offered on other days.", ar="هذه المكافأة متاحة في أيام أخرى.")


class RewardSoldOut(Conflict):
    """As many were taken as there are."""

    code = "reward_sold_out"
    title = Text(en="None is left", ar="نفدت المكافأة")
    detail = Text(en="All {stock} of this reward were taken.", ar="أُخذ كل ما توفر من هذه المكافأة، وعدده {stock}.")


class RewardLimitReached(Conflict):
    """As many were taken as may be, by this customer or by everyone, in this period."""

    code = "reward_limit_reached"
    title = Text(en="The limit is reached", ar="بلغت الحد المسموح")
    detail = Text(
        en="At most {at_most} of this reward may be taken now.",
        ar="الحد الأعلى المسموح به الآن من هذه المكافأة هو {at_most}.",
    )


class RedemptionClosed(Conflict):
    """The redemption is past that step, or a voucher of it was used."""

    code = "redemption_closed"
    title = Text(en="This step is not possible", ar="هذه الخطوة غير ممكنة")
    detail = Text(
        en="The redemption is {status}; {asked} cannot follow.", ar="حالة الاستبدال {status}، ولا تليها {asked}."
    )


class RedemptionUnknown(Missing):
    """The tenant has no such redemption."""

    code = "redemption_unknown"
    title = Text(en="Unknown redemption", ar="استبدال غير معروف")
    detail = Text(en="There is no such redemption.", ar="لا يوجد استبدال كهذا.")


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


class LeaderboardUnknown(Missing):
    """The tenant has no such leaderboard."""

    code = "leaderboard_unknown"
    title = Text(en="Unknown leaderboard", ar="لوحة متصدرين غير معروفة")
    detail = Text(en="There is no such leaderboard.", ar="لا توجد لوحة متصدرين كهذه.")


class RoundUnknown(Missing):
    """No round of the leaderboard began that day."""

    code = "round_unknown"
    title = Text(en="Unknown round", ar="جولة غير معروفة")
    detail = Text(
        en="No round of this leaderboard began on that day.", ar="لم تبدأ في ذلك اليوم جولة من لوحة المتصدرين هذه."
    )


class LeaderboardOver(Conflict):
    """The leaderboard's last day is over."""

    code = "leaderboard_over"
    title = Text(en="The leaderboard is over", ar="انتهت لوحة المتصدرين")
    detail = Text(en="The last round of this leaderboard is over.", ar="انتهت آخر جولة من لوحة المتصدرين هذه.")


class LeaderboardUnits(Unprocessable):
    """A leaderboard counts, or gives, units the live program does not have."""

    code = "leaderboard_units"
    title = Text(en="Unknown unit", ar="وحدة غير معروفة")
    detail = Text(
        en="The live program has no such unit as the leaderboard names.",
        ar="ليس في البرنامج المنشور وحدة كالتي تذكرها لوحة المتصدرين.",
    )


class ProgramMissing(Conflict):
    """The tenant has no live program."""

    code = "program_missing"
    title = Text(en="No program is live", ar="لا برنامج منشور")
    detail = Text(en="Publish a program first.", ar="انشر برنامجًا أولًا.")


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


class DrawUnknown(Missing):
    """The tenant has no such draw."""

    code = "draw_unknown"
    title = Text(en="Unknown draw", ar="سحب غير معروف")
    detail = Text(en="There is no such draw.", ar="لا يوجد سحب كهذا.")


class DrawNameTaken(Conflict):
    """An open draw is called so."""

    code = "draw_name_taken"
    title = Text(en="There is such a draw", ar="يوجد سحب بهذا الاسم")
    detail = Text(en="An open draw is called {draw} already.", ar="يوجد سحب مفتوح باسم {draw}.")


class DrawClosesTooSoon(Unprocessable):
    """The draw would be over before it is announced."""

    code = "draw_closes_too_soon"
    title = Text(en="The draw closes in the past", ar="موعد إغلاق السحب مضى")
    detail = Text(en="A draw closes after it is announced.", ar="يُغلق السحب بعد الإعلان عنه.")


class DrawOpened(Conflict):
    """The draw has opened: its terms stand."""

    code = "draw_opened"
    title = Text(en="The draw has opened", ar="فُتح السحب")
    detail = Text(en="Terms can be changed until a draw opens.", ar="يمكن تعديل شروط السحب إلى أن يُفتح.")


class DrawNotOpen(Conflict):
    """The draw has not opened, or it takes no entries any more."""

    code = "draw_not_open"
    title = Text(en="The draw is not open", ar="السحب غير مفتوح")
    detail = Text(en="The draw is not open now; its status is {status}.", ar="السحب غير مفتوح الآن، وحالته {status}.")


class DrawNotClosed(Conflict):
    """The draw's list is not frozen yet, or never will be."""

    code = "draw_not_closed"
    title = Text(en="The draw is not closed", ar="لم يُغلق السحب")
    detail = Text(
        en="The draw's status is {status}; that is for closed ones.", ar="حالة السحب {status}، وهذا للمغلق فقط."
    )


class BeaconNotExpected(Conflict):
    """The draw has announced no beacon, or has had it."""

    code = "beacon_not_expected"
    title = Text(en="No beacon is expected", ar="لا تُنتظر قيمة علنية")
    detail = Text(
        en="The draw announced no beacon, or another one was given.", ar="لم يُعلن السحب قيمة علنية، أو أُعطيت قيمة أخرى."
    )


class DrawWinUnknown(Missing):
    """The draw has no such pick, or it won nothing."""

    code = "draw_win_unknown"
    title = Text(en="Unknown win", ar="فوز غير معروف")
    detail = Text(en="There is no such win.", ar="لا يوجد فوز كهذا.")


class DrawWinSettled(Conflict):
    """The prize was claimed, handed over or passed on before."""

    code = "draw_win_settled"
    title = Text(en="The win is settled", ar="حُسم هذا الفوز")
    detail = Text(en="The win is {status} already.", ar="حالة الفوز: {status}.")


class NoLiveProgram(Conflict):
    """Units and vouchers live as the live program says, and there is none."""

    code = "no_live_program"
    title = Text(en="No program is live", ar="لا يوجد برنامج منشور")
    detail = Text(en="Publish a program first: what is given lives by it.", ar="انشر برنامجًا أولًا، فما يُعطى يتبعه.")


class DrawEntriesUsedUp(Conflict):
    """The customer would have more entries than the draw allows."""

    code = "draw_entries_used_up"
    title = Text(en="Too many entries", ar="مشاركات أكثر من المسموح")
    detail = Text(
        en="A customer has at most {most} entries in this draw.", ar="أقصى عدد لمشاركات العميل في هذا السحب {most}."
    )


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


class HoldUnknown(Missing):
    """The tenant has no such hold."""

    code = "hold_unknown"
    title = Text(en="Unknown hold", ar="حجز غير معروف")
    detail = Text(en="There is no such hold.", ar="لا يوجد حجز كهذا.")


class HoldClosed(Conflict):
    """The hold was captured, released, or timed out before."""

    code = "hold_closed"
    title = Text(en="The hold is closed", ar="الحجز مغلق")
    detail = Text(en="The hold is {status} already.", ar="حالة الحجز: {status}.")


class CaptureTooLarge(Unprocessable):
    """More is captured than was set aside."""

    code = "capture_too_large"
    title = Text(en="More than was held", ar="أكثر من المحجوز")
    detail = Text(en="The hold is of {held}, {asked} were asked for.", ar="المحجوز {held}، والمطلوب {asked}.")


class TooManySegments(Unprocessable):
    """The customer is in as many segments as one can be in."""

    code = "too_many_segments"
    title = Text(en="Too many segments", ar="مجموعات كثيرة")
    detail = Text(en="A customer is in at most {most} segments.", ar="أقصى عدد من المجموعات للعميل هو {most}.")


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


class ActivityConflict(Conflict):
    """The activity is in the books with other content."""

    code = "activity_conflict"
    title = Text(en="This activity was recorded differently", ar="سُجّل هذا النشاط بمحتوى مختلف")
    detail = Text(
        en="Activity {external_id} of kind {kind} is {activity_id}, with other content.",
        ar="النشاط {external_id} من النوع {kind} مسجّل بالرقم {activity_id} بمحتوى آخر.",
    )


class ActivityUnknown(Missing):
    """The tenant has no such activity."""

    code = "activity_unknown"
    title = Text(en="Unknown activity", ar="نشاط غير معروف")
    detail = Text(en="There is no such activity.", ar="لا يوجد نشاط كهذا.")


class CodeFileUnreadable(Unprocessable):
    """A file of codes is in another encoding, has no codes, or too many lines."""

    code = "code_file_unreadable"
    title = Text(en="The file cannot be read", ar="تعذرت قراءة الملف")
    detail = Text(
        en="Send a CSV file in UTF-8 with at least one code and at most {most} lines.",
        ar="أرسل ملف CSV بترميز UTF-8 فيه رمز واحد على الأقل، وأقصى عدد لسطوره {most}.",
    )


class NoTiers(Conflict):
    """The live program has no tiers."""

    code = "no_tiers"
    title = Text(en="There are no tiers", ar="لا توجد فئات")
    detail = Text(en="The live program has no tiers.", ar="لا فئات في البرنامج الساري.")


class TierUnknown(Unprocessable):
    """The ladder has no such tier."""

    code = "tier_unknown"
    title = Text(en="Unknown tier", ar="فئة غير معروفة")
    detail = Text(en="The live program has no tier “{tier}”.", ar="لا توجد الفئة «{tier}» في البرنامج الساري.")


class TierEndsInThePast(Unprocessable):
    """The last day of a tier given by hand is over."""

    code = "tier_ends_in_the_past"
    title = Text(en="That day is over", ar="انقضى هذا اليوم")
    detail = Text(
        en="A tier is given up to and with a day that is not over yet.", ar="تُمنح الفئة حتى نهاية يوم لم ينقضِ بعد."
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
