"""The few facts of a customer that loyalty keeps: the newest heard, in whatever order they come."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from chassis.data.known_tenants import learn_tenant
from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.operations.learn_customer import learn_customer
from tests.services.loyalty.shop import Shop


def learn(shop: Shop, customer_id: CustomerId, version: int, *, tenant_id: TenantId | None = None) -> None:
    facts = {1: ("ar", "active"), 2: ("en", "active"), 3: ("en", "blocked")}
    language, status = facts[version]
    tenant_id = tenant_id or shop.tenant_id
    with shop.database.transaction(tenant_id) as db:
        learn_customer(db, tenant_id, customer_id, version=version, language=language, status=status, at=shop.at)


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])), ids=str)
def test_the_newest_facts_stay(shop: Shop, order: tuple[int, ...]) -> None:
    ana = CustomerId(new_id("cus"))
    for version in (*order, *order):
        learn(shop, ana, version)
    assert shop.rows("SELECT version, language, status FROM customers") == [
        {"version": 3, "language": "en", "status": "blocked"}
    ]


def test_what_loyalty_counts_itself_is_kept(shop: Shop) -> None:
    ana = CustomerId(new_id("cus"))
    learn(shop, ana, 1)
    shop.sell(ana)
    learn(shop, ana, 2)
    assert shop.rows("SELECT purchases FROM customers") == [{"purchases": 1}]


def test_the_same_id_at_two_tenants_is_two_customers(shop: Shop, other_shop: Shop) -> None:
    ana = CustomerId(new_id("cus"))
    learn(shop, ana, 1)
    learn(shop, ana, 3, tenant_id=other_shop.tenant_id)
    assert shop.rows("SELECT status FROM customers") == [{"status": "active"}]


def test_a_day_of_joining_is_the_tenants_and_stays(shop: Shop) -> None:
    with shop.database.transaction() as db:
        learn_tenant(db, shop.tenant_id, livemode=False, currency="SAR", time_zone="Asia/Riyadh")
    late = datetime(2036, 2, 29, 21, tzinfo=UTC)
    ana = shop.customer(birthday="02-29", joined_at=late)
    days = "SELECT birthday, joined_on::text FROM customers"
    assert shop.rows(days) == [{"birthday": "02-29", "joined_on": "2036-03-01"}]
    shop.customer(known=ana, version=2)
    assert shop.rows(days) == [{"birthday": None, "joined_on": "2036-03-01"}]
