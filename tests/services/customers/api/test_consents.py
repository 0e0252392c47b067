import httpx
import pytest

SMS = {"purpose": "marketing", "channel": "sms", "granted": True, "source": "till", "wording": "أوافق"}


@pytest.fixture
def path(client: httpx.Client) -> str:
    """Where a new customer's consents are."""
    customer_id = client.post("/v1/customers", json={}).json()["id"]
    return f"/v1/customers/{customer_id}/consents"


def test_before_the_customer_has_spoken(client: httpx.Client, path: str) -> None:
    consents = client.get(path).json()
    assert (consents["object"], consents["history"]) == ("consents", [])
    assert [(one["purpose"], one["channel"], one["granted"]) for one in consents["current"]] == [
        ("service", "email", True),
        ("service", "sms", True),
        ("service", "whatsapp", True),
        ("service", "push", True),
        ("marketing", "email", False),
        ("marketing", "sms", False),
        ("marketing", "whatsapp", False),
        ("marketing", "push", False),
    ]
    assert {one["source"] for one in consents["current"]} == {None}


def test_what_was_said_holds_and_stays(client: httpx.Client, path: str) -> None:
    client.put(path, json=SMS)
    consents = client.put(path, json={**SMS, "granted": False, "source": "app", "wording": None}).json()
    [current] = [one for one in consents["current"] if (one["purpose"], one["channel"]) == ("marketing", "sms")]
    assert (current["granted"], current["source"], current["wording"]) == (False, "app", None)
    assert [(one["granted"], one["source"], one["wording"]) for one in consents["history"]] == [
        (False, "app", None),
        (True, "till", "أوافق"),
    ]
    assert client.get(path).json() == consents


def test_a_put_twice_is_one(client: httpx.Client, path: str) -> None:
    assert client.put(path, json=SMS).json() == client.put(path, json=SMS).json()


def test_consents_given_at_the_start_are_there(client: httpx.Client) -> None:
    customer_id = client.post("/v1/customers", json={"consents": [SMS]}).json()["id"]
    [said] = client.get(f"/v1/customers/{customer_id}/consents").json()["history"]
    assert (said["purpose"], said["channel"], said["granted"]) == ("marketing", "sms", True)


@pytest.mark.parametrize("field", ["purpose", "channel", "granted", "source"])
def test_nothing_is_guessed(client: httpx.Client, path: str, field: str) -> None:
    refused = client.put(path, json={name: value for name, value in SMS.items() if name != field})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{field}")


def test_nobody_consents(client: httpx.Client) -> None:
    path = "/v1/customers/cus_01h455vb4pex5vsknk084sn02q/consents"
    for answer in (client.get(path), client.put(path, json=SMS)):
        assert (answer.status_code, answer.json()["code"]) == (404, "customer_not_found")
