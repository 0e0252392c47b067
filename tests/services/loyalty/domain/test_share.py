"""Shares: every customer has one place, and the places are spread evenly."""

from collections import Counter

from services.loyalty.domain.share import place_in


def test_a_place_is_for_ever() -> None:
    """By hand: printf 'double-points:cus_1' | sha256sum."""
    assert place_in("double-points", "cus_1") == int("e4109eaf", 16) % 100


def test_places_are_spread_evenly_and_experiments_are_unrelated() -> None:
    customers = [f"cus_{number}" for number in range(20_000)]
    places = Counter(place_in("one", customer) for customer in customers)
    assert set(places) == set(range(100))
    # Chi-square with 99 degrees of freedom lies below 150 in 999 of 1,000 cases; this one is always the same.
    assert sum((found - 200) ** 2 / 200 for found in places.values()) < 150
    both = sum(place_in("one", customer) < 50 and place_in("other", customer) < 50 for customer in customers)
    assert abs(both - 5_000) < 200
