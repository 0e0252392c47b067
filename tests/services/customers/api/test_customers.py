import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis.settings import Settings
from kernel.ids import TenantId
from tests.support.calling import service_client

FATIMA = {
    "external_id": "C-1001",
    "name": "فاطمة الزهراء",
    "phone": "٠٥٠ ١٢٣ ٤٥٦٧",
    "email": "Fatima@Example.com",
    "card": "7700 1234",
    "birthday": "1990-04-23",
    "time_zone": "Asia/Riyadh",
    "metadata": {"size": "M"},
}


def create(client: httpx.Client, **wish: object) -> dict[str, Any]:
    made = client.post("/v1/customers", json=wish)
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    return body


def test_a_new_customer_is_answered_as_it_is_kept(client: httpx.Client) -> None:
    made = client.post("/v1/customers", json=FATIMA)
    customer = made.json()
    assert made.status_code == 201
    assert made.headers["etag"] == '"1"'
    assert made.headers["location"] == f"/v1/customers/{customer['id']}"
    assert customer.pop("created_at") == customer.pop("updated_at")
    assert customer == {
        "object": "customer",
        "id": customer["id"],
        "version": 1,
        "external_id": "C-1001",
        "name": "فاطمة الزهراء",
        "phone": "+966501234567",
        "email": "fatima@example.com",
        "card": "77001234",
        "birthday": "1990-04-23",
        "language": "ar",
        "time_zone": "Asia/Riyadh",
        "status": "active",
        "metadata": {"size": "M"},
    }


def test_times_are_in_utc_with_a_z(client: httpx.Client) -> None:
    assert create(client)["created_at"].endswith("Z")


def test_a_national_number_is_read_where_the_till_says(client: httpx.Client) -> None:
    assert create(client, phone="0501234567", country="AE")["phone"] == "+971501234567"
    assert create(client, phone="0501234567")["phone"] == "+966501234567"


@pytest.mark.parametrize(
    ("wish", "pointer", "code"),
    [
        ({"nickname": "x"}, "/nickname", "extra_forbidden"),
        ({"status": "blocked"}, "/status", "extra_forbidden"),
        ({"name": ""}, "/name", "string_too_short"),
        ({"name": "  "}, "/name", "string_too_short"),
        ({"name": "x" * 201}, "/name", "string_too_long"),
        ({"name": "a\u0000b"}, "/name", "string_pattern_mismatch"),
        ({"name": "a\nb"}, "/name", "string_pattern_mismatch"),
        ({"name": 7}, "/name", "string_type"),
        ({"language": "fr"}, "/language", "literal_error"),
        ({"language": None}, "/language", "literal_error"),
        ({"time_zone": "Asia/Atlantis"}, "/time_zone", "time_zone_unknown"),
        ({"country": "Saudi Arabia"}, "/country", "string_pattern_mismatch"),
        ({"birthday": "23.4.1990"}, "/birthday", "date_from_datetime_parsing"),
        ({"birthday": 0}, "/birthday", "date_type"),
        ({"metadata": {"k" * 41: "v"}}, f"/metadata/{'k' * 41}/[key]", "string_too_long"),
        ({"metadata": {"k": "v" * 501}}, "/metadata/k", "string_too_long"),
        ({"metadata": {"k": 1}}, "/metadata/k", "string_type"),
        ({"metadata": {str(n): "v" for n in range(51)}}, "/metadata", "too_long"),
        ({"consents": [{"purpose": "spam"}]}, "/consents/0/purpose", "literal_error"),
        (
            {"consents": [{"purpose": "service", "channel": "sms", "granted": "yes", "source": "till"}]},
            "/consents/0/granted",
            "bool_type",
        ),
    ],
)
def test_what_is_not_understood_is_pointed_at(
    client: httpx.Client, wish: dict[str, object], pointer: str, code: str
) -> None:
    refused = client.post("/v1/customers", json=wish)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "invalid_request")
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in problem["errors"]]


def test_fifty_notes_at_their_full_length_are_kept(client: httpx.Client) -> None:
    notes = {f"{n:040}": "ق" * 500 for n in range(50)}
    assert create(client, metadata=notes)["metadata"] == notes


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"phone": "12"}, "invalid_phone"),
        ({"email": "nobody"}, "invalid_email"),
        ({"card": "x"}, "invalid_card"),
        ({"birthday": "2999-01-01"}, "birthday_ahead"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_cannot_be_is_refused_in_the_readers_language(
    client: httpx.Client, wish: dict[str, str], code: str, language: str
) -> None:
    refused = client.post("/v1/customers", json=wish, headers={"accept-language": language})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["content-language"] == language
    assert any("ء" <= letter <= "ي" for letter in problem["detail"]) is (language == "ar")
    [sent] = wish.values()
    assert code == "birthday_ahead" or sent not in problem["detail"], "what was sent may be personal"


def test_a_customer_who_exists_is_named(client: httpx.Client) -> None:
    owner = create(client, **FATIMA)
    refused = client.post("/v1/customers", json={"phone": "+966501234567"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "customer_exists"
    assert refused.json()["params"] == {"field": "phone", "customer_id": owner["id"]}


def test_a_retry_with_its_key_is_the_same_customer(client: httpx.Client) -> None:
    first = client.post("/v1/customers", json=FATIMA, headers={"idempotency-key": "a"})
    again = client.post("/v1/customers", json=FATIMA, headers={"idempotency-key": "a"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.headers["etag"], again.headers["location"]) == (first.headers["etag"], first.headers["location"])
    other = client.post("/v1/customers", json={**FATIMA, "name": "x"}, headers={"idempotency-key": "a"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_many_retries_at_once_are_one_customer(client: httpx.Client) -> None:
    def send(_number: int) -> httpx.Response:
        return client.post("/v1/customers", json={"name": "سارة"}, headers={"idempotency-key": "a"})

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(client.get("/v1/customers").json()["data"]) == 1


def test_a_refused_request_does_not_use_up_its_key(client: httpx.Client) -> None:
    owner = create(client, phone="0501234567")
    wish, key = {"phone": "0501234567"}, {"idempotency-key": "a"}
    assert client.post("/v1/customers", json=wish, headers=key).status_code == 409
    freed = client.patch(f"/v1/customers/{owner['id']}", json={"phone": None}, headers={"if-match": "*"})
    assert freed.status_code == 200
    assert client.post("/v1/customers", json=wish, headers=key).status_code == 201


def test_reading_only_what_changed(client: httpx.Client) -> None:
    path = f"/v1/customers/{create(client, name='سارة')['id']}"
    read = client.get(path)
    assert (read.status_code, read.headers["etag"]) == (200, '"1"')
    unchanged = client.get(path, headers={"if-none-match": '"1"'})
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", '"1"')
    assert client.get(path, headers={"if-none-match": '"2"'}).status_code == 200


@pytest.mark.parametrize(
    ("customer_id", "status", "code"),
    [
        ("cus_01h455vb4pex5vsknk084sn02q", 404, "customer_not_found"),
        ("nobody", 404, "customer_not_found"),
        ("+966501234567", 404, "customer_not_found"),
        ("%00", 422, "unstorable_value"),
    ],
)
def test_nobody_is_missing(client: httpx.Client, customer_id: str, status: int, code: str) -> None:
    missing = client.get(f"/v1/customers/{customer_id}")
    assert (missing.status_code, missing.json()["code"]) == (status, code)


def test_changing_what_one_has_seen(client: httpx.Client) -> None:
    customer = create(client, **FATIMA)
    path = f"/v1/customers/{customer['id']}"
    changed = client.patch(path, json={"name": "فاطمة", "email": None, "metadata": None}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    body = changed.json()
    assert body["updated_at"] > body["created_at"]
    expected = {"name": "فاطمة", "email": None, "metadata": {}, "version": 2, "updated_at": body["updated_at"]}
    assert body == {**customer, **expected}
    assert client.get(path).json() == body


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "if_match_required"),
        ({"if-match": '"2"'}, 412, "version_stale"),
        ({"if-match": 'W/"1"'}, 412, "version_stale"),
        ({"if-match": "1"}, 412, "version_stale"),
    ],
)
def test_changing_what_one_has_not_seen(client: httpx.Client, headers: dict[str, str], status: int, code: str) -> None:
    customer = create(client, name="سارة")
    refused = client.patch(f"/v1/customers/{customer['id']}", json={"name": "نورة"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert client.get(f"/v1/customers/{customer['id']}").json() == customer


@pytest.mark.parametrize(
    "change", [{"status": None}, {"language": None}, {"status": "gone"}, {"version": 9}, {"id": "x"}]
)
def test_what_cannot_be_changed(client: httpx.Client, change: dict[str, object]) -> None:
    path = f"/v1/customers/{create(client)['id']}"
    refused = client.patch(path, json=change, headers={"if-match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


def test_blocking_and_letting_in_again(client: httpx.Client) -> None:
    path = f"/v1/customers/{create(client)['id']}"
    assert client.patch(path, json={"status": "blocked"}, headers={"if-match": "*"}).json()["status"] == "blocked"
    assert client.patch(path, json={"status": "active"}, headers={"if-match": "*"}).json()["status"] == "active"


def test_a_body_that_is_no_json(client: httpx.Client) -> None:
    refused = client.post("/v1/customers", content=b"{", headers={"content-type": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_body")


def test_a_body_that_is_too_large(client: httpx.Client) -> None:
    for key in ({}, {"idempotency-key": "a"}):
        refused = client.post("/v1/customers", json={"name": "x" * (1 << 20)}, headers=key)
        assert refused.status_code == 413


def test_the_list_goes_on_where_it_stopped(client: httpx.Client) -> None:
    ids = [create(client)["id"] for _ in range(5)]
    first = client.get("/v1/customers", params={"limit": 3}).json()
    assert (first["object"], first["has_more"]) == ("list", True)
    rest = client.get("/v1/customers", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [customer["id"] for customer in first["data"] + rest["data"]] == ids[::-1]
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)


@pytest.mark.parametrize("limit", ["0", "101", "x"])
def test_a_page_has_bounds(client: httpx.Client, limit: str) -> None:
    assert client.get("/v1/customers", params={"limit": limit}).status_code == 422


def test_a_cursor_belongs_to_its_list(
    app: FastAPI, client: httpx.Client, settings: Settings, other_tenant_id: TenantId
) -> None:
    for _ in range(2):
        create(client)
    cursor = client.get("/v1/customers", params={"limit": 1}).json()["next_cursor"]
    neighbour = service_client(app, settings, other_tenant_id)
    for answer in (
        client.get("/v1/customers", params={"cursor": cursor, "external_id": "x"}),
        client.get("/v1/customers", params={"cursor": "bm90IG91cnM="}),
        client.get("/v1/customers", params={"cursor": "é"}),
        neighbour.get("/v1/customers", params={"cursor": cursor}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_one_is_found_by_ones_own_id(client: httpx.Client) -> None:
    customer = create(client, external_id="C-1001")
    create(client, external_id="C-1002")
    assert client.get("/v1/customers", params={"external_id": "C-1001"}).json()["data"] == [customer]
    assert client.get("/v1/customers", params={"external_id": "C-1003"}).json()["data"] == []


def test_no_personal_data_in_logs(client: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    customer = create(client, **FATIMA)
    client.post("/v1/customers", json=FATIMA)
    client.post("/v1/customers/search", json={"phone": "0501234567"})
    client.post("/v1/customers/search", json={"name": "فاطمة"})
    client.get("/v1/customers/+966501234567")
    client.get("/v1/customers", params={"external_id": "C-1001"})
    client.patch(f"/v1/customers/{customer['id']}", json={"phone": "+966507654321"}, headers={"if-match": "*"})
    lines = capsys.readouterr().out
    assert customer["id"] in lines, "the pseudonym is what a line is found by"
    for secret in ("501234567", "507654321", "فاطمة", "fatima", "Fatima", "77001234", "1990-04-23", "C-1001"):
        assert secret not in lines


def test_the_description_is_complete(app: FastAPI) -> None:
    described = app.openapi()
    json.dumps(described)
    assert sorted(described["paths"]) == [
        "/v1/customers",
        "/v1/customers/search",
        "/v1/customers/{customer_id}",
        "/v1/customers/{customer_id}/consents",
    ]
    patch = described["paths"]["/v1/customers/{customer_id}"]["patch"]
    assert {"404", "409", "412", "422", "428", "401"} <= set(patch["responses"])
    assert [parameter["name"] for parameter in patch["parameters"]] == ["customer_id", "if-match", "Idempotency-Key"]
    for path in described["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                [(media_type, content)] = response["content"].items()
                assert media_type == ("application/json" if status < "400" else "application/problem+json")
                assert "$ref" in content["schema"]


def test_a_hundred_at_once_are_all_answered(client: httpx.Client) -> None:
    def answer(number: int) -> int:
        return client.post("/v1/customers", json={"external_id": f"C-{number}"}).status_code

    with ThreadPoolExecutor(100) as pool:
        assert list(pool.map(answer, range(100))) == [201] * 100
