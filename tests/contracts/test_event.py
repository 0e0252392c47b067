"""Event classes and the envelopes they travel in."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from pydantic import ValidationError

from contracts.envelope import Envelope, UnreadableEnvelope, from_kafka, to_kafka
from contracts.event import Event, TypeName, event_class_for, parse_type
from contracts.topics import dead_letter_topic, event_topic, publisher_name, topics_written_by
from kernel.ids import CustomerId, TenantId

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENVELOPE = Envelope(
    id="evt_1",
    type="tests.thing_happened.v1",
    source="/wafa/tests",
    time=NOON,
    tenant_id="ten_1",
    key="cus_1",
    subject="cus_1",
    trace=None,
)


class ThingHappened(Event):
    """A thing happened."""

    event_type: ClassVar[str] = "tests.thing_happened.v1"
    number: int


def test_a_type_is_publisher_name_and_version() -> None:
    assert parse_type("loyalty.purchase_recorded.v12") == TypeName("loyalty", "purchase_recorded", 12)


@pytest.mark.parametrize(
    "text", ["", "loyalty", "loyalty.purchase", "loyalty.purchase.v0", "Loyalty.purchase.v1", "a.b.v1\n", "a.b.c.v1"]
)
def test_other_forms_are_no_types(text: str) -> None:
    with pytest.raises(ValueError, match="is not <publisher>"):
        parse_type(text)


def test_a_class_is_found_by_its_type() -> None:
    assert event_class_for("tests.thing_happened.v1") is ThingHappened
    assert event_class_for("tests.thing_happened.v2") is None


def test_two_classes_cannot_claim_one_type() -> None:
    with pytest.raises(TypeError, match="is ThingHappened already"):

        class Pretender(Event):
            event_type: ClassVar[str] = "tests.thing_happened.v1"


def test_the_key_is_the_customer_else_the_tenant() -> None:
    happened = ThingHappened(tenant_id=TenantId("ten_1"), customer_id=CustomerId("cus_1"), occurred_at=NOON, number=1)
    assert happened.key == "cus_1"
    assert happened.model_copy(update={"customer_id": None}).key == "ten_1"


def test_fields_of_later_versions_are_ignored_and_missing_ones_are_not() -> None:
    text = '{"tenant_id": "ten_1", "occurred_at": "2026-11-22T12:00:00Z", "number": 1, "colour": "red"}'
    assert ThingHappened.model_validate_json(text).number == 1
    with pytest.raises(ValidationError):
        ThingHappened.model_validate_json(text.replace("number", "figure"))


@pytest.mark.parametrize("subject", [None, "cus_1"])
@pytest.mark.parametrize("trace", [None, "req_1"])
def test_an_envelope_arrives_as_it_was_sent(subject: str | None, trace: str | None) -> None:
    sent = Envelope(**{**as_dict(ENVELOPE), "subject": subject, "trace": trace})
    key, headers, value = to_kafka(sent, '{"name": "قهوة"}')
    assert from_kafka(key, headers) == sent
    assert value.decode() == '{"name": "قهوة"}'


@pytest.mark.parametrize("subject", [None, "cus_1"])
@pytest.mark.parametrize("trace", [None, "req_1"])
def test_the_cloudevents_library_reads_and_writes_the_same(subject: str | None, trace: str | None) -> None:
    sent = Envelope(**{**as_dict(ENVELOPE), "subject": subject, "trace": trace})
    key, headers, value = to_kafka(sent, '{"name": "قهوة"}')
    read = from_binary_event(KafkaMessage(dict(headers), key, value))
    assert read.get_data() == {"name": "قهوة"}
    assert {name: held for name, held in read.get_attributes().items() if name != "datacontenttype"} == {
        "specversion": "1.0",
        "id": "evt_1",
        "type": "tests.thing_happened.v1",
        "source": "/wafa/tests",
        "time": NOON,
        "tenantid": "ten_1",
        "partitionkey": "cus_1",
        **({"subject": subject} if subject else {}),
        **({"requestid": trace} if trace else {}),
    }
    written = to_binary_event(read)
    assert from_kafka(key, list(written.headers.items())) == sent
    assert written.headers == dict(headers)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_time", b"2026-11-22T12:00:00"),
        ("ce_source", b"\xff"),
        ("ce_subject", b"\xff"),
        ("ce_requestid", b"req\0"),
        ("ce_id", b""),
        ("ce_id", b"\xff"),
        ("ce_id", b"evt\0"),
        ("ce_time", b"yesterday"),
        ("ce_specversion", b"7"),
        ("ce_tenantid", b"ten_1,ten_2"),
        ("ce_tenantid", b"ten 1"),
        ("ce_type", b""),
    ],
)
def test_an_envelope_that_is_not_ours_is_unreadable(header: str, value: bytes) -> None:
    key, headers, _value = to_kafka(replace(ENVELOPE, trace="req_1"), "{}")
    changed = [(name, value if name == header else held) for name, held in headers]
    with pytest.raises(UnreadableEnvelope):
        from_kafka(key, changed)


@pytest.mark.parametrize("missing", ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_tenantid"])
def test_nothing_is_made_up_for_a_header_that_is_missing(missing: str) -> None:
    key, headers, _value = to_kafka(ENVELOPE, "{}")
    with pytest.raises(UnreadableEnvelope, match=missing):
        from_kafka(key, [(name, value) for name, value in headers if name != missing])


@pytest.mark.parametrize("key", [None, b"", b"\xff\xfe"])
def test_a_record_needs_a_key(key: bytes | None) -> None:
    with pytest.raises(UnreadableEnvelope):
        from_kafka(key, to_kafka(ENVELOPE, "{}")[1])


def test_each_service_writes_to_its_own_topics() -> None:
    assert event_topic("loyalty") == "loyalty.events"
    assert dead_letter_topic("retention") == "retention.dead-letters"
    assert publisher_name("gateway") == "access"
    assert topics_written_by("gateway") == ("access.events", "gateway.dead-letters")
    assert topics_written_by("loyalty") == ("loyalty.events", "loyalty.dead-letters")


def as_dict(envelope: Envelope) -> dict[str, object]:
    return {name: getattr(envelope, name) for name in Envelope.__slots__}
