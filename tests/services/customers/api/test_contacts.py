from datetime import datetime

import httpx
import pytest

NOBODY = "cus_01h455vb4pex5vsknk084sn02q"


@pytest.fixture
def customer_id(client: httpx.Client) -> str:
    """A customer with a phone and no e-mail address."""
    wish = {"name": "سارة", "phone": "0501234567", "time_zone": "Asia/Riyadh"}
    return str(client.post("/v1/customers", json=wish).json()["id"])


def test_facts_hold_nothing_personal(client: httpx.Client, customer_id: str) -> None:
    facts = {"id": customer_id, "version": 1, "language": "ar", "status": "active", "birthday_month_day": None}
    answer = client.get(f"/internal/customers/{customer_id}").json()
    assert {name: value for name, value in answer.items() if name != "joined_at"} == facts
    joined_at = client.get(f"/v1/customers/{customer_id}").json()["created_at"]
    assert datetime.fromisoformat(answer["joined_at"]) == datetime.fromisoformat(joined_at)


def test_of_a_birthday_only_month_and_day_are_told(client: httpx.Client, customer_id: str) -> None:
    client.patch(
        f"/v1/customers/{customer_id}", json={"birthday": "1990-02-28"}, headers={"if-match": "*"}
    ).raise_for_status()
    assert client.get(f"/internal/customers/{customer_id}").json()["birthday_month_day"] == "02-28"


@pytest.mark.parametrize(
    ("purpose", "channel", "answer"),
    [
        ("service", "sms", {"reason": None, "address": "+966501234567", "name": "سارة"}),
        ("service", "email", {"reason": "no_address", "address": None, "name": None}),
        ("marketing", "sms", {"reason": "forbidden", "address": None, "name": None}),
    ],
)
def test_contact(client: httpx.Client, customer_id: str, purpose: str, channel: str, answer: dict[str, object]) -> None:
    asked = {"purpose": purpose, "channel": channel}
    answered = client.get("/internal/contacts", params={**asked, "customer_id": [customer_id, NOBODY]}).json()
    assert answered == {"contacts": {customer_id: {**answer, "language": "ar", "time_zone": "Asia/Riyadh"}}}


def test_who_said_no_is_not_written_to(client: httpx.Client, customer_id: str) -> None:
    said = {"purpose": "service", "channel": "sms", "source": "app"}
    for granted, reason in ((False, "forbidden"), (True, None), (False, "forbidden")):
        client.put(f"/v1/customers/{customer_id}/consents", json={**said, "granted": granted}).raise_for_status()
        asked = {"customer_id": customer_id, "purpose": "service", "channel": "sms"}
        contacts = client.get("/internal/contacts", params=asked).json()["contacts"]
        assert contacts[customer_id]["reason"] == reason


def test_nobody_has_no_facts(client: httpx.Client) -> None:
    answer = client.get(f"/internal/customers/{NOBODY}")
    assert (answer.status_code, answer.json()["code"]) == (404, "customer_not_found")
