"""Explain: every unit of a balance has a story, and the stories add up to the balance."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import time_machine
from sqlalchemy import event

from chassis.data.database import Database
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

DELIVERED = {"kind": "event", "event": "delivered", "within_days": 10}


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


def explained(client: httpx.Client, customer_id: str, **params: Any) -> dict[str, Any]:
    """The whole explanation, page by page."""
    whole: dict[str, Any] = {}
    cursor: dict[str, str] = {}
    while True:
        page = client.get(f"/v1/customers/{customer_id}/balance/explain", params={**params, **cursor}).json()
        whole = {**page, "data": [*whole.get("data", []), *page["data"]]}
        if not page["has_more"]:
            return whole
        cursor = {"cursor": page["next_cursor"]}


def adds_up(explanation: dict[str, Any]) -> bool:
    """Whether the lots come to what the balance says."""
    lots, balance = explanation["data"], explanation["balance"]
    left = {
        status: sum(lot["left"] for lot in lots if lot["status"] == status) for status in ("open", "pending", "owed")
    }
    assert all(lot["amount"] == lot["left"] + sum(lot["used"].values()) for lot in lots)
    return (
        sum(left.values()) == balance["balance"]
        and left["pending"] == balance["pending"]
        and max(0, left["open"] + left["owed"] - balance["held"]) == balance["available"]
    )


def test_nobody_can_say_why_the_balance_is_what_it_is(client: httpx.Client, shop: Shop) -> None:
    """Each lot names its purchase, rule and version, what took from it, and when the rest dies."""
    program_id, version = shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 30})
    ana = shop.customer()
    sold = shop.sell(ana, line("THING", 1, 10000)).purchase
    shop.adjust(ana, 20)
    redeemed = shop.redeem(ana, shop.offer(30)).redemption
    hold = shop.hold(ana, 5)
    answer = explained(client, ana)
    gift, earned = answer["data"]
    assert (gift["made_by"]["kind"], gift["made_by"]["reason"]) == ("adjustment", "goodwill")
    assert earned["made_by"] == {
        "kind": "purchase",
        "reference": sold.id,
        "purchase_id": sold.id,
        "receipt": sold.external_id,
        "rule": "earn",
        "rule_name": "Rule",
        "program_id": program_id,
        "program_version": version,
        "reason": None,
    }
    assert (earned["amount"], earned["left"], earned["used"], earned["status"]) == (100, 70, {"burn": 30}, "open")
    assert [(use["amount"], use["reference"]) for use in earned["latest_uses"]] == [(30, redeemed.id)]
    assert (earned["expires_at"], gift["expires_at"]) == ("2036-04-01T21:00:00Z", None)
    assert [one["id"] for one in answer["holds"]] == [hold.id]
    assert adds_up(answer)
    assert all(lot["texts"] for lot in answer["data"])


def test_what_is_owed_pending_and_expired_adds_up(
    client: httpx.Client, shop: Shop, clock: time_machine.Traveller
) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    spent = shop.earn(ana, 30)
    shop.redeem(ana, shop.offer(30))
    shop.take_back(spent)
    owed = explained(client, ana)
    assert adds_up(owed)
    assert [(lot["status"], lot["left"]) for lot in owed["data"]] == [("owed", -30), ("used_up", 0)]
    shop.publish(POINT_PER_RIYAL, pending=DELIVERED)
    shop.earn(ana, 40)
    shop.adjust(ana, 50, expires_at=later(hours=1))
    clock.move_to(later(hours=1))
    answer = explained(client, ana)
    assert adds_up(answer)
    assert [(lot["status"], lot["left"]) for lot in answer["data"]] == [
        ("expired", 50),
        ("pending", 10),
        ("used_up", 0),
        ("used_up", 0),
    ]
    assert answer["data"][1]["used"] == {"accrual": 30}


def test_page_by_page_every_lot_comes_once(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    for amount in range(1, 8):
        shop.adjust(ana, amount)
    shop.adjust(ana, -10)
    answer = explained(client, ana, limit=2)
    assert [lot["amount"] for lot in answer["data"]] == [7, 6, 5, 4, 3, 2, 1]
    assert [lot["left"] for lot in answer["data"]] == [7, 6, 5, 0, 0, 0, 0]
    assert adds_up(answer)


def test_a_page_asks_as_often_however_many_lots_it_shows(client: httpx.Client, shop: Shop) -> None:
    counts = []
    for lots in (1, 6):
        ana = shop.customer()
        for _lot in range(lots):
            shop.adjust(ana, 5)
        with statements(shop.database) as asked:
            explained(client, ana)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_it_is_told_in_the_readers_language(call: Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 3)
    for language, left in (("en", "Left: 3 points, without an end"), ("ar", "المتبقي: 3 نقاط، بلا تاريخ انتهاء")):
        (lot,) = explained(call(shop.tenant_id, language=language), ana)["data"]
        assert lot["texts"][-1] == left


def test_an_empty_wallet_has_nothing_to_explain(client: httpx.Client, shop: Shop) -> None:
    answer = explained(client, shop.customer(), unit="miles")
    assert (answer["data"], answer["holds"], answer["balance"]["balance"]) == ([], [], 0)
