"""One description from many: public paths only, no two meanings for a name, every refusal told."""

from typing import Any

import jsonschema
import pytest

from gateway.openapi import joined_description

GET: dict[str, Any] = {"operationId": "get", "responses": {"200": {"description": "ok"}}}


def document(paths: dict[str, Any], **schemas: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {}, "paths": paths, "components": {"schemas": schemas}}


def operation(schema: str, operation_id: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"operationId": operation_id, "responses": {"200": {"description": "ok", "content": content}}}


def joined(**services: dict[str, Any]) -> dict[str, Any]:
    own = document({"/v1/tenant": {"get": operation("Problem", "tenant")}}, Problem={"type": "object"})
    return joined_description(own, services, dict.fromkeys(services, "current"))


def test_only_what_is_routed_to_the_service_is_described() -> None:
    paths = {
        "/v1/rewards": {"get": GET},
        "/v1/customers/{customer_id}/balance": {"get": GET},
        "/v1/customers": {"get": GET},
        "/internal/customers/{id}": {"get": GET},
        "/livez": {"get": GET},
    }
    described = joined(loyalty=document(paths))["paths"]
    assert set(described) == {"/v1/tenant", "/v1/rewards", "/v1/customers/{customer_id}/balance"}


def test_internal_headers_and_unused_components_stay_inside() -> None:
    parameters = [
        {"in": "header", "name": "Wafa-Tenant"},
        {"in": "header", "name": "Idempotency-Key"},
    ]
    paths = {
        "/v1/rewards": {"get": {**GET, "parameters": parameters}},
        "/internal/x": {"get": operation("Secret", "x")},
    }
    whole = joined(loyalty=document(paths, Secret={"type": "object"}))
    assert [one["name"] for one in whole["paths"]["/v1/rewards"]["get"]["parameters"]] == ["Idempotency-Key"]
    assert set(whole["components"]["schemas"]) == {"Problem"}


def test_a_name_with_two_meanings_is_told_apart_with_all_that_uses_it() -> None:
    nested = {"type": "object", "properties": {"money": {"$ref": "#/components/schemas/Money"}}}
    customers = document(
        {"/v1/customers": {"get": operation("Basket", "list")}}, Basket=nested, Money={"type": "integer"}
    )
    loyalty = document({"/v1/rewards": {"get": operation("Basket", "list")}}, Basket=nested, Money={"type": "string"})
    whole = joined(customers=customers, loyalty=loyalty)
    schemas = whole["components"]["schemas"]
    assert schemas["Money"] == {"type": "integer"}
    assert schemas["LoyaltyMoney"] == {"type": "string"}
    assert schemas["LoyaltyBasket"]["properties"]["money"]["$ref"] == "#/components/schemas/LoyaltyMoney"
    answer = whole["paths"]["/v1/rewards"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/LoyaltyBasket"
    ids = [item["get"]["operationId"] for item in whole["paths"].values()]
    assert len(set(ids)) == 3


def test_a_name_with_one_meaning_is_shared() -> None:
    same = document({"/v1/rewards": {"get": operation("Problem", "list")}}, Problem={"type": "object"})
    assert set(joined(loyalty=same)["components"]["schemas"]) == {"Problem"}


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (False, {"200", "401", "431", "502", "503", "504"}),
        (True, {"200", "401", "408", "413", "431", "502", "503", "504"}),
    ],
)
def test_every_operation_tells_what_the_door_refuses(*, body: bool, statuses: set[str]) -> None:
    own = {**GET, **({"requestBody": {"content": {}}} if body else {})}
    responses = joined(loyalty=document({"/v1/rewards": {"get": own}}))["paths"]["/v1/rewards"]["get"]["responses"]
    assert set(responses) == statuses
    problem = responses["504"]["content"]["application/problem+json"]
    assert problem["examples"]["service_too_slow"]["value"]["status"] == 504


def test_what_the_service_says_of_a_status_stays() -> None:
    said = {
        "503": {
            "description": "Closed on Fridays",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    paths = {"/v1/rewards": {"get": {"operationId": "x", "responses": said}}}
    response = joined(loyalty=document(paths, Problem={"type": "object"}))["paths"]["/v1/rewards"]["get"]["responses"]
    assert response["503"]["description"] == "Closed on Fridays"
    assert "service_unavailable" in response["503"]["content"]["application/problem+json"]["examples"]


def test_discriminators_follow_their_components() -> None:
    def effects(inner: str) -> dict[str, Any]:
        reference = "#/components/schemas/Discount"
        return {
            "Effect": {
                "oneOf": [{"$ref": reference}],
                "discriminator": {"propertyName": "kind", "mapping": {"discount": reference}},
            },
            "Discount": {"type": inner},
        }

    customers = document({"/v1/customers": {"get": operation("Effect", "a")}}, **effects("object"))
    loyalty = document({"/v1/rewards": {"get": operation("Effect", "b")}}, **effects("string"))
    effect = joined(customers=customers, loyalty=loyalty)["components"]["schemas"]["LoyaltyEffect"]
    assert effect["discriminator"]["mapping"] == {"discount": "#/components/schemas/LoyaltyDiscount"}


def test_examples_are_problems() -> None:
    problem = joined()["paths"]["/v1/tenant"]["get"]["responses"]["401"]["content"]["application/problem+json"]
    shape = {"type": "object", "required": ["type", "title", "status", "detail", "code", "retryable"]}
    for example in problem["examples"].values():
        jsonschema.validate(example["value"], shape)
