"""The catalogue and what is taken from it, over HTTP."""

from typing import Any

import httpx
import time_machine

from services.loyalty.domain.voucher_code import displayed
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later

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


def test_an_offer_is_changed_by_who_has_read_it(client: httpx.Client, shop: Shop) -> None:
    made = client.post("/v1/rewards", json={"price": 50, "benefit": BENEFIT, "stock": 3})
    address = f"/v1/rewards/{made.json()['id']}"
    assert (made.headers["etag"], made.json()["left"]) == ('"1"', 3)
    assert client.patch(address, json={"price": 40}).status_code == 428
    changed = client.patch(address, json={"price": 40, "stock": None}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (changed.json()["price"], changed.json()["stock"], changed.json()["left"]) == (40, None, None)
    stale = client.patch(address, json={"price": 30}, headers={"if-match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")
    refused = client.patch(address, json={"price": None}, headers={"if-match": "*"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/price")
    assert client.get(address).json() == changed.json()


def test_only_what_is_offered_today_is_listed(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    shop.publish(time_zone="Asia/Riyadh")
    march = shop.offer(1, starts_on="2036-03-01", ends_on="2036-03-02")
    april = shop.offer(2, starts_on="2036-04-01")

    def listed() -> list[str]:
        return [reward["id"] for reward in client.get("/v1/rewards").json()["data"]]

    assert listed() == [march]
    clock.move_to(later(hours=12))
    assert listed() == []
    clock.move_to(later(days=31))
    assert listed() == [april]
    assert client.get(f"/v1/rewards/{march}").status_code == 200


def test_goods_on_their_way(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 60)
    mug = {"kind": "goods", "name": NAME, "sku": "MUG"}
    taken = redeem(client, ana, shop.offer(20, mug)).json()
    assert (taken["voucher"], taken["status"], taken["steps"]) == (None, "issued", [])
    address = f"/v1/redemptions/{taken['id']}/steps"
    assert [each["id"] for each in client.get("/v1/redemptions").json()["data"]] == [taken["id"]]
    sent = client.post(address, json={"status": "shipped", "note": "1Z999"}, headers={"idempotency-key": "S-1"})
    assert [(step["status"], step["note"]) for step in sent.json()["steps"]] == [("shipped", "1Z999")]
    refused = client.post(address, json={"status": "cancelled"}, headers={"idempotency-key": "S-2"})
    assert (refused.status_code, refused.json()["code"]) == (409, "redemption_closed")
    client.post(address, json={"status": "handed_over"}, headers={"idempotency-key": "S-3"})
    assert client.get("/v1/redemptions").json()["data"] == []
    (of_ana,) = client.get(f"/v1/customers/{ana}/redemptions").json()["data"]
    assert of_ana["status"] == "handed_over"


def test_what_is_sold_out_is_said_in_arabic(call: Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 60)
    refused = redeem(call(shop.tenant_id, language="ar"), ana, shop.offer(20, stock=0))
    assert (refused.status_code, refused.json()["title"]) == (409, "نفدت المكافأة")
