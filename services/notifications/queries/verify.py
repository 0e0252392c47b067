"""The proof that the messages are as they should be."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.data.known_tenants import known_tenants
from chassis.data.verification import Breach
from kernel.ids import TenantId

STUCK_AFTER = timedelta(minutes=5)
# Events that were heard long ago are forgotten; messages are not.
LOOKED_BACK = timedelta(hours=24)
UNHEARD = text("""
    SELECT id, event_id FROM messages
    WHERE tenant_id = :tenant_id AND created_at > :since AND NOT EXISTS (
        SELECT FROM inbox WHERE inbox.tenant_id = messages.tenant_id AND inbox.event_id = messages.event_id)
    ORDER BY id
""")
STUCK = text("""
    SELECT id, claimed_at FROM messages
    WHERE tenant_id = :tenant_id AND state = 'sending' AND claimed_at < :since ORDER BY id
""")

UNTOLD = text("""
    SELECT id, kind, state FROM messages
    WHERE tenant_id = :tenant_id AND reason = 'cannot_be_told' AND finished_at > :since ORDER BY id
""")


def breaches(database: Database, at: datetime) -> Iterator[Breach]:
    """Every row that breaks an invariant, tenant by tenant."""
    with database.transaction() as db:
        tenants = known_tenants(db)
    for tenant_id in tenants:
        with database.transaction(tenant_id) as db:
            yield from breaches_of(db, tenant_id, at)


def breaches_of(db: Session, tenant_id: TenantId, at: datetime) -> Iterator[Breach]:
    """One tenant's."""
    for row in db.execute(UNHEARD, {"tenant_id": tenant_id, "since": at - LOOKED_BACK}):
        yield Breach("notifications.heard", tenant_id, row.id, f"{row.event_id} was not heard")
    for row in db.execute(STUCK, {"tenant_id": tenant_id, "since": at - STUCK_AFTER}):
        yield Breach("notifications.sending", tenant_id, row.id, f"claimed at {row.claimed_at.isoformat()}")
    for row in db.execute(UNTOLD, {"tenant_id": tenant_id, "since": at - LOOKED_BACK}):
        yield Breach("notifications.told", tenant_id, row.id, f"nobody was told that this {row.kind} is {row.state}")
