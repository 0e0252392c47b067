"""A customer came and bought."""

from concurrent.futures import ThreadPoolExecutor, wait

from chassis.data.database import Database
from kernel.ids import TenantId
from services.retention.domain.history import Visit
from services.retention.operations.record_visits import record_visits
from tests.services.retention.keeping import ANA, kept, one, visit
from tests.services.retention.telling import moment


def test_a_purchase_is_a_visit(database: Database, bakery: TenantId) -> None:
    visit(database, bakery, "2026-01-01", due=1250)
    kept_visit = one(database, bakery, "visits")
    assert (kept_visit["customer_id"], kept_visit["occurred_at"]) == (ANA, moment("2026-01-01"))
    assert (kept_visit["currency"], kept_visit["due"], kept_visit["spend"]) == ("SAR", 1250, 1250)
    customer = one(database, bakery, "customers")
    assert (customer["visits"], customer["known_at"], customer["latest_at"]) == (1, *[moment("2026-01-01")] * 2)


def test_a_purchase_heard_again_changes_nothing(database: Database, bakery: TenantId) -> None:
    visit(database, bakery, "2026-01-05")
    before = kept(database, bakery)
    visit(database, bakery, "2026-01-05")
    visit(database, bakery, "2026-01-09", due=9999)
    assert kept(database, bakery) == before


def test_two_purchases_at_once_both_count(database: Database, bakery: TenantId) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.transaction(bakery) as db:
            record_visits(db, bakery, [Visit("pur_1", ANA, moment("2026-01-01"), "SAR", 1000)])
            second = pool.submit(visit, database, bakery, "2026-01-08", "pur_2")
            assert not wait([second], timeout=0.5).done
        second.result()
    customer = one(database, bakery, "customers")
    assert (customer["visits"], customer["gap_last"]) == (2, 7)


def test_the_same_ids_at_two_tenants_are_two_visits(
    database: Database, bakery: TenantId, other_tenant_id: TenantId
) -> None:
    visit(database, bakery, "2026-01-01")
    before = kept(database, bakery)
    visit(database, other_tenant_id, "2026-03-01", due=7)
    assert kept(database, bakery) == before
    assert one(database, other_tenant_id, "visits")["spend"] == 7
