"""What an allowance says and pays. Source: docs/rules/offline.md."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import new_id
from services.loyalty.domain.allowance import (
    CLOCK_TOLERANCE,
    REASONS,
    Allowance,
    SigningKey,
    claimed,
    signed,
    worth_under,
)
from services.loyalty.domain.refusals.offline import AllowanceInvalid, AllowanceNotOffered
from tests.services.loyalty.domain.build import document
from tests.services.loyalty.signatures import verifies

PAGE = Path(__file__).parents[4] / "docs/rules/offline.md"
KEY = SigningKey(b"k" * 32)
NOW = datetime(2036, 3, 2, 9, tzinfo=UTC)
ALLOWANCE = Allowance(
    tenant_id=new_id("ten"),
    customer_id=new_id("cus"),
    id=new_id("oal"),
    unit="points",
    units=600,
    currency="SAR",
    worth=3000,
    valid_from=NOW,
    valid_until=NOW + timedelta(hours=12),
)
QR_CHARACTERS_MAX = 287  # version 12 at medium error correction, in bytes: ISO/IEC 18004


@pytest.fixture(scope="module")
def allowed() -> Callable[..., Any]:
    """The check of a till, as the page has it."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {"base64": base64}
    exec(block, names)
    check: Callable[..., Any] = names["allowed"]
    return check


def test_a_till_checks_it_as_the_page_says(allowed: Callable[..., Any]) -> None:
    token = signed(ALLOWANCE, KEY)
    keys = {KEY.kid: KEY.public}
    now = NOW.timestamp()
    tenant = ALLOWANCE.tenant_id
    shown = (3000, "SAR", ALLOWANCE.customer_id, ALLOWANCE.id)
    assert allowed(token, tenant, keys, now, verifies) == shown
    assert allowed(token.replace(".600.", ".900."), tenant, keys, now, verifies) is None
    assert allowed(token, new_id("ten"), keys, now, verifies) is None
    assert allowed(token, tenant, {"older": KEY.public}, now, verifies) is None
    assert allowed(token, tenant, {KEY.kid: SigningKey(b"o" * 32).public}, now, verifies) is None
    assert allowed(token, tenant, keys, now - 1, verifies) is None
    assert allowed(token, tenant, keys, ALLOWANCE.valid_until.timestamp(), verifies) is None


def test_a_till_knows_the_key_before_and_the_one_after(allowed: Callable[..., Any]) -> None:
    newer = SigningKey(b"n" * 32)
    keys = {newer.kid: newer.public, KEY.kid: KEY.public}
    for key in (KEY, newer):
        assert allowed(signed(ALLOWANCE, key), ALLOWANCE.tenant_id, keys, NOW.timestamp(), verifies)


def test_it_fits_into_a_qr_code_and_says_what_was_signed() -> None:
    large = Allowance(
        **{name: getattr(ALLOWANCE, name) for name in ALLOWANCE.__slots__ if name not in ("units", "worth")},
        units=10**9,
        worth=10**12,
    )
    token = signed(large, KEY)
    assert len(token.encode()) <= QR_CHARACTERS_MAX
    assert claimed(token) == large


@pytest.mark.parametrize(
    "token", ["", "WOA1", ".".join("x" * 12), "WOA1." + ".".join("1" * 11).replace("1.1", "1.9" * 9)]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(AllowanceInvalid):
        claimed(token)


def test_another_kind_of_token_is_refused() -> None:
    with pytest.raises(AllowanceInvalid):
        claimed(signed(ALLOWANCE, KEY).replace("WOA1", "WOA2"))


@pytest.mark.parametrize(
    ("terms", "unit", "units", "worth"),
    [
        ({"pay_with_points": {"points": 100, "worth": 500, "step": 100}}, "points", 600, 3000),
        ({"pay_with_points": {"points": 3, "worth": 10, "step": 3}}, "points", 10, 33),
        ({}, "SAR", 1250, 1250),
    ],
)
def test_what_units_are_worth(terms: dict[str, Any], unit: str, units: int, worth: int) -> None:
    assert worth_under(document(**terms), unit, units) == ("SAR", worth)


@pytest.mark.parametrize(
    ("terms", "unit"),
    [
        ({}, "points"),
        ({"pay_with_points": {"worth": 5}}, "miles"),
        ({"pay_with_points": {"points": 100, "worth": 5, "step": 100}}, "points"),
    ],
    ids=["no rate", "another unit", "worth nothing"],
)
def test_what_pays_for_nothing_is_not_offered(terms: dict[str, Any], unit: str) -> None:
    with pytest.raises(AllowanceNotOffered):
        worth_under(document(**terms), unit, 1)
    with pytest.raises(AllowanceNotOffered):
        worth_under(None, unit, 1)


@given(units=st.integers(1, 10**6), worth=st.integers(1, 10**6), parts=st.lists(st.integers(0, 10**5), max_size=8))
def test_parts_come_to_the_same_however_they_follow(units: int, worth: int, parts: list[int]) -> None:
    values = {name: getattr(ALLOWANCE, name) for name in ALLOWANCE.__slots__ if name not in ("units", "worth")}
    allowance = Allowance(**values, units=units, worth=worth)
    assert allowance.units_for(worth) == units
    for order in (parts, parts[::-1]):
        spent = taken = 0
        for part in order:
            spent = min(worth, spent + part)
            more = allowance.units_for(spent) - taken
            assert more >= 0
            taken += more
        assert (spent, taken) == (min(worth, sum(parts)), allowance.units_for(min(worth, sum(parts))))


def test_a_clock_may_be_a_little_wrong() -> None:
    assert ALLOWANCE.is_in_time(ALLOWANCE.valid_from - CLOCK_TOLERANCE)
    assert not ALLOWANCE.is_in_time(ALLOWANCE.valid_until + CLOCK_TOLERANCE)


def test_every_reason_is_said_in_both_languages() -> None:
    assert all(text.en and text.ar for text in REASONS.values())
