import httpx
import pytest


@pytest.fixture
def customer_id(client: httpx.Client) -> str:
    """A customer with a phone and no e-mail address."""
    wish = {"name": "سارة", "phone": "0501234567", "time_zone": "Asia/Riyadh"}
    return str(client.post("/v1/customers", json=wish).json()["id"])


def test_facts_hold_nothing_personal(client: httpx.Client, customer_id: str) -> None:
    facts = {"id": customer_id, "version": 1, "language": "ar", "status": "active"}
    assert client.get(f"/internal/customers/{customer_id}").json() == facts


@pytest.mark.parametrize(
    ("purpose", "channel", "answer"),
    [
        ("service", "sms", {"allowed": True, "reason": None, "address": "+966501234567", "name": "سارة"}),
        ("service", "email", {"allowed": False, "reason": "no_address", "address": None, "name": None}),
        ("marketing", "sms", {"allowed": False, "reason": "forbidden", "address": None, "name": None}),
    ],
)
def test_contact(client: httpx.Client, customer_id: str, purpose: str, channel: str, answer: dict[str, object]) -> None:
    asked = {"purpose": purpose, "channel": channel}
    contact = client.get(f"/internal/customers/{customer_id}/contact", params=asked).json()
    assert contact == {**answer, "language": "ar", "time_zone": "Asia/Riyadh"}


def test_nobody_has_neither(client: httpx.Client) -> None:
    path = "/internal/customers/cus_01h455vb4pex5vsknk084sn02q"
    for answer in (client.get(path), client.get(f"{path}/contact?purpose=service&channel=sms")):
        assert (answer.status_code, answer.json()["code"]) == (404, "customer_not_found")
