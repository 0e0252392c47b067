"""How long, how often and how large everything is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Each measurement has its turn in each of the `rounds`: a while of warming up, then so many seconds."""

    rounds: int
    warmup_seconds: float
    seconds: int
    customers: int
    # Of the large database that the small one is compared with, and of the demo's year.
    grown_customers: int
    grown_purchases: int
    lots_due: int
    # What relay and listeners carry in a round, and for how many seconds events are timed.
    events: int
    steady_seconds: int
    # None is the whole year.
    baskets: int | None


FULL = Pace(
    rounds=5,
    warmup_seconds=1.0,
    seconds=3,
    customers=10_000,
    grown_customers=1_000_000,
    grown_purchases=2_500_000,
    lots_due=1_000,
    events=10_000,
    steady_seconds=30,
    baskets=None,
)
# To see that everything works; its figures say nothing, and are not kept.
QUICK = Pace(
    rounds=1,
    warmup_seconds=0.5,
    seconds=3,
    customers=1_000,
    grown_customers=20_000,
    grown_purchases=50_000,
    lots_due=200,
    events=1_000,
    steady_seconds=3,
    baskets=2_000,
)
