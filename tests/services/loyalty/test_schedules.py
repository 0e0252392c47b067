"""The jobs go through every tenant, and one tenant's failure keeps nobody else waiting."""

from collections.abc import Callable

import pytest

from chassis.data.database import Database
from chassis.data.known_tenants import learn_tenant
from chassis.jobs import Job, run_for_all
from kernel.ids import TenantId, new_id
from services.loyalty.operations import expire_lots as expiring
from services.loyalty.schedules import JOBS
from tests.services.loyalty.shop import Shop, later

BY_NAME = {job.name: job for job in JOBS}


@pytest.fixture
def shops(databases: Callable[..., Database]) -> list[Shop]:
    """Two tenants in a database that knows no others."""
    database = databases("loyalty")
    found = [Shop(database, TenantId(new_id("ten"))) for _number in range(2)]
    for each in found:
        with database.transaction() as db:
            learn_tenant(db, each.tenant_id, livemode=False, currency="SAR", time_zone="Asia/Riyadh")
    return found


def test_every_tenants_dead_lots_and_holds_are_seen_to(shops: list[Shop]) -> None:
    people = []
    for each in shops:
        ana = each.customer()
        each.adjust(ana, 10, expires_at=later(days=1))
        each.adjust(ana, 5)
        each.hold(ana, 5, hours=1)
        people.append((each, ana))
    for name in ("time_out_holds", "expire_lots"):
        assert run_for_all(shops[0].database, BY_NAME[name], later(days=1)) == 2
        assert run_for_all(shops[0].database, BY_NAME[name], later(days=1)) == 0
    for each, ana in people:
        each.at = later(days=1)
        assert each.rows("SELECT balance, held FROM wallets") == [{"balance": 5, "held": 0}]
        assert each.points(ana) == (5, 5)


def test_a_job_goes_on_until_nothing_is_left(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "OWNERS_MAX", 1)
    for _number in range(3):
        shop.adjust(shop.customer(), 10, expires_at=later(days=1))
    assert BY_NAME["expire_lots"].run(shop.database, shop.tenant_id, later(days=1)) == 3


def test_one_tenants_failure_is_its_own(shops: list[Shop]) -> None:
    for each in shops:
        each.adjust(each.customer(), 10, expires_at=later(days=1))
    broken = BY_NAME["expire_lots"]

    def stumbles(database: Database, tenant_id: TenantId, at: object) -> int:
        if tenant_id == shops[0].tenant_id:
            raise RuntimeError("this tenant only")
        return broken.run(database, tenant_id, later(days=1))

    assert run_for_all(shops[0].database, Job("expire_lots", 60.0, stumbles), later(days=1)) == 1
    assert shops[0].rows("SELECT balance FROM wallets") == [{"balance": 10}]
