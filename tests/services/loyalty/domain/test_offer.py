"""What the catalogue offers: windows, stock and limits, on both sides of every edge."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from services.loyalty.domain.offer import Offer, OfferLimit, check_limit
from services.loyalty.domain.refusals.rewards import RewardLimitReached, RewardNotOpen, RewardSoldOut
from tests.services.loyalty.domain.build import NAME

RIYADH, CAIRO = ZoneInfo("Asia/Riyadh"), ZoneInfo("Africa/Cairo")
MUG = {"kind": "goods", "name": NAME, "sku": "MUG"}


def offer(**fields: Any) -> Offer:
    return Offer.model_validate({"price": 100, "benefit": MUG, **fields})


@pytest.mark.parametrize(
    ("day", "is_open"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-03-31", True), ("2026-04-01", False)],
)
def test_both_days_of_the_window_are_inside(day: str, is_open: bool) -> None:
    march = offer(starts_on="2026-03-01", ends_on="2026-03-31")
    if is_open:
        march.check_open(date.fromisoformat(day))
        return
    with pytest.raises(RewardNotOpen):
        march.check_open(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("stock", "taken", "left"), [(10, 9, True), (10, 10, False), (0, 0, False), (None, 10**9, True)]
)
def test_stock(stock: int | None, taken: int, left: bool) -> None:
    if left:
        offer(stock=stock).check_stock(taken)
        return
    with pytest.raises(RewardSoldOut):
        offer(stock=stock).check_stock(taken)


@pytest.mark.parametrize(("taken", "may"), [(1, True), (2, False), (3, False)])
def test_a_limit_of_two(taken: int, may: bool) -> None:
    limit = OfferLimit(at_most=2, of="customer", per="month")
    if may:
        check_limit(limit, taken)
        return
    with pytest.raises(RewardLimitReached) as refused:
        check_limit(limit, taken)
    assert refused.value.params == {"at_most": 2, "of": "customer", "per": "month"}


@pytest.mark.parametrize(
    ("per", "since"),
    [
        ("day", "2026-11-21T21:00+00:00"),
        ("week", "2026-11-15T21:00+00:00"),
        ("month", "2026-10-31T21:00+00:00"),
        ("year", "2025-12-31T21:00+00:00"),
        ("ever", None),
    ],
)
def test_periods_are_the_shops(per: Any, since: str | None) -> None:
    """Noon of Sunday 22 November 2026 in Riyadh; its day began at 21:00 UTC the evening before."""
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    expected = datetime.fromisoformat(since) if since else None
    assert OfferLimit(at_most=1, per=per).since(at, RIYADH) == expected


def test_a_day_whose_midnight_is_skipped_begins_when_the_clocks_jump() -> None:
    """Cairo, 24 April 2026: midnight becomes one o'clock."""
    since = OfferLimit(at_most=1, per="day").since(datetime(2026, 4, 24, 12, tzinfo=UTC), CAIRO)
    assert since == datetime(2026, 4, 23, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"price": 0},
        {"price": 1.5},
        {"stock": -1},
        {"limits": [{"at_most": 0}]},
        {"limits": [{"at_most": 1, "per": "fortnight"}]},
        {"starts_on": "2026-03-02", "ends_on": "2026-03-01"},
        {"benefit": {"kind": "goods", "name": NAME}},
    ],
    ids=str,
)
def test_what_cannot_be_offered(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        offer(**fields)


@pytest.mark.parametrize(
    ("tier_prices", "tiers", "price"),
    [
        ({"silver": 450}, [], 500),
        ({"silver": 450}, ["silver"], 450),
        ({"silver": 450}, ["gold", "silver"], 450),
        ({"silver": 450, "gold": 400}, ["gold", "silver"], 400),
        ({"gold": 400}, ["silver"], 500),
        ({}, ["gold", "silver"], 500),
    ],
)
def test_the_price_is_that_of_the_tier(tier_prices: dict[str, int], tiers: list[str], price: int) -> None:
    assert offer(price=500, tier_prices=tier_prices).price_for(tiers) == price
