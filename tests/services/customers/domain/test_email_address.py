import pytest

from services.customers.domain.email_address import normal_email
from services.customers.domain.refusals import InvalidEmail


@pytest.mark.parametrize(
    ("written", "address"),
    [
        pytest.param("ali@example.com", "ali@example.com", id="as it is"),
        pytest.param("  Ali@Example.COM ", "ali@example.com", id="capitals and blanks"),
        pytest.param("ali+shop@example.com", "ali+shop@example.com", id="a tag stays: it may be another mailbox"),
        pytest.param("علي@example.com", "علي@example.com", id="Arabic mailbox"),
        pytest.param("ali@مثال.إختبار", "ali@مثال.إختبار", id="Arabic domain"),
        pytest.param("ali@xn--mgbh0fb.xn--kgbechtv", "ali@مثال.إختبار", id="the same, as the wire has it"),
    ],
)
def test_one_spelling(written: str, address: str) -> None:
    assert normal_email(written) == address


@pytest.mark.parametrize("written", ["", "ali", "ali@", "@example.com", "ali@example", "a b@example.com", "a@b@c.com"])
def test_what_cannot_be_written_to_is_refused(written: str) -> None:
    with pytest.raises(InvalidEmail):
        normal_email(written)
