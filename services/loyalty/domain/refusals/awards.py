"""What is refused of awards for many customers."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class AwardBatchUnknown(Missing):
    """The tenant has no such batch."""

    code = "award_batch_unknown"
    title = Text(en="Unknown batch", ar="دفعة غير معروفة")
    detail = Text(en="There is no such batch of awards.", ar="لا توجد دفعة هدايا كهذه.")


class AwardBatchDone(Conflict):
    """Everybody in the batch has had their turn: there is nothing left to cancel."""

    code = "award_batch_done"
    title = Text(en="The batch is done", ar="اكتملت الدفعة")
    detail = Text(en="Everybody in this batch has had their turn.", ar="جاء دور كل من في هذه الدفعة.")


class AwardUnitUnknown(Unprocessable):
    """An award gives units that the live program does not have."""

    code = "award_unit_unknown"
    title = Text(en="Unknown unit", ar="وحدة غير معروفة")
    detail = Text(en="The live program has no unit {unit}.", ar="ليس في البرنامج المنشور وحدة {unit}.")


class SegmentEmpty(Unprocessable):
    """Nobody is in the segment."""

    code = "segment_empty"
    title = Text(en="Nobody is in the segment", ar="المجموعة خالية")
    detail = Text(en="No customer is in the segment {segment}.", ar="لا يوجد عميل في المجموعة {segment}.")


class SegmentTooLarge(Unprocessable):
    """More customers are in the segment than a batch takes."""

    code = "segment_too_large"
    title = Text(en="The segment is too large", ar="المجموعة أكبر من اللازم")
    detail = Text(
        en="A batch takes at most {most} customers; more are in the segment {segment}.",
        ar="أقصى عدد من العملاء في الدفعة: {most}، وفي المجموعة {segment} أكثر من ذلك.",
    )
