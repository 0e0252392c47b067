"""Named refusals: what the business says no to, and why. The web renders them as RFC 9457 problems."""

from typing import ClassVar

from kernel.language import Language, Text


class Refused(Exception):
    """A refusal with a stable code. Subclass one of the kinds below and state `code`, `title` and `detail`.

    The keyword arguments are the facts of the case: they fill the places of `detail` and are answered as `params`.
    """

    code: ClassVar[str]
    title: ClassVar[Text]
    detail: ClassVar[Text]
    retryable: ClassVar[bool] = False

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.detail_in(Language.ENGLISH))

    def detail_in(self, language: Language) -> str:
        """What happened in this case, as a sentence."""
        return self.detail.in_language(language).format(**self.params)


class Malformed(Refused):
    """The request cannot be understood."""


class Denied(Refused):
    """The caller may not do this."""


class Missing(Refused):
    """There is no such thing for this tenant."""


class Conflict(Refused):
    """The thing is in a state that does not allow it."""


class Gone(Refused):
    """It was here, and its time is over."""


class Stale(Refused):
    """The caller decided on an older version of the thing."""


class Unprocessable(Refused):
    """The request is well formed, and refused."""


class Throttled(Refused):
    """Too often; the same request may work after `retry_after` seconds, which is one of the params."""

    retryable = True


class Unavailable(Refused):
    """Not now; the same request may work later."""

    retryable = True
