"""Tiers as they are answered."""

import httpx
import pytest

from tests.services.loyalty.conftest import Client
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop
from tests.services.loyalty.tiers import ladder

# The API goes by the real clock, at which nothing lasts as long as this.
UNTIL = "2090-12-31"


def test_it_says_where_a_customer_stands_and_what_is_missing(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    path = f"/v1/customers/{ana}/tier"
    nothing = client.get(path).json()
    assert nothing == {"object": "tier", "customer_id": ana, "closed": []} | dict.fromkeys(
        ("tier", "since", "until", "basis", "unit", "counted", "next", "staying", "floor")
    )
    shop.publish(POINT_PER_RIYAL, tiers=ladder(window={"kind": "lifetime"}))
    found = client.get(path).json()
    assert (found["tier"], found["counted"], found["basis"], found["unit"]) == (None, 0, "earned", "points")
    assert found["next"] == {"id": "silver", "name": {"en": "Silver", "ar": "الفضية"}, "missing": 1000}


def test_a_tier_given_by_hand_is_answered_and_kept_in_the_history(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    path = f"/v1/customers/{ana}/tier"
    wish = {"tier": "silver", "until": UNTIL, "reason": "a good neighbour"}
    answer = client.post(path, json=wish, headers={"idempotency-key": "K-1"})
    assert answer.status_code == 201
    found = client.get(path).json()
    assert found == answer.json()
    assert (found["tier"]["id"], found["until"], found["floor"]) == (
        "silver",
        UNTIL,
        {"tier": "silver", "until": UNTIL},
    )
    assert found["staying"] == {"needed": 1000, "by": UNTIL, "falls_to": None}
    again = client.post(path, json={**wish, "tier": "gold"}, headers={"idempotency-key": "K-2"}).json()
    assert again["tier"]["id"] == "gold"
    first = client.get(f"{path}/history", params={"limit": 1}).json()
    assert [(step["change"], step["before"], step["after"]) for step in first["data"]] == [("set", "silver", "gold")]
    second = client.get(f"{path}/history", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    (step,) = second["data"]
    assert (step["after"], step["reason"], step["ends_on"]) == ("silver", "a good neighbour", UNTIL)


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"tier": "bronze"}, 422, "tier_unknown"),
        ({"until": "2001-01-01"}, 422, "tier_ends_in_the_past"),
        ({"until": 0}, 422, "invalid_request"),
        ({"reason": ""}, 422, "invalid_request"),
        ({"more": 1}, 422, "invalid_request"),
    ],
)
def test_nonsense_is_refused(call: Client, shop: Shop, wish: dict[str, object], status: int, code: str) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    body = {"tier": "gold", "until": UNTIL, "reason": "a good neighbour", **wish}
    before = shop.everything()
    path, key = f"/v1/customers/{ana}/tier", {"idempotency-key": "K-1"}
    answer = call(shop.tenant_id, language="ar").post(path, json=body, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shop.everything() == before


def test_where_there_are_no_tiers_none_is_given(client: httpx.Client, shop: Shop) -> None:
    wish = {"tier": "gold", "until": UNTIL, "reason": "a good neighbour"}
    ana = shop.customer()
    answer = client.post(f"/v1/customers/{ana}/tier", json=wish, headers={"idempotency-key": "K-1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_tiers")


def test_it_says_which_tier_is_for_others(call: Client, client: httpx.Client, shop: Shop) -> None:
    silver, gold = ladder()["ladder"]
    shop.publish(POINT_PER_RIYAL, tiers={"ladder": [{**silver, "segment": "staff"}, gold]})
    ana = shop.customer()
    shop.earn(ana, 1200)
    path = f"/v1/customers/{ana}/tier"
    found = client.get(path).json()
    assert (found["tier"], found["next"]["id"], found["next"]["missing"]) == (None, "gold", 3800)
    (closed,) = found["closed"]
    assert {name: closed[name] for name in ("id", "name", "segment")} == {
        "id": "silver",
        "name": silver["name"],
        "segment": "staff",
    }
    assert closed["text"] == "\u2068Silver\u2069 is for the group \u2068staff\u2069"
    (in_arabic,) = call(shop.tenant_id, language="ar").get(path).json()["closed"]
    assert in_arabic["text"] == "\u2068الفضية\u2069 لمجموعة العملاء \u2068staff\u2069"
    client.put(f"/v1/customers/{ana}/segments/staff")
    inside = client.get(path).json()
    assert (inside["tier"]["id"], inside["closed"]) == ("silver", [])
