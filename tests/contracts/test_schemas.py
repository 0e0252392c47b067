"""What is written down about events is what the classes promise."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from contracts.asyncapi import DOCUMENT, FOLDER, event_classes, files
from contracts.event import parse_type
from contracts.events.customers import CustomerCreated
from contracts.events.loyalty import PointsAccrued, PurchaseRecorded
from kernel.ids import CustomerId, TenantId
from kernel.points import Points

PERSONAL = {"name", "first_name", "last_name", "phone", "email", "address", "card", "birthday"}


def committed(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def test_the_files_are_what_the_classes_promise() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert written == files(), "run `make schemas`"


@pytest.mark.parametrize("event_type", sorted(event_classes()))
def test_each_schema_is_a_schema(event_type: str) -> None:
    jsonschema.Draft202012Validator.check_schema(committed(f"{event_type}.json"))


@pytest.mark.parametrize("event_type", sorted(event_classes()))
def test_each_event_names_its_tenant_and_its_moment(event_type: str) -> None:
    assert {"tenant_id", "occurred_at"} <= set(committed(f"{event_type}.json")["required"])


@pytest.mark.parametrize(
    "event_type", sorted(name for name in event_classes() if parse_type(name).publisher != "access")
)
def test_no_event_of_a_customer_carries_personal_data(event_type: str) -> None:
    assert not PERSONAL & set(committed(f"{event_type}.json")["properties"])


def test_an_event_as_published_fits_its_schema_and_a_broken_one_does_not() -> None:
    event = PurchaseRecorded(
        tenant_id=TenantId("ten_1"),
        customer_id=CustomerId("cus_1"),
        occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
        purchase_id="pur_1",
        store_id="riyadh-1",
        channel="store",
        currency="SAR",
        subtotal=3750,
        discount=1250,
        due=2500,
        facts=[PointsAccrued(unit="points", amount=Points(25))],
        balance=Points(25),
    )
    schema = committed(f"{PurchaseRecorded.event_type}.json")
    validator = jsonschema.Draft202012Validator(schema)
    published = json.loads(event.model_dump_json())
    validator.validate(published)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**published, "due": "2500"})


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = committed(DOCUMENT)
    references = [ref for ref in references_in(document) if ref.startswith(("#/channels", "#/components"))]
    assert references
    for reference in references:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def references_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner)


@pytest.mark.parametrize("told", ["1990-02-28", "90-02-28", "28 February 1990"])
def test_of_a_birthday_no_year_can_be_told(told: str) -> None:
    about = {"tenant_id": "ten_1", "customer_id": "cus_1", "occurred_at": "2026-11-22T12:00:00Z", "version": 1}
    CustomerCreated.model_validate({**about, "language": "ar", "birthday_month_day": "02-28"})
    with pytest.raises(ValidationError):
        CustomerCreated.model_validate({**about, "language": "ar", "birthday_month_day": told})
