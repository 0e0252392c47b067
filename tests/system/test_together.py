"""`wafa up --together`: a purchase, all that follows from it, and nothing lost when all apps are killed at once."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cli.environment import home_secrets
from cli.processes import SERVICES
from cli.status_file import read_status
from tests.support.waiting import eventually
from tests.system.running import System, first_purchase, running_system

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

PATIENCE_SECONDS = 120
SALES = 150


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of few processes."""
    with running_system(tmp_path_factory.mktemp("together"), "--together") as running:
        yield running


@pytest.fixture
def client(together: System) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {together.access['api_key']}"}
    with httpx.Client(base_url=together.access["gateway_url"], headers=headers, timeout=60) as client:
        yield client


def test_a_purchase_reaches_every_service(together: System, client: httpx.Client) -> None:
    purchase, balance = first_purchase(together)
    assert purchase["totals"] == {"subtotal": 375, "discount": 125, "due": 250}
    assert balance["available"] == 2
    # What follows is told by the workers; notifications asks customers for the address over HTTP.
    aisha = {"name": "Aisha", "language": "en", "email": "aisha@example.org"}
    made = post(client, "/v1/customers", "aisha", aisha).json()
    sell(client, "main-street-1", made["id"])
    eventually(lambda: client.get(f"/v1/customers/{made['id']}/stage").status_code == 200, PATIENCE_SECONDS, every=0.2)
    eventually(lambda: client.get(f"/v1/customers/{made['id']}/inbox").json()["data"], PATIENCE_SECONDS, every=0.2)


def test_what_runs_is_told(together: System, client: httpx.Client) -> None:
    status = read_status(together.home)
    assert status is not None
    assert {process.name for process in status.processes} == {
        *("nursery", "postgres", "broker", "mailbox", "prepare"),
        *("together", "together-worker", "first-shop"),
    }
    assert client.get("/readyz").json() == {"status": "ready", "services": dict.fromkeys(SERVICES, "ready")}
    assert "together-worker" in together.wafa("status").stdout
    assert '"service":"loyalty"' in together.wafa("logs", "together", "--lines", "1000").stdout


def test_a_service_s_port_is_its_own(together: System) -> None:
    ports = together.home.read("ports.json")
    path, token = "/v1/programs", home_secrets(together.home)["internal_token"]
    tenant = {"wafa-tenant": together.access["tenant_id"], "wafa-scopes": "programs:read"}
    trusted = {**tenant, "wafa-actor": "key_test", "wafa-livemode": "false", "wafa-internal-token": token}
    for name in SERVICES:
        asked = httpx.get(f"http://127.0.0.1:{ports[name]}{path}", headers=trusted, timeout=30)
        assert asked.status_code == (200 if name == "loyalty" else 404)
        assert "wafa_requests_total" in httpx.get(f"http://127.0.0.1:{ports[name]}/metrics", timeout=30).text
    # Who says so of themselves at the door is nobody.
    assert httpx.get(f"{together.access['gateway_url']}{path}", headers=trusted, timeout=30).status_code == 401


def test_no_acknowledged_purchase_is_lost_or_doubled(together: System, client: httpx.Client) -> None:
    customer = post(client, "/v1/customers", "omar", {"name": "Omar", "language": "ar"}).json()["id"]
    killing = threading.Timer(0.3, lambda: together.kill("together"))
    killing.start()
    sold = {f"crash-{number}": insist(client, f"crash-{number}", customer) for number in range(SALES)}
    killing.join()
    assert together.process("together").starts > 1
    assert len(set(sold.values())) == SALES
    for receipt, purchase_id in sold.items():
        found = client.get("/v1/purchases", params={"store_id": "main-street", "external_id": receipt})
        assert found.json()["id"] == purchase_id
    proof = together.wafa("verify", "--wait", str(PATIENCE_SECONDS))
    assert proof.returncode == 0, proof.stdout + proof.stderr


def insist(client: httpx.Client, receipt: str, customer_id: str) -> str:
    """Send a sale again and again, as a till would, until it is acknowledged; its id."""
    told: list[str] = []

    def acknowledged() -> bool:
        try:
            answer = sell(client, receipt, customer_id)
        except httpx.TransportError:
            return False
        assert answer.status_code in (201, 200, 502, 503), answer.text
        if answer.is_success:
            told.append(answer.json()["id"])
        return answer.is_success

    eventually(acknowledged, PATIENCE_SECONDS, every=0.1)
    return told[0]


def sell(client: httpx.Client, receipt: str, customer_id: str) -> httpx.Response:
    """A sale of three yogurts."""
    line = {"sku": "yogurt-peach", "name": "Yogurt", "categories": ["YOGURT"], "quantity": 3, "unit_price": 125}
    return post(
        client,
        "/v1/purchases",
        receipt,
        {
            "customer_id": customer_id,
            "store_id": "main-street",
            "till_id": "1",
            "external_id": receipt,
            "occurred_at": "2026-11-22T10:00:00Z",
            "currency": "USD",
            "lines": [line],
        },
    )


def post(client: httpx.Client, path: str, key: str, content: dict[str, Any]) -> httpx.Response:
    """Ask for something once, however often it is sent."""
    return client.post(path, json=content, headers={"idempotency-key": key})
