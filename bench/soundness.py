"""Speed counts for nothing when the books are wrong."""

from collections.abc import Mapping

from sqlalchemy import text

from bench.house import House
from chassis.data.database import Database
from kernel.clock import utc_now
from kernel.ids import TenantId
from services.loyalty.queries.verify import breaches

COUNT = text("SELECT count(*) FROM purchases")


class Unsound(Exception):
    """What was answered is not what is in the books. It ends the run: whatever was measured is worth nothing."""


def prove(house: House, purchases: Mapping[TenantId, int]) -> None:
    """Every acknowledged purchase is in its tenant's books exactly once, and the books hold. Raises Unsound.

    What pgbench wrote must pass the same proof: then it did the same work.
    """
    database = Database(house.settings, "loyalty", pool_size=1)
    for tenant_id, acknowledged in purchases.items():
        with database.transaction(tenant_id) as db:
            recorded = db.execute(COUNT).scalar_one()
        if recorded != acknowledged:
            raise Unsound(f"{acknowledged} purchases were acknowledged, {recorded} are in the books")
    broken = list(breaches(database, utc_now()))
    database.dispose()
    if broken:
        raise Unsound(f"the books do not hold: {broken[:5]}")
