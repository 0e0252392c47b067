"""`wafa verify` finds what does not fit together."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from chassis.data.database import Database
from kernel.clock import utc_now
from kernel.ids import TenantId
from services.retention.queries.verify import breaches
from tests.services.retention.telling import bought, created, gave_back, tell


@pytest.mark.parametrize(
    ("tampering", "invariant", "subject"),
    [
        ("UPDATE visits SET spend = spend + 1 WHERE purchase_id = 'pur_1'", "retention.visit", "pur_1"),
        ("UPDATE visits SET returned_at = NULL WHERE purchase_id = 'pur_2'", "retention.visit", "pur_2"),
        ("UPDATE customers SET gap = 99 WHERE customer_id = 'cus_a'", "retention.rhythm", "cus_a"),
        (
            "UPDATE customers SET latest_on = ARRAY['2026-01-02'::date] WHERE customer_id = 'cus_a'",
            "retention.rhythm",
            "cus_a",
        ),
        ("UPDATE customers SET latest_at = now() WHERE customer_id = 'cus_a'", "retention.rhythm", "cus_a"),
        (
            "UPDATE customers SET visits = 1, first_on = now(), last_on = now(), latest_on = '{}'"
            " WHERE customer_id = 'cus_b'",
            "retention.rhythm",
            "cus_b",
        ),
        ("UPDATE visits SET customer_id = 'cus_y' WHERE purchase_id = 'pur_2'", "retention.customer", "cus_y"),
    ],
)
def test_breach(
    database: Database,
    bakery: TenantId,
    other_tenant_id: TenantId,
    tampering: str,
    invariant: str,
    subject: str,
) -> None:
    cake = bought(bakery, "cus_a", "2026-01-01", "pur_2")
    tell(
        database,
        [
            created(bakery, "cus_a", "2025-12-01"),
            created(bakery, "cus_b", "2025-12-01"),
            bought(bakery, "cus_a", "2026-01-01", "pur_1"),
            cake,
            gave_back(cake, "2026-01-02"),
            bought(other_tenant_id, "cus_a", "2026-01-01", "pur_1"),
        ],
    )
    assert breaches(database, utc_now()) == []
    with database.transaction(bakery) as db:
        db.execute(text(tampering))
    found = [(breach.invariant, breach.tenant_id, breach.subject) for breach in breaches(database, utc_now())]
    assert (invariant, bakery, subject) in found
    assert {tenant for _, tenant, _ in found} == {bakery}


def test_the_migrated_database_is_what_the_tables_say(databases: Callable[..., Database]) -> None:
    """As `alembic check`: nothing described is missing, and nothing is there that is not described."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from chassis.data.migrations import is_described
    from services.retention.tables import Base

    with databases("retention", "owner").engine.connect() as connection:
        options = {"compare_server_default": True, "include_name": is_described}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
