"""The catalogue and what is taken from it, over HTTP."""

from typing import Any

import httpx

from services.loyalty.domain.voucher_code import displayed
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import FREE_COFFEE, Shop

BENEFIT = {"kind": "percent_off", "name": NAME, "percent_off": 12.5, "valid_days": 30}


def redeem(client: httpx.Client, customer_id: str, reward_id: str, key: str = "K-1") -> httpx.Response:
    wish = {"customer_id": customer_id, "reward_id": reward_id}
    return client.post("/v1/redemptions", json=wish, headers={"idempotency-key": key})


def test_a_reward_is_offered_and_read(client: httpx.Client, shop: Shop) -> None:
    made = client.post("/v1/rewards", json={"price": 50, "benefit": BENEFIT})
    assert made.status_code == 201
    reward = made.json()
    assert reward["id"].startswith("rwd_")
    assert (reward["object"], reward["price"], reward["unit"], reward["status"]) == (
        "reward",
        50,
        "points",
        "available",
    )
    assert {name: reward["benefit"][name] for name in BENEFIT} == BENEFIT
    assert client.get(f"/v1/rewards/{reward['id']}").json() == reward
    assert client.get("/v1/rewards").json()["data"] == [reward]


def test_a_withdrawn_reward_is_read_and_not_listed(client: httpx.Client, shop: Shop) -> None:
    gone, stays = shop.offer(1), shop.offer(2)
    assert client.post(f"/v1/rewards/{gone}/withdraw").json()["status"] == "withdrawn"
    assert [reward["id"] for reward in client.get("/v1/rewards").json()["data"]] == [stays]
    assert client.get(f"/v1/rewards/{gone}").json()["status"] == "withdrawn"
    refused = redeem(client, shop.customer(), gone)
    assert (refused.status_code, refused.json()["code"]) == (409, "reward_withdrawn")


def test_the_catalogue_page_by_page(client: httpx.Client, shop: Shop) -> None:
    offered = [shop.offer(price) for price in (1, 2, 3)]
    first = client.get("/v1/rewards", params={"limit": 2}).json()
    second = client.get("/v1/rewards", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [reward["id"] for reward in first["data"] + second["data"]] == offered
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_points_become_a_voucher(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 60)
    reward = shop.offer(50, {**FREE_COFFEE, "valid_days": 0})
    taken = redeem(client, ana, reward)
    assert taken.status_code == 201
    document = taken.json()
    code = document["voucher"]["code"]
    assert document["voucher"] == {
        "id": document["voucher"]["id"],
        "code": code,
        "code_displayed": displayed(code),
        "valid_until": "2036-03-03T00:00:00Z",
    }
    assert (document["price"], document["balance_after"], document["customer_id"]) == (50, 10, ana)
    read = client.get(f"/v1/redemptions/{document['id']}").json()
    assert read == {name: value for name, value in document.items() if name != "balance_after"}
    again = redeem(client, ana, reward)
    assert (again.json(), again.headers["idempotent-replayed"]) == (document, "true")
    assert shop.points(ana) == (10, 10)


def test_too_few_points_are_counted_in_arabic(call: Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 49)
    refused = redeem(call(shop.tenant_id, language="ar"), ana, shop.offer(50))
    assert (refused.status_code, refused.json()["code"]) == (422, "insufficient_points")
    assert refused.json()["params"] == {"needed": 50, "available": 49}
    assert refused.json()["detail"] == "المطلوب من النقاط 50، والمتاح 49."
    retried: dict[str, Any] = redeem(call(shop.tenant_id), ana, shop.offer(49)).json()
    assert retried["balance_after"] == 0, "a refusal does not use the key up"


def test_a_blocked_customer_takes_nothing(client: httpx.Client, shop: Shop) -> None:
    blocked = shop.customer(status="blocked")
    shop.adjust(blocked, 50)
    refused = redeem(client, blocked, shop.offer(50))
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_blocked")
