"""What is refused of rewards and redemptions."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing


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
