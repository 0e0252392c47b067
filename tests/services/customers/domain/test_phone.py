import pytest

from services.customers.domain.phone import e164
from services.customers.domain.refusals import InvalidPhone


@pytest.mark.parametrize(
    ("written", "country"),
    [
        pytest.param("0501234567", "SA", id="national, with the local zero"),
        pytest.param("501234567", "SA", id="national, without it"),
        pytest.param("+966501234567", "SA", id="international"),
        pytest.param("+966501234567", "EG", id="international, read elsewhere"),
        pytest.param("00966501234567", "SA", id="international, with the dialled zeros"),
        pytest.param("966501234567", "SA", id="country code without its sign"),
        pytest.param("+966 (0) 50 123 4567", "SA", id="with the zero in brackets"),
        pytest.param("050-123 45.67", "SA", id="with blanks and hyphens"),
        pytest.param("٠٥٠١٢٣٤٥٦٧", "SA", id="Arabic-Indic digits"),
        pytest.param("٠٥٠ ١٢٣ ٤٥٦٧", "SA", id="Arabic-Indic digits in groups"),
        pytest.param("۰۵۰۱۲۳۴۵۶۷", "SA", id="Persian digits"),
        pytest.param("+٩٦٦٥٠١٢٣٤٥٦٧", "AE", id="Arabic-Indic digits, international"),
        pytest.param("\u200f0501234567\u200e", "SA", id="between marks of direction"),
        pytest.param("\u202a+966 50 123 4567\u202c", "SA", id="copied from a contact list"),
        pytest.param("＋966501234567", "SA", id="full-width plus"),
    ],
)
def test_every_spelling_is_the_same_number(written: str, country: str) -> None:
    assert e164(written, country) == "+966501234567"


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("0501234567", "AE", "+971501234567"),
        ("01001234567", "EG", "+201001234567"),
        ("50012345", "KW", "+96550012345"),
        ("0791234567", "JO", "+962791234567"),
        ("0612345678", "FR", "+33612345678"),
        ("0114567890", "SA", "+966114567890"),
    ],
)
def test_national_spelling_is_read_in_its_country(written: str, country: str, number: str) -> None:
    assert e164(written, country) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "12",
        "05012345",
        "050123456789012",
        "+0501234567",
        "+966501234567 ext. 9",
        "0501234567x12",
        "٫٫٫",
        "+",
    ],
)
def test_what_cannot_be_called_is_refused(written: str) -> None:
    with pytest.raises(InvalidPhone) as refused:
        e164(written, "SA")
    assert refused.value.params == {"country": "SA"}, "the number itself is not repeated"


def test_an_unknown_country_reads_nothing() -> None:
    with pytest.raises(InvalidPhone):
        e164("0501234567", "ZZ")
