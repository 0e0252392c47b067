import pytest

from services.customers.domain.consent import Purpose, Reason, granted_by_default, reason_not_to_write


@pytest.mark.parametrize(("purpose", "granted"), [("service", True), ("marketing", False)])
def test_before_the_customer_has_spoken(purpose: Purpose, *, granted: bool) -> None:
    assert granted_by_default(purpose) is granted


@pytest.mark.parametrize(
    ("blocked", "granted", "address", "reason"),
    [
        (False, True, "+966501234567", None),
        (False, True, None, "no_address"),
        (False, False, "+966501234567", "forbidden"),
        (False, False, None, "forbidden"),
        (True, True, "+966501234567", "blocked"),
        (True, False, None, "blocked"),
    ],
)
def test_reason_not_to_write(*, blocked: bool, granted: bool, address: str | None, reason: Reason | None) -> None:
    assert reason_not_to_write(blocked=blocked, granted=granted, address=address) == reason
