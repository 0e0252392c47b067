"""Memberships over HTTP."""

from typing import Any

import httpx
import time_machine

from kernel.ids import new_id
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.memberships import GYM, GYM_YEAR, YEAR, sold
from tests.services.loyalty.shop import Shop


def change(client: httpx.Client, membership_id: str, how: str, body: dict[str, Any] | None = None) -> httpx.Response:
    headers = {"idempotency-key": new_id("req")}
    return client.post(f"/v1/memberships/{membership_id}/{how}", json=body or {}, headers=headers)


def test_paid_and_bonus_time_are_told_apart(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    shop.publish(GYM_YEAR)
    ana = shop.customer()
    shop.sell(ana, line("GYM12"))
    (membership,) = client.get(f"/v1/customers/{ana}/memberships").json()["data"]
    assert membership.pop("id").startswith("mbs_")
    assert membership == {
        "object": "membership",
        "customer_id": ana,
        "plan": "gym",
        "status": "active",
        "active": True,
        "starts_on": "2036-03-02",
        "ends_on": "2037-06-01",
        "paid_until": "2037-03-01",
        "frozen_from": None,
        "frozen_until": None,
        "paid_months": 12,
        "bonus_months": 3,
        "time": [
            {"kind": "paid", "months": 12, "days": 365, "from_date": "2036-03-02", "until_date": "2037-03-02"},
            {"kind": "bonus", "months": 3, "days": 92, "from_date": "2037-03-02", "until_date": "2037-06-02"},
        ],
        "family": [],
    }
    # The last day is the shop's: it ends at nine in the evening in Greenwich.
    for moment, active in (("2037-06-01T20:59:59Z", True), ("2037-06-01T21:00:00Z", False)):
        clock.move_to(moment)
        assert client.get(f"/v1/customers/{ana}/memberships").json()["data"][0]["active"] is active


def test_a_membership_that_came_back_has_no_time(client: httpx.Client, shop: Shop) -> None:
    shop.publish(GYM_YEAR)
    ana = shop.customer()
    shop.take_back(shop.sell(ana, line("GYM12")).purchase.id)
    (membership,) = client.get(f"/v1/customers/{ana}/memberships").json()["data"]
    assert (membership["status"], membership["active"]) == ("ended", False)
    assert (membership["ends_on"], membership["time"]) == (None, [])


def test_its_ledger_says_who_did_what_and_why(client: httpx.Client, shop: Shop) -> None:
    gym = sold(shop)
    change(client, gym.id, "goodwill", {"days": 2, "reason": "the pool was closed"})
    found = client.get(f"/v1/memberships/{gym.id}").json()
    assert [(entry["kind"], entry["cause"], entry["price"]) for entry in found["entries"]] == [
        ("paid", "purchase", 120_000),
        ("bonus", "purchase", 0),
        ("goodwill", "goodwill", 0),
    ]
    assert found["entries"][-1]["reason"] == "the pool was closed"
    assert found["entries"][-1]["actor"]


def test_frozen_and_resumed(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    gym = sold(shop)
    frozen = change(client, gym.id, "freeze").json()
    assert (frozen["status"], frozen["active"], frozen["ends_on"]) == ("frozen", False, None)
    again = change(client, gym.id, "freeze")
    assert (again.status_code, again.json()["code"]) == (409, "freeze_invalid")
    clock.move_to("2036-03-12T09:00:00Z")
    resumed = change(client, gym.id, "resume").json()
    assert (resumed["status"], resumed["ends_on"]) == ("active", "2037-06-11")


def test_the_states_of_a_membership(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    gym = sold(shop, {**GYM, "grace_days": 7})
    for moment, status, active in (
        ("2036-03-01T09:00:00Z", "upcoming", False),
        ("2037-06-01T09:00:00Z", "active", True),
        ("2037-06-02T09:00:00Z", "grace", True),
        ("2037-06-08T09:00:00Z", "grace", True),
        ("2037-06-09T09:00:00Z", "lapsed", False),
    ):
        clock.move_to(moment)
        found = client.get(f"/v1/memberships/{gym.id}").json()
        assert (moment, found["status"], found["active"]) == (moment, status, active)


def test_a_cancellation_is_seen_before_it_is_made(client: httpx.Client, shop: Shop) -> None:
    gym = sold(shop)
    seen = client.get(f"/v1/memberships/{gym.id}/cancellation", params={"last_day": "2036-06-09"}).json()
    made = change(client, gym.id, "cancel", {"last_day": "2036-06-09"}).json()
    assert seen == made
    assert made == {
        "object": "membership_cancellation",
        "membership_id": gym.id,
        "last_day": "2036-06-09",
        "refund": 87_123,
        "unused": [
            {"kind": "bonus", "days": 92, "days_total": 92, "price": 0, "refund": 0},
            {"kind": "paid", "days": 265, "days_total": 365, "price": 120_000, "refund": 87_123},
        ],
    }
    over = client.get(f"/v1/memberships/{gym.id}").json()
    # It runs until the day it was cancelled for, and is not said to have lapsed after it.
    assert (over["status"], over["ends_on"], over["paid_months"]) == ("active", "2036-06-09", 3)
    refused = change(client, gym.id, "cancel", {"last_day": "2036-06-09"})
    assert (refused.status_code, refused.json()["code"]) == (409, "membership_over")


def test_what_there_is_in_arabic(call: Any, shop: Shop) -> None:
    gym = sold(shop)
    refused = change(call(shop.tenant_id, language="ar"), gym.id, "resume")
    assert refused.json()["title"] == "العضوية غير مجمّدة"


def test_bought_again_after_it_was_cancelled(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    gym = sold(shop)
    change(client, gym.id, "cancel")
    (row,) = shop.rows("SELECT customer_id FROM memberships")
    clock.move_to("2036-09-01T09:00:00Z")
    assert client.get(f"/v1/memberships/{gym.id}").json()["status"] == "ended"
    shop.at = shop.at.replace(month=9, day=1)
    shop.sell(row["customer_id"], YEAR)
    found = client.get(f"/v1/memberships/{gym.id}").json()
    assert (found["status"], found["starts_on"], found["ends_on"]) == ("active", "2036-09-01", "2037-11-30")
