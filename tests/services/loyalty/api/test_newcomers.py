"""A customer whose first purchase is faster than the event that tells of them: loyalty asks once, and only for ids."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from chassis.settings import Settings
from chassis.web.app import CONNECTIONS_MAX
from kernel.ids import CustomerId, TenantId, new_id
from services.customers.app import create_app as create_customers_app
from services.customers.settings import CustomersSettings
from tests.services.loyalty.domain.build import NAME, line
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop
from tests.support.calling import AppTransport, service_client
from tests.support.databases import FreshDatabases


class Neighbours(httpx.BaseTransport):
    """The customers service, and what it was asked."""

    def __init__(self, app: FastAPI) -> None:
        self.transport = AppTransport(app)
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.raw_path.decode())
        return self.transport.handle_request(request)


@pytest.fixture(scope="module")
def customers_app(settings: Settings) -> Iterator[FastAPI]:
    """The real customers service."""
    app = create_customers_app(CustomersSettings.model_validate(settings.model_dump(exclude={"port"})))
    fresh = FreshDatabases(settings)
    app.state.database = fresh("customers")
    yield app
    fresh.drop()


@pytest.fixture
def customers(app: FastAPI, customers_app: FastAPI) -> Iterator[Neighbours]:
    """Loyalty's line to it."""
    neighbours = Neighbours(customers_app)
    client = app.state.customers._client
    app.state.customers._client = httpx.Client(transport=neighbours, base_url="http://customers")
    yield neighbours
    app.state.customers._client = client


def created(customers_app: FastAPI, settings: Settings, tenant_id: TenantId, **facts: str) -> CustomerId:
    """A customer of whom loyalty has not heard."""
    answer = service_client(customers_app, settings, tenant_id).post("/v1/customers", json=facts)
    return CustomerId(answer.json()["id"])


def order(customer_id: str) -> dict[str, object]:
    return {
        "customer_id": customer_id,
        "store_id": "riyadh-1",
        "external_id": new_id("req"),
        "occurred_at": "2036-03-02T09:00:00Z",
        "currency": "SAR",
        "lines": [line()],
    }


def test_the_first_purchase_of_a_newcomer_earns(
    client: httpx.Client, customers: Neighbours, customers_app: FastAPI, settings: Settings, shop: Shop
) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = created(customers_app, settings, shop.tenant_id, language="en")
    assert client.post("/v1/purchases", json=order(ana)).json()["balance_after"] == 10
    assert client.post("/v1/purchases", json=order(ana)).json()["balance_after"] == 20
    assert customers.asked == [f"/internal/customers/{ana}"]
    assert shop.rows("SELECT customer_id, language, status FROM customers") == [
        {"customer_id": ana, "language": "en", "status": "active"}
    ]


def test_newcomers_in_a_batch_are_asked_for_once(
    client: httpx.Client, customers: Neighbours, customers_app: FastAPI, settings: Settings, shop: Shop
) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = created(customers_app, settings, shop.tenant_id)
    nobody = new_id("cus")
    batch = [order(ana), order(nobody), order(ana), order(shop.customer())]
    results = client.post("/v1/purchases/batch", json={"purchases": batch}).json()["results"]
    assert [result["status"] for result in results] == [201, 422, 201, 201]
    assert sorted(customers.asked) == sorted([f"/internal/customers/{ana}", f"/internal/customers/{nobody}"])


def test_a_newcomers_balance_is_empty_and_not_unknown(
    client: httpx.Client, customers: Neighbours, customers_app: FastAPI, settings: Settings, shop: Shop
) -> None:
    ana = created(customers_app, settings, shop.tenant_id)
    assert client.get(f"/v1/customers/{ana}/balance").json()["balance"] == 0
    assert client.get(f"/v1/customers/{ana}/balance").status_code == 200
    assert len(customers.asked) == 1


def test_another_tenants_customer_is_nobody(
    client: httpx.Client,
    customers: Neighbours,
    customers_app: FastAPI,
    settings: Settings,
    other_tenant_id: TenantId,
) -> None:
    theirs = created(customers_app, settings, other_tenant_id)
    assert client.get(f"/v1/customers/{theirs}/balance").status_code == 404
    assert client.post("/v1/purchases", json=order(theirs)).json()["code"] == "customer_unknown"


@pytest.mark.parametrize("suffix", ["?x=1", "/../../contacts?channel=email", "#", "/../../livez", "\n", " "])
def test_what_is_no_id_is_never_asked_for(
    client: httpx.Client,
    customers: Neighbours,
    customers_app: FastAPI,
    settings: Settings,
    shop: Shop,
    suffix: str,
) -> None:
    ana = created(customers_app, settings, shop.tenant_id, email="ana@example.com")
    refused = client.post("/v1/purchases", json=order(ana + suffix))
    assert refused.status_code == 422
    assert client.get(f"/v1/customers/{quote(ana + suffix, safe='')}/balance").status_code == 404
    assert customers.asked == []


def test_while_the_customers_service_is_away_nobody_new_is_known(client: httpx.Client, shop: Shop) -> None:
    nobody = new_id("cus")
    assert client.post("/v1/purchases", json=order(nobody)).json()["code"] == "customer_unknown"
    assert client.get(f"/v1/customers/{nobody}/balance").status_code == 404
    assert client.post("/v1/purchases", json=order(shop.customer())).status_code == 201


@pytest.mark.timeout(60)
def test_many_newcomers_at_once_do_not_wait_for_each_other(
    client: httpx.Client, customers: Neighbours, customers_app: FastAPI, settings: Settings, shop: Shop
) -> None:
    """Each request has one connection and asks for no second: there are no more than these."""
    people = [created(customers_app, settings, shop.tenant_id) for _number in range(2 * CONNECTIONS_MAX)]
    with ThreadPoolExecutor(len(people)) as phones:
        statuses = list(phones.map(lambda ana: client.get(f"/v1/customers/{ana}/balance").status_code, people))
    assert statuses == [200] * len(people)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/adjustments", {"customer_id": "{new}", "amount": 50, "reason": "welcome"}),
        ("/pools", {"owner_id": "{new}", "customer_ids": ["{known}"]}),
        ("/pools", {"owner_id": "{known}", "customer_ids": ["{new}"]}),
        ("/referrals", {"customer_id": "{new}", "code": "{code}"}),
        ("/transfers", {"from_customer_id": "{known}", "to_customer_id": "{new}", "amount": 5, "reason": "gift"}),
        ("/wallet_merges", {"from_customer_id": "{known}", "into_customer_id": "{new}", "reason": "twice"}),
    ],
)
def test_whoever_is_named_may_be_a_newcomer(
    client: httpx.Client,
    customers: Neighbours,
    customers_app: FastAPI,
    settings: Settings,
    shop: Shop,
    path: str,
    body: dict[str, object],
) -> None:
    """A shop's system registers somebody, and goes on at once."""
    shop.publish(POINT_PER_RIYAL, referral={"name": NAME, "advocate": {"points": 500}})
    known, new = shop.customer(), created(customers_app, settings, shop.tenant_id)
    shop.sell(known)
    code = client.get(f"/v1/customers/{known}/referral_code").json()["code"]
    text = json.dumps(body).replace("{new}", new).replace("{known}", known).replace("{code}", code)
    answer = client.post(
        f"/v1{path}", content=text, headers={"idempotency-key": "k", "content-type": "application/json"}
    )
    assert answer.status_code == 201, answer.text
    assert customers.asked == [f"/internal/customers/{new}"]


def test_plays_and_draw_entries_for_a_newcomer(
    client: httpx.Client, customers: Neighbours, customers_app: FastAPI, settings: Settings, shop: Shop
) -> None:
    ana, bob = (created(customers_app, settings, shop.tenant_id) for _ in range(2))
    win, draw = InstantWins(shop).create(), Draws(shop).create()
    given = client.post(
        f"/v1/instant_wins/{win}/plays",
        json={"customer_id": ana, "plays": 1, "reason": "asked"},
        headers={"idempotency-key": "1"},
    )
    entered = client.post(
        f"/v1/draws/{draw}/entries",
        json={"customer_id": bob, "entries": 1, "reason": "asked"},
        headers={"idempotency-key": "2"},
    )
    assert (given.status_code, entered.status_code) == (201, 201), (given.text, entered.text)
