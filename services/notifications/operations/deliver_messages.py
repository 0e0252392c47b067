"""Deliver what is due, tenant by tenant."""

from collections.abc import Callable
from datetime import datetime

from chassis.data.database import Database
from services.notifications.operations.deliver_message import Post, deliver_message
from services.notifications.operations.report_lost_messages import report_lost_messages
from services.notifications.operations.settle_unwritable import settle_unwritable
from services.notifications.queries.tenants_at_work import tenants_at_work

# So many of one tenant's before it is another's turn.
TURN_MESSAGES = 20


def deliver_messages(database: Database, post: Post, clock: Callable[[], datetime], stopped: Callable[[], bool]) -> int:
    """Give every tenant with messages due a turn; returns how many were settled, or attempted at an open door.

    Ends early when told to stop, and when the mail server or the customers service does not answer: the next message
    would fare no better.
    """
    with database.transaction() as db:
        tenants = tenants_at_work(db, clock())
    delivered = 0
    for tenant_id in tenants:
        with database.transaction(tenant_id) as db:
            report_lost_messages(db, tenant_id, at=clock())
            settled, to_send = settle_unwritable(db, post, tenant_id, at=clock())
        delivered += settled
        for _ in range(min(to_send, TURN_MESSAGES)):
            outcome = None if stopped() else deliver_message(database, post, tenant_id, at=clock())
            if outcome is None:
                break
            if not outcome.reachable:
                return delivered
            delivered += 1
    return delivered
