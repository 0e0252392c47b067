"""A link hangs on all that its entry says and on every link before it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.loyalty.domain.seal import EMPTY, SealedEntry, seal

ENTRY = SealedEntry(
    tenant_id="ten_1",
    position=7,
    transaction_id="ltx_1",
    kind="accrual",
    reference="pur_1",
    wallet="customer",
    customer_id="cus_1",
    unit="points",
    amount=100,
    balance_after=100,
    occurred_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    recorded_at=datetime(2026, 11, 22, 9, 0, 1, tzinfo=UTC),
)


def changed(value: Any) -> Any:
    """Something a little different."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    return value + 1 if isinstance(value, int) else value + "x"


@pytest.mark.parametrize("name", SealedEntry._fields)
def test_no_fact_can_change_unseen(name: str) -> None:
    other = ENTRY._replace(**{name: changed(getattr(ENTRY, name))})
    assert seal(EMPTY, other) != seal(EMPTY, ENTRY)


def test_facts_cannot_flow_into_each_other() -> None:
    """What is taken from the end of one fact and put before the next does not cancel out."""
    one, other = ENTRY._replace(kind="ab", reference="c"), ENTRY._replace(kind="a", reference="bc")
    assert seal(EMPTY, one) != seal(EMPTY, other)
    assert seal(EMPTY, ENTRY._replace(balance_after=None)) != seal(EMPTY, ENTRY._replace(balance_after=0))


def test_a_link_hangs_on_those_before() -> None:
    assert seal(seal(EMPTY, ENTRY), ENTRY) != seal(EMPTY, ENTRY)


def test_the_same_moment_in_another_zone_is_the_same() -> None:
    riyadh = ENTRY.occurred_at.astimezone(datetime.fromisoformat("2026-01-01T00:00+03:00").tzinfo)
    assert seal(EMPTY, ENTRY._replace(occurred_at=riyadh)) == seal(EMPTY, ENTRY)


def test_the_form_of_a_link_stays() -> None:
    """A hash that somebody wrote down must be found again by later versions."""
    assert seal(EMPTY, ENTRY).hex() == "fbc3caf0ae84e6d6796c7a0ab08cf2d31f93677308bbc68659a7e34b1689cf25"
