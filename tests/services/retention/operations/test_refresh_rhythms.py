"""The kept rhythm is what the visits say."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.retention.operations.refresh_rhythms import refresh_rhythms
from tests.services.retention.keeping import ANA, kept, one, visit
from tests.services.retention.telling import RIYADH, bought, tell

FORGET = """
    UPDATE customers SET visits = 0, first_on = NULL, last_on = NULL, gap = NULL, gap_last = NULL, gap_before = NULL,
        latest_at = NULL
"""


def refresh(database: Database, tenant_id: TenantId, *customers: CustomerId, zone: str = RIYADH) -> None:
    with database.transaction(tenant_id) as db:
        refresh_rhythms(db, tenant_id, customers, ZoneInfo(zone))


def forget_rhythms(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        db.execute(text(FORGET))


@pytest.mark.parametrize(
    ("days", "visits", "gap", "gap_last", "gap_before"),
    [
        pytest.param(["01"], 1, None, None, None, id="one visit has no gap"),
        pytest.param(["01", "05"], 2, None, 4, None, id="two are not a rhythm"),
        pytest.param(["01", "05", "07"], 3, 3, 2, None, id="three are"),
        pytest.param(["01", "05", "07", "17"], 4, 4, 10, 3, id="and a fourth has one before it"),
    ],
)
def test_a_rhythm_forgotten_is_worked_out_anew(
    database: Database,
    bakery: TenantId,
    days: Sequence[str],
    visits: int,
    gap: int | None,
    gap_last: int | None,
    gap_before: int | None,
) -> None:
    for day in days:
        visit(database, bakery, f"2026-01-{day}", f"pur_{day}")
    before = kept(database, bakery)
    forget_rhythms(database, bakery)
    refresh(database, bakery, ANA)
    assert kept(database, bakery) == before
    row = one(database, bakery, "customers")
    assert (row["visits"], row["gap"], row["gap_last"], row["gap_before"]) == (visits, gap, gap_last, gap_before)


def test_receipts_of_one_day_are_one_visit(database: Database, bakery: TenantId) -> None:
    for day in ("01", "05"):
        for hour in (10, 12):
            visit(database, bakery, f"2026-01-{day} {hour}:00", f"pur_{day}_{hour}")
    row = one(database, bakery, "customers")
    assert (row["visits"], row["gap_last"]) == (2, 4)


@pytest.mark.parametrize(("at", "visits"), [("2026-01-01 20:59", 1), ("2026-01-01 21:00", 2)])
def test_a_day_ends_at_the_zones_midnight(database: Database, bakery: TenantId, at: str, visits: int) -> None:
    visit(database, bakery, "2026-01-01 12:00", "pur_1")
    visit(database, bakery, at, "pur_2")
    refresh(database, bakery, ANA)
    assert one(database, bakery, "customers")["visits"] == visits
    refresh(database, bakery, ANA, zone="UTC")
    assert one(database, bakery, "customers")["visits"] == 1


def test_only_the_customers_named_are_worked_out(
    database: Database, bakery: TenantId, other_tenant_id: TenantId
) -> None:
    tell(database, [bought(bakery, "cus_bo", "2026-01-01")])
    for tenant in (bakery, other_tenant_id):
        visit(database, tenant, "2026-01-01")
        forget_rhythms(database, tenant)
    refresh(database, bakery)
    refresh(database, bakery, ANA, CustomerId("cus_nobody"))
    assert {row["customer_id"]: row["visits"] for row in kept(database, bakery)["customers"]} == {ANA: 1, "cus_bo": 0}
    assert one(database, other_tenant_id, "customers")["visits"] == 0
