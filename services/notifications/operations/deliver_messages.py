"""Deliver what is due, tenant by tenant."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from chassis.data.database import Database
from chassis.logging import log
from kernel.ids import TenantId
from services.notifications.operations.deliver_message import Post, deliver_message
from services.notifications.operations.report_lost_messages import report_lost_messages
from services.notifications.operations.settle_unwritable import settle_unwritable
from services.notifications.queries.tenants_at_work import tenants_at_work

# So many of one tenant's before it is another's turn.
TURN_MESSAGES = 20


class Turn(NamedTuple):
    """How many messages a turn settled or attempted, and whether the next one would find an open door."""

    delivered: int
    reachable: bool = True


def deliver_messages(database: Database, post: Post, clock: Callable[[], datetime], stopped: Callable[[], bool]) -> int:
    """Give every tenant with messages due a turn; returns how many were settled, or attempted at an open door.

    Ends early when told to stop, and when the mail server or the customers service does not answer: the next message
    would fare no better. One tenant's failure is logged and does not keep the others waiting.
    """
    with database.transaction() as db:
        tenants = tenants_at_work(db, clock())
    delivered = 0
    for tenant_id in tenants:
        try:
            turn = take_turn(database, post, tenant_id, clock, stopped)
        except Exception:  # noqa: BLE001 - what failed is looked for again next time
            log.exception("turn failed", tenant_id=tenant_id)
            continue
        delivered += turn.delivered
        if not turn.reachable:
            break
    return delivered


def take_turn(
    database: Database,
    post: Post,
    tenant_id: TenantId,
    clock: Callable[[], datetime],
    stopped: Callable[[], bool],
) -> Turn:
    """One tenant's turn: report what was lost, settle what nobody will be sent, send some of the rest."""
    with database.transaction(tenant_id) as db:
        report_lost_messages(db, tenant_id, at=clock())
        delivered, to_send = settle_unwritable(db, post, tenant_id, at=clock())
    for _ in range(min(to_send, TURN_MESSAGES)):
        outcome = None if stopped() else deliver_message(database, post, tenant_id, at=clock())
        if outcome is None:
            break
        if not outcome.reachable:
            return Turn(delivered, reachable=False)
        delivered += 1
    return Turn(delivered)
