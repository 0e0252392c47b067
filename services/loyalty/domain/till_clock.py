"""What to make of what a till's clock says."""

from datetime import datetime, timedelta

# A till's clock may run ahead by this much; what it says beyond is taken as now.
CLOCK_AHEAD_MAX = timedelta(minutes=5)


def latest(occurred_at: datetime, at: datetime) -> datetime:
    """The till's moment, as far as it can be believed: a clock that runs far ahead is read as now."""
    return occurred_at if occurred_at <= at + CLOCK_AHEAD_MAX else at
