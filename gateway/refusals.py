"""What the gateway itself refuses, and with which status where the kind of refusal does not say it."""

from typing import ClassVar

from chassis.web.caller import Unauthenticated
from kernel.language import Text
from kernel.refusal import Refused, Unavailable


class KeyInUrl(Unauthenticated):
    """A key stands where logs and histories keep it."""

    code = "api_key_in_url"
    title = Text(en="Keys never belong in a URL", ar="لا يوضع المفتاح في الرابط أبدًا")
    detail = Text(
        en="Revoke this key, make a new one, and send it as `Authorization: Bearer …`.",
        ar="ألغِ هذا المفتاح وأنشئ غيره وأرسله في الترويسة `Authorization: Bearer …`.",
    )


class AtTheDoor(Refused):
    """A refusal with a status of HTTP's own."""

    status: ClassVar[int]


class BodyTooSlow(AtTheDoor):
    """The client began a body and did not finish it in time."""

    status = 408
    code = "body_too_slow"
    title = Text(en="The body did not arrive", ar="لم يصل المحتوى")
    detail = Text(en="The body must arrive within {seconds} seconds.", ar="يجب أن يصل المحتوى خلال {seconds} ثانية.")
    retryable = True


class HeadersTooLarge(AtTheDoor):
    """More headers than anyone needs."""

    status = 431
    code = "headers_too_large"
    title = Text(en="The headers are too large", ar="الترويسات أكبر من المسموح")
    detail = Text(en="At most {bytes_max} bytes of headers are accepted.", ar="الحد الأقصى للترويسات {bytes_max} بايت.")


class ServiceUnavailable(Unavailable):
    """The service cannot be reached; it was sent nothing."""

    code = "service_unavailable"
    title = Text(en="Not available just now", ar="غير متاح مؤقتًا")
    detail = Text(en="Nothing was changed; try again.", ar="لم يتغير شيء؛ حاول مرة أخرى.")


class ServiceFailed(AtTheDoor):
    """The service was asked and hung up, or answered no HTTP: whether it did the work is not known."""

    status = 502
    code = "service_failed"
    title = Text(en="The answer was lost", ar="ضاعت الإجابة")
    detail = Text(
        en="It is not known whether the request was carried out. Send it again with the same Idempotency-Key.",
        ar="لا يُعرف هل نُفّذ الطلب. أرسله مرة أخرى بالترويسة Idempotency-Key نفسها.",
    )
    retryable = True


class ServiceTooSlow(ServiceFailed):
    """The service was asked and said nothing for too long: whether it does the work is not known."""

    status = 504
    code = "service_too_slow"
    title = Text(en="The answer takes too long", ar="تأخرت الإجابة")
