"""Loyalty's work by the clock."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.jobs import Job
from kernel.ids import TenantId
from services.loyalty.operations.expire_lots import expire_lots
from services.loyalty.operations.time_out_holds import time_out_holds


def expire_all_lots(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Book every lot that died, some customers at a time, so that nobody waits long for a lock."""
    return until_none(database, tenant_id, lambda db: expire_lots(db, tenant_id, at=at))


def time_out_all_holds(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Free every hold whose time is over."""
    return until_none(database, tenant_id, lambda db: time_out_holds(db, tenant_id, at=at))


def until_none(database: Database, tenant_id: TenantId, work: Callable[[Session], int]) -> int:
    """Do it in transactions of its own until there is nothing left to do; returns how much there was."""
    total = 0
    while True:
        with database.transaction(tenant_id) as db:
            done = work(db)
        if not done:
            return total
        total += done


JOBS = (Job("expire_lots", 60.0, expire_all_lots), Job("time_out_holds", 15.0, time_out_all_holds))
