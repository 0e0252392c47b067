import pytest

from kernel.language import Language, Text
from kernel.refusal import Refused, Unavailable, Unprocessable


class InsufficientPoints(Unprocessable):
    code = "insufficient_points"
    title = Text(en="Not enough points", ar="النقاط غير كافية")
    detail = Text(en="Needs {needed} points, has {available}.", ar="يلزم {needed} نقطة، والمتاح {available}.")


def test_a_refusal_fills_its_sentence_in_both_languages() -> None:
    refused = InsufficientPoints(needed=500, available=320)
    assert str(refused) == "Needs 500 points, has 320."
    assert refused.detail_in(Language.ARABIC) == "يلزم 500 نقطة، والمتاح 320."
    assert refused.params == {"needed": 500, "available": 320}


def test_a_refusal_without_its_facts_is_a_defect() -> None:
    with pytest.raises(KeyError):
        InsufficientPoints(needed=500)


@pytest.mark.parametrize(("kind", "retryable"), [(Unprocessable, False), (Unavailable, True), (Refused, False)])
def test_only_what_passes_is_worth_a_retry(kind: type[Refused], *, retryable: bool) -> None:
    assert kind.retryable is retryable
