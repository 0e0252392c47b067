import pytest

from services.customers.domain.card import normal_card
from services.customers.domain.refusals import InvalidCard


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("77001234", "77001234"),
        ("7700 1234", "77001234"),
        ("ab-12-cd", "AB12CD"),
        ("٧٧٠٠١٢٣٤", "77001234"),
        ("A123", "A123"),
        ("X" * 40, "X" * 40),
    ],
)
def test_one_spelling(written: str, code: str) -> None:
    assert normal_card(written) == code


@pytest.mark.parametrize("written", ["", "A12", "X" * 41, "AB_12", "بطاقة", "----", "AB/12"])
def test_other_codes_are_refused(written: str) -> None:
    with pytest.raises(InvalidCard):
        normal_card(written)
