from typing import Any

import httpx
import pytest


def create(client: httpx.Client, **wish: object) -> dict[str, Any]:
    customer: dict[str, Any] = client.post("/v1/customers", json=wish).raise_for_status().json()
    return customer


@pytest.mark.parametrize(
    "search",
    [
        {"phone": "٠٥٠١٢٣٤٥٦٧"},
        {"phone": "+966 50 123 4567"},
        {"phone": "0501234567", "country": "SA"},
        {"email": "FATIMA@example.com"},
        {"card": "7700-1234"},
        {"external_id": "C-1001"},
        {"name": "فاطمه الز"},
    ],
)
def test_one_customer_by_everything_that_is_known(client: httpx.Client, search: dict[str, str]) -> None:
    fatima = create(
        client,
        name="فاطمة الزهراء",
        phone="0501234567",
        email="fatima@example.com",
        card="77001234",
        external_id="C-1001",
    )
    create(client, name="سارة", phone="0507654321", email="sara@example.com", card="77004321", external_id="C-1002")
    found = client.post("/v1/customers/search", json=search)
    assert found.status_code == 200
    assert found.json() == {"object": "list", "data": [fatima], "next_cursor": None, "has_more": False}


@pytest.mark.parametrize(
    "search", [{"phone": "0501234567", "country": "AE"}, {"external_id": "c-1001"}, {"name": "زيد"}]
)
def test_nobody(client: httpx.Client, search: dict[str, str]) -> None:
    create(client, name="فاطمة", phone="+966501234567", external_id="C-1001")
    assert client.post("/v1/customers/search", json=search).json()["data"] == []


@pytest.mark.parametrize("search", [{}, {"country": "SA"}, {"name": "سارة", "phone": "0501234567"}, {"name": None}])
def test_exactly_one_thing_is_searched_for(client: httpx.Client, search: dict[str, str]) -> None:
    refused = client.post("/v1/customers/search", json=search)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "one_criterion")


@pytest.mark.parametrize(
    ("search", "code"),
    [({"phone": "12"}, "invalid_phone"), ({"email": "x"}, "invalid_email"), ({"card": "x"}, "invalid_card")],
)
def test_what_cannot_be_anybodys_is_refused(client: httpx.Client, search: dict[str, str], code: str) -> None:
    refused = client.post("/v1/customers/search", json=search)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_pages_of_a_name(client: httpx.Client) -> None:
    exact = [create(client, name=f"محمد {n}")["id"] for n in ("علي", "سعد")]
    longer = create(client, name="محمدين")["id"]
    near = create(client, name="محمود")["id"]
    seen: list[str] = []
    search: dict[str, object] = {"name": "محمد", "limit": 1}
    for _ in range(4):
        page = client.post("/v1/customers/search", json=search).json()
        seen += [customer["id"] for customer in page["data"]]
        search["cursor"] = page["next_cursor"]
    assert seen == [*exact, longer, near]
    assert search["cursor"] is None


def test_a_cursor_belongs_to_its_search(client: httpx.Client) -> None:
    for name in ("محمد علي", "محمد سعد"):
        create(client, name=name)
    cursor = client.post("/v1/customers/search", json={"name": "محمد", "limit": 1}).json()["next_cursor"]
    refused = client.post("/v1/customers/search", json={"name": "علي", "limit": 1, "cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor")
