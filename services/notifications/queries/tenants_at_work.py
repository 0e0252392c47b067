"""Which tenants have messages that wait for a sender."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.database import see_only
from chassis.data.known_tenants import known_tenants
from kernel.ids import TenantId

AT_WORK = text("""
    SELECT tenant_id FROM messages WHERE state = 'queued' AND due_at <= :at
    UNION
    SELECT tenant_id FROM messages WHERE state = 'sending'
""")


def tenants_at_work(db: Session, at: datetime) -> Sequence[TenantId]:
    """The tenants with messages that are due or being sent. The transaction sees all tenants afterwards."""
    see_only(db, *known_tenants(db))
    return [TenantId(row.tenant_id) for row in db.execute(AT_WORK, {"at": at})]
