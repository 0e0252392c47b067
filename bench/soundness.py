"""Speed counts for nothing when the books are wrong."""

from collections.abc import Iterable

from sqlalchemy import text

from bench.house import House
from chassis.data.database import Database
from kernel.clock import utc_now
from kernel.ids import TenantId
from services.loyalty.queries.verify import breaches

COUNT = text("SELECT count(*) FROM purchases")
# The purchase that the rows of pgbench were copied from.
FIRST = 1


def prove(house: House, pgbench_tenant: TenantId, purchases: Iterable[tuple[str, int]]) -> None:
    """Every acknowledged purchase is in the books exactly once, and the books hold. Raises AssertionError.

    What pgbench wrote must pass the same proof: then it did the same work.
    """
    database = Database(house.settings, "loyalty", pool_size=1)
    by_tenant = {pgbench_tenant: 0, house.tenant_id: FIRST}
    for name, count in purchases:
        by_tenant[house.tenant_id if "_" in name else pgbench_tenant] += count
    for tenant_id, expected in by_tenant.items():
        with database.transaction(tenant_id) as db:
            recorded = db.execute(COUNT).scalar_one()
        assert recorded == expected, f"{expected} purchases were acknowledged, {recorded} are in the books"
    broken = list(breaches(database, utc_now()))
    assert not broken, f"the books do not hold: {broken[:5]}"
    database.dispose()
