"""What is refused of activities."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing


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
