"""Leaderboards over HTTP: made, joined, and read by staff and by others."""

import httpx

from tests.services.loyalty.conftest import Client
from tests.services.loyalty.leaderboards import weekly
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

JANUARY = {"starts_on": "2026-01-01", "per": "month"}
KEY = "idempotency-key"


def test_who_is_on_it_is_named_only_to_those_who_may_read_customers(
    client: httpx.Client, call: Client, shop: Shop
) -> None:
    shop.publish(POINT_PER_RIYAL)
    people = [shop.customer() for _ in range(3)]
    made = client.post("/v1/leaderboards", json=weekly(**JANUARY).model_dump(mode="json"))
    assert made.status_code == 201, made.text
    board = made.json()
    assert board["round"] == {"starts_on": "2026-01-01", "ends_on": "2026-01-31"}
    for number, who in enumerate(people):
        path = f"/v1/customers/{who}/leaderboards/{board['id']}"
        assert client.post(f"{path}/join", headers={KEY: f"join-{number}"}).json()["listed"] is True
        for _ in range(3 - number):
            shop.sell(who, occurred_at="2026-01-10T09:00:00Z")
    left = client.post(f"/v1/customers/{people[2]}/leaderboards/{board['id']}/leave", headers={KEY: "leave"})
    assert left.json()["listed"] is False

    standing = f"/v1/leaderboards/{board['id']}/standing"
    seen = client.get(standing, params={"limit": 1}).json()
    assert [(each["place"], each["amount"], each["customer_id"]) for each in seen["data"]] == [(1, 3, people[0])]
    more = client.get(standing, params={"limit": 1, "cursor": seen["next_cursor"]}).json()
    assert [(each["place"], each["customer_id"]) for each in more["data"]] == [(2, people[1])]
    assert more["has_more"] is False
    public = call(shop.tenant_id, scopes=["rewards:read"]).get(standing)
    assert [(each["place"], each["customer_id"]) for each in public.json()["data"]] == [(1, None), (2, None)]
    assert not any(who in public.text for who in people)
    assert client.get(standing, params={"starts_on": "2026-02-01"}).json()["code"] == "round_unknown"

    (mine,) = client.get(f"/v1/customers/{people[1]}/leaderboards").json()["data"]
    assert (mine["place"], mine["amount"], mine["missing"]) == (2, 2, 1)
    assert client.get(f"/v1/customers/{people[2]}/leaderboards").json()["data"] == []
