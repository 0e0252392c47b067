"""Part or all of a purchase came back."""

import pytest

from chassis.data.database import Database
from kernel.ids import TenantId
from services.retention.domain.history import Return
from services.retention.operations.record_returns import record_returns
from tests.services.retention.keeping import ANA, kept, one, visit
from tests.services.retention.telling import moment


def give_back(
    database: Database,
    tenant_id: TenantId,
    at: str,
    refund: int,
    *,
    whole: bool = False,
    return_id: str = "ret_1",
    purchase_id: str = "pur_1",
) -> None:
    with database.transaction(tenant_id) as db:
        record_returns(db, tenant_id, [Return(purchase_id, return_id, ANA, moment(at), refund, whole)])


def test_part_of_a_purchase_leaves_the_visit(database: Database, bakery: TenantId) -> None:
    visit(database, bakery, "2026-01-01")
    give_back(database, bakery, "2026-01-02", 300)
    kept_visit = one(database, bakery, "visits")
    assert (kept_visit["due"], kept_visit["spend"], kept_visit["returned_at"]) == (1000, 700, None)
    assert one(database, bakery, "customers")["visits"] == 1


def test_the_last_part_undoes_it(database: Database, bakery: TenantId) -> None:
    visit(database, bakery, "2026-01-01")
    give_back(database, bakery, "2026-01-02", 300)
    give_back(database, bakery, "2026-01-03", 700, whole=True, return_id="ret_2")
    kept_visit = one(database, bakery, "visits")
    assert (kept_visit["spend"], kept_visit["returned_at"]) == (0, moment("2026-01-03"))
    customer = one(database, bakery, "customers")
    assert (customer["visits"], customer["first_on"], customer["last_on"]) == (0, None, None)
    assert customer["latest_at"] == moment("2026-01-03")


def test_a_visit_stays_while_a_receipt_of_its_day_is_kept(database: Database, bakery: TenantId) -> None:
    visit(database, bakery, "2026-01-01 10:00", "pur_1")
    visit(database, bakery, "2026-01-01 11:00", "pur_2")
    give_back(database, bakery, "2026-01-02", 1000, whole=True)
    assert one(database, bakery, "customers")["visits"] == 1


@pytest.mark.parametrize("whole", [False, True])
def test_a_return_heard_again_changes_nothing(database: Database, bakery: TenantId, whole: bool) -> None:
    visit(database, bakery, "2026-01-01")
    give_back(database, bakery, "2026-01-02", 400, whole=whole)
    before = kept(database, bakery)
    give_back(database, bakery, "2026-01-02", 400, whole=whole)
    assert kept(database, bakery) == before


@pytest.mark.parametrize(("whole", "visits"), [(False, 1), (True, 0)])
def test_a_return_waits_for_its_purchase(database: Database, bakery: TenantId, whole: bool, visits: int) -> None:
    give_back(database, bakery, "2026-01-02", 400, whole=whole)
    assert kept(database, bakery)["visits"] == []
    visit(database, bakery, "2026-01-01")
    assert one(database, bakery, "visits")["spend"] == 600
    customer = one(database, bakery, "customers")
    assert (customer["visits"], customer["known_at"]) == (visits, moment("2026-01-01"))


def test_another_tenants_purchase_of_that_id_is_not_meant(
    database: Database, bakery: TenantId, other_tenant_id: TenantId
) -> None:
    visit(database, bakery, "2026-01-01")
    before = kept(database, bakery)
    give_back(database, other_tenant_id, "2026-01-02", 1000, whole=True)
    assert kept(database, bakery) == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "heard the other way round"])
def test_a_void_that_is_taken_back_leaves_the_visit(
    database: Database, bakery: TenantId, order: tuple[int, int]
) -> None:
    visit(database, bakery, "2026-01-01")
    told = [("2026-01-02", 1000, True, "ret_1"), ("2026-01-03", -1000, False, "ret_2")]
    for at, refund, whole, return_id in (told[place] for place in order):
        give_back(database, bakery, at, refund, whole=whole, return_id=return_id)
    kept_visit = one(database, bakery, "visits")
    assert (kept_visit["spend"], kept_visit["returned_at"]) == (1000, None)
    assert one(database, bakery, "customers")["visits"] == 1
