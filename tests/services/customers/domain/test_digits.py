import pytest

from services.customers.domain.digits import latin_digits


@pytest.mark.parametrize(
    ("text", "latin"),
    [("٠١٢٣٤٥٦٧٨٩", "0123456789"), ("۰۱۲۳۴۵۶۷۸۹", "0123456789"), ("०१२", "012"), ("a²½", "a²½"), ("", "")],
)
def test_latin_digits(text: str, latin: str) -> None:
    assert latin_digits(text) == latin
