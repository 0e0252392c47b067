"""Many at once, on the application as it runs: what is there once goes to one."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.app import CONNECTIONS_MAX
from kernel.ids import new_id
from services.loyalty.app import create_app
from services.loyalty.settings import LoyaltySettings
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop
from tests.support.calling import service_client


def order(customer_id: str | None, external_id: str) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "store_id": "riyadh-1",
        "external_id": external_id,
        "occurred_at": "2036-03-02T09:00:00Z",
        "currency": "SAR",
        "lines": [line()],
    }


def at_once(many: int, ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """So many calls, each in a thread of its own."""
    with ThreadPoolExecutor(many) as doors:
        return list(doors.map(ask, range(many)))


@pytest.fixture
def second_client(shop: Shop, settings: Settings) -> Iterator[httpx.Client]:
    """Another process of the service: an application, a pool and a till of its own on the same database."""
    app: FastAPI = create_app(LoyaltySettings(**settings.model_dump(exclude={"port"})))
    app.state.database = Database(settings, "loyalty", pool_size=CONNECTIONS_MAX, name=shop.database.name)
    yield service_client(app, settings, shop.tenant_id)
    app.state.database.dispose()
    app.state.customers.close()


def test_a_balance_for_one_reward_gives_one(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 50)
    wish = {"customer_id": ana, "reward_id": shop.offer(50)}
    answers = at_once(
        30, lambda _n: client.post("/v1/redemptions", json=wish, headers={"idempotency-key": new_id("req")})
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 29}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"insufficient_points"}
    assert shop.points(ana) == (0, 0)
    assert shop.rows("SELECT count(*) FROM vouchers") == [{"count": 1}]


@pytest.mark.parametrize(
    ("offer", "refusal"),
    [
        pytest.param({"stock": 10}, "reward_sold_out", id="a stock"),
        pytest.param(
            {"limits": [{"at_most": 10, "of": "everyone", "per": "day"}]}, "reward_limit_reached", id="a limit"
        ),
    ],
)
def test_pain_05_200_at_once_for_ten_of_a_reward_give_ten(
    client: httpx.Client, second_client: httpx.Client, shop: Shop, offer: dict[str, Any], refusal: str
) -> None:
    """The 190 others are refused clearly, keep their points, and have no voucher."""
    people = [shop.customer() for _number in range(200)]
    for each in people:
        shop.adjust(each, 50)
    reward_id = shop.offer(50, **offer)
    both = (client, second_client)

    def ask(n: int) -> httpx.Response:
        wish = {"customer_id": people[n], "reward_id": reward_id}
        return both[n % 2].post("/v1/redemptions", json=wish, headers={"idempotency-key": f"K-{n}"})

    answers = at_once(200, ask)
    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 190}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {refusal}
    assert shop.rows("SELECT count(*) FROM vouchers") == [{"count": 10}]
    assert shop.rows("SELECT count(*) FROM wallets WHERE balance = 0") == [{"count": 10}]
    assert shop.rows("SELECT count(*) FROM wallets WHERE balance = 50") == [{"count": 190}]


def test_pain_05_200_at_once_by_one_customer_who_may_take_ten_give_ten(
    client: httpx.Client, second_client: httpx.Client, shop: Shop
) -> None:
    ana = shop.customer()
    shop.adjust(ana, 2000)
    wish = {"customer_id": ana, "reward_id": shop.offer(10, limits=[{"at_most": 10}])}
    both = (client, second_client)
    answers = at_once(
        200,
        lambda n: both[n % 2].post("/v1/redemptions", json=wish, headers={"idempotency-key": f"K-{n}"}),
    )
    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 190}
    assert shop.points(ana) == (1900, 1900)


def test_one_key_from_many_threads_redeems_once(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 500)
    wish = {"customer_id": ana, "reward_id": shop.offer(50)}
    key = {"idempotency-key": "K-1"}
    answers = at_once(10, lambda _n: client.post("/v1/redemptions", json=wish, headers=key))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 9
    assert shop.points(ana) == (450, 450)


def test_the_same_purchase_many_times_is_one(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    answers = at_once(20, lambda _n: client.post("/v1/purchases", json=order(ana, "R-1")))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len({answer.text for answer in answers}) == 1
    assert shop.points(ana) == (10, 10)


@pytest.mark.parametrize("known", [True, False], ids=["a customer's", "a walk-in's"])
def test_the_same_receipt_at_two_processes_is_one_purchase(
    client: httpx.Client, second_client: httpx.Client, shop: Shop, known: bool
) -> None:
    """A customer's sales wait for each other's lock; a walk-in's meet only at the receipt's unique key."""
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer() if known else None
    both = (client, second_client)
    answers = at_once(24, lambda n: both[n % 2].post("/v1/purchases", json=order(ana, f"R-{n // 8}")))
    assert Counter(answer.status_code for answer in answers) == {201: 3, 200: 21}
    assert len({answer.text for answer in answers}) == 3
    assert shop.rows("SELECT count(*) FROM purchases") == [{"count": 3}]
    if ana:
        assert shop.points(ana) == (30, 30)


def test_batches_of_the_same_receipts_in_opposite_order_do_not_lock_each_other_out(
    client: httpx.Client, second_client: httpx.Client, shop: Shop
) -> None:
    shop.publish(POINT_PER_RIYAL)
    people = [shop.customer(), None, shop.customer(), None]
    orders = [order(people[n % 4], f"R-{n}") for n in range(12)]
    both = (client, second_client)
    answers = at_once(
        6,
        lambda n: both[n % 2].post("/v1/purchases/batch", json={"purchases": orders if n % 2 else orders[::-1]}),
    )
    assert {answer.status_code for answer in answers} == {200}
    statuses = Counter(result["status"] for answer in answers for result in answer.json()["results"])
    assert statuses == {201: 12, 200: 60}
    assert [shop.points(ana) for ana in people if ana] == [(30, 30), (30, 30)]


def test_different_contents_under_one_receipt_have_one_winner(
    client: httpx.Client, second_client: httpx.Client, shop: Shop
) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    both = (client, second_client)
    answers = at_once(
        8,
        lambda n: both[n % 2].post("/v1/purchases", json={**order(ana, "R-1"), "lines": [line("COFFEE", 1, 1000 + n)]}),
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert shop.points(ana) == (10, 10)


def test_purchases_and_redemptions_of_one_customer_never_spend_what_is_not_there(
    call: Client, client: httpx.Client, second_client: httpx.Client, shop: Shop
) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    wish = {"customer_id": ana, "reward_id": shop.offer(10)}
    both = (client, second_client)

    def ask(n: int) -> httpx.Response:
        if n % 2:
            return both[n % 4 // 2].post("/v1/purchases", json=order(ana, f"R-{n}"))
        return both[n % 4 // 2].post("/v1/redemptions", json=wish, headers={"idempotency-key": f"K-{n}"})

    answers = at_once(20, ask)
    bought, taken = answers[1::2], answers[::2]
    assert {answer.status_code for answer in bought} == {201}
    assert {answer.status_code for answer in taken} <= {201, 422}
    left = 100 - 10 * sum(answer.status_code == 201 for answer in taken)
    assert shop.points(ana) == (left, left)


@pytest.mark.parametrize(
    ("limits", "of_one_customer"),
    [
        pytest.param({"uses_per_code": 10}, False, id="a code"),
        pytest.param({"uses_in_total": 10}, False, id="a campaign"),
        pytest.param({"uses_per_customer": 10}, True, id="a customer"),
    ],
)
def test_pain_05_200_at_once_with_a_coupon_for_ten_give_ten(
    client: httpx.Client, second_client: httpx.Client, shop: Shop, limits: dict[str, int], of_one_customer: bool
) -> None:
    """The 190 others are sold at the full price, and told why."""
    eid = CouponCampaign(shop, "EID", "EID-2", **limits)
    codes = ["EID"] if "uses_per_code" in limits else ["EID", "EID-2"]
    ana = shop.customer() if of_one_customer else None
    both = (client, second_client)

    def ask(n: int) -> httpx.Response:
        return both[n % 2].post("/v1/purchases", json={**order(ana, f"R-{n}"), "codes": [codes[n % len(codes)]]})

    answers = at_once(200, ask)
    assert Counter(answer.status_code for answer in answers) == {201: 200}
    assert Counter(answer.json()["totals"]["discount"] for answer in answers) == {200: 10, 0: 190}
    refused = Counter(miss["condition"] for answer in answers for miss in answer.json()["misses"] if miss["code"])
    assert refused == {"coupon_used_by_customer" if of_one_customer else "coupon_used_up": 190}
    assert len(eid.uses()) == 10


def test_uses_and_returns_at_once_leave_what_the_sales_say(
    client: httpx.Client, second_client: httpx.Client, shop: Shop
) -> None:
    """In every order of locks: nobody waits for ever, and the proof at the end finds nothing."""
    eid = CouponCampaign(shop, "EID", "EID-2", uses_per_code=8, uses_per_customer=3, uses_in_total=12)
    people = [shop.customer() for _number in range(4)]
    both = (client, second_client)

    def ask(n: int) -> httpx.Response:
        codes = ["EID", "EID-2"][:: 1 if n % 2 else -1]
        sold = both[n % 2].post("/v1/purchases", json={**order(people[n % 4], f"R-{n}"), "codes": codes})
        assert sold.status_code == 201
        if n % 3:
            return sold
        path = f"/v1/purchases/{sold.json()['id']}/void"
        return both[n % 2].post(path, json={"reason": "test"}, headers={"idempotency-key": f"V-{n}"})

    answers = at_once(60, ask)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len(eid.uses()) <= 12
