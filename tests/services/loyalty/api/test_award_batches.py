"""Awards for many over HTTP: ordered, followed line by line, cancelled."""

from typing import Any

import httpx
import pytest

from services.loyalty.domain.award_batch import LISTED_MAX
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop

PATH = "/v1/award_batches"


def order(client: httpx.Client, key: str = "K", **body: Any) -> httpx.Response:
    wanted = {"name": NAME, "award": {"points": 5}, "reason": "the feast", **body}
    return client.post(PATH, json=wanted, headers={"idempotency-key": key})


def test_it_is_ordered_followed_and_explained(client: httpx.Client, call: Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, blocked = shop.customer(), shop.customer(status="blocked")
    ordered = order(client, customer_ids=[ana, blocked, ana, "cus_nobody"], award={"points": 5, "reward": FREE_COFFEE})
    assert ordered.status_code == 202, ordered.text
    path = ordered.headers["location"]
    assert client.get(path).json() == ordered.json()
    assert {name: ordered.json()[name] for name in ("status", "customers", "given", "skipped", "waiting")} == {
        "status": "running",
        "customers": 4,
        "given": 0,
        "skipped": 1,
        "waiting": 3,
    }
    assert order(client, customer_ids=[ana]).json()["code"] == "idempotency_key_reused"
    AwardBatches(shop).give()
    done = client.get(path).json()
    assert [done[name] for name in ("status", "given", "skipped", "waiting")] == ["done", 1, 3, 0]
    (given,) = client.get(f"{path}/lines", params={"status": "given"}).json()["data"]
    (voucher,) = client.get(f"/v1/customers/{ana}/vouchers").json()["data"]
    assert (given["customer_id"], given["unit"], given["units"]) == (ana, "points", 5)
    assert given["voucher_id"] == voucher["id"]
    skipped = call(shop.tenant_id, language="ar").get(f"{path}/lines", params={"status": "skipped"}).json()["data"]
    assert [(line["line"], line["problem"]) for line in skipped] == [
        (2, {"code": "customer_blocked", "text": "العميل موقوف"}),
        (3, {"code": "customer_repeated", "text": "العميل مذكور في سطر سابق"}),
        (4, {"code": "customer_unknown", "text": "عميل غير معروف"}),
    ]
    (lot,) = client.get(f"/v1/customers/{ana}/balance/explain").json()["data"]
    assert (lot["made_by"]["kind"], lot["made_by"]["reason"]) == ("award", "the feast")
    assert "the feast" in lot["texts"][0]


def test_lines_come_page_by_page(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    people = [shop.customer() for _each in range(3)]
    AwardBatches(shop).into("vip", *people)
    path = order(client, segment="vip").headers["location"]
    first = client.get(f"{path}/lines", params={"limit": 2}).json()
    rest = client.get(f"{path}/lines", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [line["customer_id"] for line in first["data"] + rest["data"]] == sorted(people)
    assert rest["has_more"] is False


def test_cancelled_it_says_why(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    path = order(client, customer_ids=[shop.customer()]).headers["location"]
    answer = client.post(f"{path}/cancel", json={"reason": "a mistake"}, headers={"idempotency-key": "C"}).json()
    assert (answer["status"], answer["waiting"], answer["cancelled_for"]) == ("cancelled", 1, "a mistake")
    assert AwardBatches(shop).give() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer_ids": []},
        {"customer_ids": ["cus_a"], "segment": "vip"},
        {"customer_ids": ["cus_a"] * (LISTED_MAX + 1)},
        {"customer_ids": [""]},
        {"segment": "v i p"},
        {"segment": "vip", "award": {}},
        {"segment": "vip", "reason": ""},
        {"segment": "vip", "name": {"en": "Gift"}},
    ],
)
def test_what_says_nothing_sensible_is_refused(client: httpx.Client, shop: Shop, body: dict[str, Any]) -> None:
    shop.publish(POINT_PER_RIYAL)
    refused = order(client, **body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert shop.rows("SELECT * FROM award_batches") == []
