"""A tenant becomes known, and with it where its days begin."""

from concurrent.futures import ThreadPoolExecutor, wait

from sqlalchemy import text

from chassis.data.database import Database
from kernel.ids import TenantId
from services.retention.domain.history import Visit
from services.retention.operations.learn_time_zone import learn_time_zone
from services.retention.operations.record_visits import record_visits
from tests.services.retention.keeping import ANA, kept, one, visit
from tests.services.retention.telling import RIYADH, moment

# Two days in UTC, one in Riyadh, where midnight is at 21:00.
LATE, NEXT_DAY = "2026-01-01 22:30", "2026-01-02 20:30"


def learn(database: Database, tenant_id: TenantId, time_zone: str = RIYADH) -> None:
    with database.transaction(tenant_id) as db:
        learn_time_zone(db, tenant_id, livemode=False, currency="SAR", time_zone=time_zone)


def zone_of(database: Database, tenant_id: TenantId) -> str:
    with database.transaction(tenant_id) as db:
        found = db.execute(text("SELECT time_zone FROM known_tenants WHERE id = :id"), {"id": tenant_id})
        return str(found.scalar_one())


def test_days_counted_in_utc_are_counted_again(database: Database, tenant_id: TenantId) -> None:
    visit(database, tenant_id, LATE, "pur_1")
    visit(database, tenant_id, NEXT_DAY, "pur_2")
    assert one(database, tenant_id, "customers")["visits"] == 2
    learn(database, tenant_id)
    row = one(database, tenant_id, "customers")
    assert (row["visits"], str(row["first_on"])) == (1, "2026-01-02")


def test_the_zone_first_learnt_stays(database: Database, tenant_id: TenantId) -> None:
    learn(database, tenant_id)
    visit(database, tenant_id, LATE, "pur_1")
    visit(database, tenant_id, NEXT_DAY, "pur_2")
    before = kept(database, tenant_id)
    learn(database, tenant_id)
    learn(database, tenant_id, "UTC")
    assert kept(database, tenant_id) == before
    assert zone_of(database, tenant_id) == RIYADH


def test_a_purchase_recorded_meanwhile_is_waited_for_and_counted_again(database: Database, tenant_id: TenantId) -> None:
    visit(database, tenant_id, LATE, "pur_1")
    with ThreadPoolExecutor(1) as pool:
        with database.transaction(tenant_id) as db:
            record_visits(db, tenant_id, [Visit("pur_2", ANA, moment(NEXT_DAY), "SAR", 1000)])
            learning = pool.submit(learn, database, tenant_id)
            assert not wait([learning], timeout=0.5).done
        learning.result()
    assert one(database, tenant_id, "customers")["visits"] == 1


def test_another_tenants_days_stay_as_they_are(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    for tenant in (tenant_id, other_tenant_id):
        visit(database, tenant, LATE, "pur_1")
        visit(database, tenant, NEXT_DAY, "pur_2")
    learn(database, other_tenant_id)
    assert one(database, other_tenant_id, "customers")["visits"] == 1
    assert one(database, tenant_id, "customers")["visits"] == 2
