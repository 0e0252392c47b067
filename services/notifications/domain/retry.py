"""When sending is tried again. Source: docs/notifications.md, "Trying again"."""

from datetime import datetime, timedelta

WAIT_FIRST = timedelta(seconds=5)
WAIT_LONGEST = timedelta(minutes=15)
# A receipt that comes more than a day late confuses more than it informs.
TRIES_END = timedelta(hours=24)
DOUBLINGS_MAX = 10


def next_try(tries: int, queued_at: datetime, at: datetime) -> datetime | None:
    """When to try again after `tries` vain ones (at least one): each wait twice as long; None to give up."""
    wait = min(WAIT_FIRST * 2 ** min(tries - 1, DOUBLINGS_MAX), WAIT_LONGEST)
    due = at + wait
    return due if due < queued_at + TRIES_END else None
