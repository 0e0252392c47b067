"""Activities in bulk: each answered by itself, in order, and safe to send again. Source: docs/rules/activity.md."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from services.loyalty.api.activity_batches import BATCH_BYTES_MAX, BATCH_MAX
from tests.services.loyalty.api.test_activities import REVIEW, told
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.shop import Shop

ONCE_A_DAY = {**REVIEW, "limits": [{"at_most": 1, "per": "day"}]}


def send(client: httpx.Client, *activities: Any) -> list[dict[str, Any]]:
    answer = client.post("/v1/activities/batch", json={"activities": activities})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def test_each_is_answered_by_itself_and_in_order(client: httpx.Client, shop: Shop) -> None:
    shop.publish(REVIEW)
    ana, blocked = shop.customer(), shop.customer(status="blocked")
    first = told(ana, "A", stars=5)
    activities = [
        first,
        told("cus_nobody", "B", stars=5),
        told(ana, "A", stars=4),
        told(ana, "C", stars=4.5),
        first,
        told(blocked, "D", stars=5),
        {"nonsense": 10**30},
        told(ana, "E", stars=1),
    ]
    results = send(client, *activities)
    assert [result["status"] for result in results] == [201, 422, 409, 422, 200, 409, 422, 201]
    assert [result["problem"]["code"] if "problem" in result else None for result in results] == [
        None,
        "customer_unknown",
        "activity_conflict",
        "invalid_request",
        None,
        "customer_blocked",
        "invalid_request",
        None,
    ]
    assert results[4]["activity"] == results[0]["activity"]
    assert results[0]["activity"] == client.get(f"/v1/activities/{results[0]['activity']['id']}").json()
    assert results[7]["activity"]["misses"][0]["short_by"] == 3
    assert shop.points(ana) == (20, 20)
    again = send(client, *activities)
    assert [result["status"] for result in again] == [200, 422, 409, 422, 200, 409, 422, 200]
    assert shop.points(ana) == (20, 20)
    assert shop.breaches() == []


def test_the_order_sent_decides_what_a_limit_leaves(client: httpx.Client, call: Client, shop: Shop) -> None:
    shop.publish(ONCE_A_DAY)
    ana, omar = shop.customer(), shop.customer()
    results = send(
        call(shop.tenant_id, language="ar"), told(ana, "A", stars=5), told(omar, "B", stars=5), told(ana, "C", stars=5)
    )
    assert [len(result["activity"]["effects"]) for result in results] == [1, 1, 0]
    assert [miss["condition"] for miss in results[2]["activity"]["misses"]] == ["limit"]
    assert [shop.points(ana), shop.points(omar)] == [(20, 20), (20, 20)]


def test_two_that_send_the_same_give_it_once(client: httpx.Client, shop: Shop) -> None:
    shop.publish(REVIEW)
    people = [shop.customer() for _each in range(3)]
    batch = [told(customer_id, f"{customer_id}-{number}", stars=5) for number in range(5) for customer_id in people]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda activities: send(client, *activities), (batch, batch[::-1])))
    statuses = [[result["status"] for result in both[0]], [result["status"] for result in both[1]][::-1]]
    assert [sorted(pair) for pair in zip(*statuses, strict=True)] == [[200, 201]] * len(batch)
    assert [shop.points(customer_id) for customer_id in people] == [(100, 100)] * 3
    assert shop.breaches() == []


def test_another_tenants_customer_is_unknown(client: httpx.Client, shop: Shop, other_shop: Shop) -> None:
    shop.publish(REVIEW)
    (result,) = send(client, told(other_shop.customer(), stars=5))
    assert (result["status"], result["problem"]["code"]) == (422, "customer_unknown")


@pytest.mark.parametrize("count", [0, BATCH_MAX + 1])
def test_a_batch_has_one_activity_at_least_and_not_too_many(client: httpx.Client, count: int) -> None:
    refused = client.post("/v1/activities/batch", json={"activities": [{}] * count})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


def test_a_body_has_an_end(client: httpx.Client) -> None:
    assert client.post("/v1/activities/batch", content=b" " * (BATCH_BYTES_MAX + 1)).status_code == 413
