"""What a till sold while it was offline ends as if it had been online. Source: docs/rules/offline.md."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
import orjson
import pytest

from kernel.clock import utc_now
from kernel.ids import CustomerId
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop

CARD = rule("stamp_card", card="coffee", stamps_needed=3, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
WELCOME = rule("earn", id="welcome", points=10, per=100, conditions=[{"kind": "first_purchase"}])
NOW = utc_now()


@pytest.fixture(autouse=True)
def _today(shop: Shop, other_shop: Shop) -> None:
    """The shops live today: the API's clock is the real one."""
    shop.at = other_shop.at = NOW - timedelta(days=2)


def basket(who: CustomerId, number: int, at: datetime, *lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "customer_id": who,
        "store_id": "riyadh-1",
        "external_id": f"R-{number:03}",
        "occurred_at": at.isoformat(),
        "currency": "SAR",
        "lines": list(lines) or [line()],
    }


def upload(client: httpx.Client, baskets: list[dict[str, Any]], till_clock: datetime) -> list[dict[str, Any]]:
    sent = {"purchases": baskets, "till_clock": till_clock.isoformat()}
    answer = client.post("/v1/purchases/batch", json=sent)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def test_a_slow_clock_a_shuffle_and_a_double(client: httpx.Client, shop: Shop) -> None:
    """The worked example of the rule's page."""
    shop.publish(CARD)
    ana = shop.customer()
    slow = timedelta(hours=1)
    hours = [NOW - timedelta(hours=number) for number in (8, 7, 6, 5)]
    nine, ten, eleven, twelve = [basket(ana, number, at - slow) for number, at in enumerate(hours)]
    results = upload(client, [twelve, nine, eleven, ten, nine], utc_now() - slow)
    assert [result["status"] for result in results] == [201, 201, 201, 201, 200]
    filled = [[effect["kind"] for effect in result["purchase"]["effects"]] for result in results]
    assert filled[2] == ["stamp", "issue_voucher"]
    assert shop.rows("SELECT stamps, filled FROM stamp_cards") == [{"stamps": 1, "filled": 1}]
    found = datetime.fromisoformat(results[2]["purchase"]["occurred_at"])
    assert abs(found - hours[2]) < timedelta(minutes=1)
    again = upload(client, [nine, ten], utc_now() - timedelta(hours=3))
    assert [result["status"] for result in again] == [200, 200]
    assert again[0]["purchase"] == results[1]["purchase"]


def test_a_little_difference_is_none(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    at = (NOW - timedelta(hours=5)).replace(microsecond=0)
    (result,) = upload(client, [basket(shop.customer(), 1, at)], utc_now() - timedelta(minutes=4))
    assert datetime.fromisoformat(result["purchase"]["occurred_at"]) == at


def test_a_clock_from_another_age(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    reset = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    (result,) = upload(client, [basket(ana, 1, reset)], reset + timedelta(hours=2))
    sold_at = datetime.fromisoformat(result["purchase"]["occurred_at"])
    assert abs(utc_now() - timedelta(hours=2) - sold_at) < timedelta(minutes=1)
    far = datetime.fromisoformat("9998-12-31T00:00:00+00:00")
    (odd,) = upload(client, [basket(ana, 2, far)], reset)
    assert odd["status"] == 201
    assert shop.points(ana)[0] == 20


def test_another_content_under_a_known_receipt_is_refused_and_seen(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = basket(ana, 1, NOW - timedelta(hours=1))
    other = {**sold, "lines": [line("COFFEE", 2)]}
    results = upload(client, [sold, other, basket(ana, 2, NOW)], utc_now())
    assert [result["status"] for result in results] == [201, 409, 201]
    assert results[1]["problem"]["code"] == "purchase_conflict"
    assert shop.points(ana)[0] == 20


@pytest.mark.parametrize("seed", range(3))
def test_any_shuffle_in_one_batch_ends_as_online(call: Client, shop: Shop, other_shop: Shop, seed: int) -> None:
    chance = Random(seed)
    rules = (POINT_PER_RIYAL, WELCOME, CARD, rule("buy_x_get_y", selector={"skus": ["TEA"]}))
    shop.publish(*rules)
    other_shop.publish(*rules)
    ana, twin = shop.customer(), other_shop.customer()
    sold = []
    for number in range(12):
        at = NOW - timedelta(hours=20 - number)
        lines = line("COFFEE", chance.randint(1, 3)), line("TEA", chance.randint(1, 4), 700)
        sold.append(basket(ana, number, at, *lines))
        call(other_shop.tenant_id).post("/v1/purchases", json={**sold[-1], "customer_id": twin})
    offline = [*sold, *chance.sample(sold, 4)]
    chance.shuffle(offline)
    upload(call(shop.tenant_id), offline, utc_now())
    assert state(shop) == state(other_shop)


def state(shop: Shop) -> list[Any]:
    """Every sale's effects without codes, and what there is in all."""
    sales = shop.rows("SELECT external_id, due, effects FROM purchases ORDER BY external_id")
    return [
        [(sale["external_id"], sale["due"], without_codes(sale["effects"])) for sale in sales],
        shop.rows("SELECT card, stamps, filled FROM stamp_cards"),
        shop.rows("SELECT status, count(*) FROM vouchers GROUP BY status"),
        shop.rows("SELECT unit, balance FROM wallets"),
        shop.rows("SELECT purchases FROM customers"),
    ]


def without_codes(effects: str) -> list[Any]:
    return [{**effect, "code": None} for effect in orjson.loads(effects)]
