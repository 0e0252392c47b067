"""What every service forgets in time, so that nothing grows without bound: events heard, and idempotency keys.

Source: docs/running.md, "What is kept how long".
"""

from datetime import datetime, timedelta

from chassis.data.database import Database
from chassis.events.inbox import forget_heard
from chassis.jobs import Job
from chassis.web.idempotency import FIRST, Place, forget_keys
from kernel.ids import TenantId

# An event may come again for as long as the archive is replayed from, and then for as long as a topic keeps it.
HEARD_KEPT = timedelta(days=45)
KEYS_KEPT = timedelta(hours=72)
DAY_SECONDS = 86_400.0


def forget_old_events(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Forget the events that can come to us no more, some at a time; returns how many."""
    total = 0
    while True:
        with database.transaction(tenant_id) as db:
            forgotten = forget_heard(db, tenant_id, at - HEARD_KEPT)
        if not forgotten:
            return total
        total += forgotten


def forget_old_keys(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Forget the keys that nobody retries with any more, and their replies, some at a time; returns how many."""
    total = 0
    after: Place | None = FIRST
    while after is not None:
        with database.transaction(tenant_id) as db:
            forgotten, after = forget_keys(db, tenant_id, at - KEYS_KEPT, after)
        total += forgotten
    return total


UPKEEP = (
    Job("forget_heard", DAY_SECONDS, forget_old_events),
    Job("forget_keys", DAY_SECONDS, forget_old_keys),
)
