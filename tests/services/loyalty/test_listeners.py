"""Loyalty hears of customers: it keeps the newest facts, whatever order they come in."""

import pytest

from chassis.events.letters import Hearing, Told, hand_over
from contracts.events.customers import CustomerChanged, CustomerCreated, CustomerFacts
from kernel.ids import CustomerId, new_id
from services.loyalty.domain.refusals.customers import CustomerBlocked
from services.loyalty.listeners import LISTENERS
from tests.services.loyalty.shop import NOON, Shop


def hear(shop: Shop, event: CustomerFacts, *, replaying: bool = False) -> None:
    with shop.database.transaction(event.tenant_id) as db:
        hand_over(db, LISTENERS, [Told(event, Hearing(new_id("evt"), NOON, replaying))])


def test_a_customer_is_created_changed_and_told_again(shop: Shop) -> None:
    ana = CustomerId(new_id("cus"))
    about = {"tenant_id": shop.tenant_id, "customer_id": ana, "occurred_at": NOON}
    created = CustomerCreated(**about, version=1, language="ar")
    blocked = CustomerChanged(**about, version=2, language="en", status="blocked")
    hear(shop, created)
    shop.sell(ana)
    hear(shop, blocked)
    with pytest.raises(CustomerBlocked):
        shop.hold(ana, 1)
    hear(shop, created, replaying=True)
    assert shop.rows("SELECT version, language, status, purchases, heard_at FROM customers") == [
        {"version": 2, "language": "en", "status": "blocked", "purchases": 1, "heard_at": NOON}
    ]
    assert not shop.told()[1:], "hearing tells nothing"


def test_days_are_learned_and_an_older_event_has_none(shop: Shop) -> None:
    ana = CustomerId(new_id("cus"))
    about = {"tenant_id": shop.tenant_id, "customer_id": ana, "occurred_at": NOON}
    hear(shop, CustomerCreated(**about, version=1, language="ar"))
    days = "SELECT birthday, joined_on::text FROM customers"
    assert shop.rows(days) == [{"birthday": None, "joined_on": None}]
    hear(shop, CustomerChanged(**about, version=2, language="ar", birthday_month_day="02-29", joined_at=NOON))
    assert shop.rows(days) == [{"birthday": "02-29", "joined_on": "2036-03-02"}]
    hear(shop, CustomerChanged(**about, version=3, language="ar"))
    assert shop.rows(days) == [{"birthday": None, "joined_on": "2036-03-02"}]


def test_a_change_may_be_heard_before_the_beginning(shop: Shop) -> None:
    ana = CustomerId(new_id("cus"))
    about = {"tenant_id": shop.tenant_id, "customer_id": ana, "occurred_at": NOON}
    hear(shop, CustomerChanged(**about, version=2, language="en"))
    hear(shop, CustomerCreated(**about, version=1, language="ar"))
    assert shop.rows("SELECT version, language FROM customers") == [{"version": 2, "language": "en"}]
