"""Rewards that are taken by themselves, over HTTP."""

import httpx
import pytest

from services.loyalty.domain.offer import Offer
from tests.services.loyalty.automatic import look
from tests.services.loyalty.shop import FREE_COFFEE, Shop


def test_a_reward_says_that_it_is_automatic(client: httpx.Client) -> None:
    made = client.post("/v1/rewards", json={"price": 50, "benefit": FREE_COFFEE, "automatic": {}})
    assert (made.status_code, made.json()["automatic"]) == (201, {"leave": 0, "at_most": 10})
    address = f"/v1/rewards/{made.json()['id']}"
    changed = client.patch(address, json={"automatic": {"leave": 5}}, headers={"if-match": "*"})
    assert (changed.json()["automatic"], changed.json()["version"]) == ({"leave": 5, "at_most": 10}, 2)
    gone = client.patch(address, json={"automatic": None}, headers={"if-match": "*"})
    assert gone.json()["automatic"] is None


@pytest.mark.parametrize(
    "automatic", [{"leave": -1}, {"at_most": 0}, {"at_most": 101}, {"at_most": "3"}, {"at": 500}, True]
)
def test_what_cannot_be_meant_is_refused(client: httpx.Client, automatic: object) -> None:
    refused = client.post("/v1/rewards", json={"price": 50, "benefit": FREE_COFFEE, "automatic": automatic})
    assert refused.status_code == 422
    assert client.get("/v1/rewards").json()["data"] == []


def test_who_waits_and_why(client: httpx.Client, shop: Shop) -> None:
    reward = shop.offer(10, automatic={"at_most": 1})
    everybody = sorted(shop.customer() for _ in range(3))
    for each in everybody:
        shop.adjust(each, 20)
    look(shop)
    first = client.get(f"/v1/rewards/{reward}/waiting", params={"limit": 2}).json()
    second = client.get(f"/v1/rewards/{reward}/waiting", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    told = first["data"] + second["data"]
    assert [wait["customer_id"] for wait in told] == everybody
    assert {(wait["object"], wait["why"], wait["look_at"]) for wait in told} == {
        ("automatic_wait", "daily_stop", "2036-03-03T00:00:00Z")
    }
    (redemption,) = client.get(f"/v1/customers/{everybody[0]}/redemptions").json()["data"]
    assert redemption["automatic"] is True
    assert client.get("/v1/rewards/rwd_nothing/waiting").json()["code"] == "reward_unknown"


def test_a_customer_decides(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    address = f"/v1/customers/{ana}/automatic_redemptions"
    assert client.get(address).json() == {"object": "automatic_redemptions", "customer_id": ana, "allowed": True}
    for allowed in (False, False, True):
        assert client.put(address, json={"allowed": allowed}).json()["allowed"] is allowed
        assert client.get(address).json()["allowed"] is allowed
    assert client.put(address, json={"allowed": "no"}).status_code == 422
    assert client.put("/v1/customers/cus_nobody/automatic_redemptions", json={"allowed": False}).status_code in (
        404,
        503,
    )


def test_the_cheapest_price() -> None:
    assert Offer.model_validate({"price": 50, "benefit": FREE_COFFEE, "tier_prices": {"gold": 40}}).cheapest == 40
