"""Balances and statements over HTTP: cheap to poll, right by the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import time_machine
from sqlalchemy import event

from chassis.data.database import Database
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    seen: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", see)


def test_all_of_a_balance(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending_days=1)
    ana = shop.customer()
    shop.earn(ana, 40)
    shop.adjust(ana, 10, expires_at=later(days=2))
    shop.adjust(ana, 20)
    shop.hold(ana, 5)
    answer = client.get(f"/v1/customers/{ana}/balance")
    assert answer.json() == {
        "object": "balance",
        "customer_id": ana,
        "unit": "points",
        "balance": 70,
        "pending": 40,
        "held": 5,
        "available": 25,
        "next_expiry": {"at": "2036-03-04T09:00:00Z", "amount": 10},
        "version": 4,
        "as_of": "2036-03-02T09:00:00Z",
    }


def test_an_unchanged_balance_is_answered_without_asking_for_lots(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=2))
    path = f"/v1/customers/{ana}/balance"
    with statements(shop.database) as first_time:
        tag = client.get(path).headers["etag"]
    assert any("FROM lots" in statement for statement in first_time)
    with statements(shop.database) as polled:
        answer = client.get(path, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert not any("lots" in statement for statement in polled)
    assert len(polled) == 2, "the customer and the wallet; the tenant was named as the transaction began"
    assert client.get(path, headers={"if-none-match": f'"other", W/{tag}'}).status_code == 304
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_tag_is_of_no_use_once_something_changed(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    path = f"/v1/customers/{ana}/balance"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    hold = None
    for change in ("earn", "hold", "release"):
        if change == "earn":
            shop.adjust(ana, 10)
        elif change == "hold":
            hold = shop.hold(ana, 5)
        else:
            assert hold is not None
            shop.release(hold.id)
        answer = client.get(path, headers={"if-none-match": tag})
        assert answer.status_code == 200
        tag = answer.headers["etag"]


def test_the_tag_is_of_no_use_once_time_changed_the_balance(
    client: httpx.Client, shop: Shop, clock: time_machine.Traveller
) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=2))
    path = f"/v1/customers/{ana}/balance"
    tag = client.get(path).headers["etag"]
    clock.move_to(later(days=2, seconds=-1))
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    clock.move_to(later(days=2))
    answer = client.get(path, headers={"if-none-match": tag})
    assert (answer.status_code, answer.json()["balance"]) == (200, 0)
    shop.at = later(days=2)
    shop.expire()
    answer = client.get(path, headers={"if-none-match": tag})
    assert (answer.status_code, answer.json()["balance"]) == (200, 0)
    assert answer.headers["etag"] != tag


def test_units_that_became_spendable_have_a_tag_of_their_own(
    client: httpx.Client, shop: Shop, clock: time_machine.Traveller
) -> None:
    """And one that holds until something else happens, written to or not."""
    shop.publish(POINT_PER_RIYAL, pending_days=3, expiry={"kind": "rolling", "months": 1})
    ana = shop.customer()
    shop.earn(ana, 10)
    path = f"/v1/customers/{ana}/balance"
    waiting = client.get(path)
    assert (waiting.json()["pending"], waiting.json()["available"]) == (10, 0)
    clock.move_to(later(days=4))
    spendable = client.get(path, headers={"if-none-match": waiting.headers["etag"]})
    assert (spendable.status_code, spendable.json()["available"]) == (200, 10)
    tag = spendable.headers["etag"]
    clock.move_to(later(days=5))
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    clock.move_to(later(days=60))
    dead = client.get(path, headers={"if-none-match": tag})
    assert (dead.status_code, dead.json()["balance"]) == (200, 0)
    assert len({waiting.headers["etag"], tag, dead.headers["etag"]}) == 3
    assert client.get(path, headers={"if-none-match": dead.headers["etag"]}).status_code == 304


def test_a_hold_that_is_over_changes_the_tag(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    shop.hold(ana, 4, minutes=1)
    path = f"/v1/customers/{ana}/balance"
    first = client.get(path)
    clock.move_to(later(minutes=1))
    answer = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (answer.status_code, first.json()["available"], answer.json()["available"]) == (200, 6, 10)


def test_another_unit_is_another_wallet(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    miles = client.get(f"/v1/customers/{ana}/balance", params={"unit": "miles"})
    assert (miles.json()["unit"], miles.json()["balance"], miles.headers["etag"]) == ("miles", 0, '"empty"')
    assert client.get(f"/v1/customers/{ana}/balance", params={"unit": "two words"}).status_code == 422


def test_a_statement_runs_back_page_by_page(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    redeemed = shop.redeem(ana, shop.offer(30))
    shop.adjust(ana, 5)
    back = shop.take_back(sold)
    lines: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(f"/v1/customers/{ana}/statement", params={"limit": 2, **cursor}).json()
        lines += page["data"]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert [(one["kind"], one["amount"], one["balance_after"]) for one in lines] == [
        ("reversal", -25, -25),
        ("reversal", -75, 0),
        ("adjustment", 5, 75),
        ("burn", -30, 70),
        ("accrual", 100, 100),
    ]
    assert [one["reference"] for one in lines[3:]] == [redeemed.redemption.id, sold]
    assert {one["reference"] for one in lines[:2]} == {back.id}
    assert all(one["text"] and one["object"] == "entry" for one in lines)
    assert len({one["id"] for one in lines}) == 5


def test_a_statement_speaks_the_readers_language(call: Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 3)
    texts = [
        call(shop.tenant_id, language=language).get(f"/v1/customers/{ana}/statement").json()["data"][0]["text"]
        for language in ("en", "ar")
    ]
    assert "3 points" in texts[0]
    assert "3 نقاط" in texts[1]


@pytest.mark.parametrize("what", ["balance", "statement"])
def test_nobodys_wallet(call: Client, shop: Shop, what: str) -> None:
    refused = call(shop.tenant_id, language="ar").get(f"/v1/customers/cus_nobody/{what}")
    assert (refused.status_code, refused.json()["code"]) == (404, "customer_not_found")
    assert refused.json()["title"] == "لا يوجد عميل كهذا"
