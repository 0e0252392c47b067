"""What the event classes promise, written down for others: a JSON schema for each, and one AsyncAPI 3.0 document.

`python -m contracts.asyncapi` writes them into `contracts/schemas`; a test says when they are no longer true.
Source: AsyncAPI 3.0.0, JSON Schema 2020-12.
"""

import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import contracts.events
from contracts.event import EVENT_CLASSES, Event, parse_type
from contracts.topics import PARTITIONS, event_topic

FOLDER = Path(__file__).parent / "schemas"
DOCUMENT = "asyncapi.json"
JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
HEADERS = {
    "ce_specversion": "Always 1.0.",
    "ce_id": "The event's id: the same again is the same event.",
    "ce_source": "The publisher, such as /wafa/loyalty.",
    "ce_type": "The event's type and version.",
    "ce_time": "When it happened, RFC 3339.",
    "ce_tenantid": "Whose it is.",
}


def event_classes() -> dict[str, type[Event]]:
    """Every event there is, by type."""
    for module in pkgutil.iter_modules(contracts.events.__path__, "contracts.events."):
        import_module(module.name)
    return {name: cls for name, cls in sorted(EVENT_CLASSES.items()) if cls.__module__.startswith("contracts.")}


def schema_of(event_class: type[Event]) -> dict[str, Any]:
    """The JSON schema of an event's data, as its publisher writes it."""
    schema = event_class.model_json_schema(mode="serialization")
    return {"$schema": JSON_SCHEMA, "$id": f"{event_class.event_type}.json", **schema}


def asyncapi_document(classes: dict[str, type[Event]]) -> dict[str, Any]:
    """All topics, what is said on them, and how a record looks."""
    publishers = sorted({parse_type(name).publisher for name in classes})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Wafa events",
            "version": "1",
            "description": "CloudEvents 1.0 in Kafka's binary mode; the key of a record is the customer.",
        },
        "defaultContentType": "application/json",
        "channels": {publisher: channel(publisher, classes) for publisher in publishers},
        "operations": {
            f"hear_{publisher}": {"action": "receive", "channel": {"$ref": f"#/channels/{publisher}"}}
            for publisher in publishers
        },
        "components": {"messages": {name: message(event_class) for name, event_class in classes.items()}},
    }


def channel(publisher: str, classes: dict[str, type[Event]]) -> dict[str, Any]:
    """A publisher's topic and its messages."""
    own = [name for name in classes if parse_type(name).publisher == publisher]
    return {
        "address": event_topic(publisher),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in own},
        "bindings": {"kafka": {"topic": event_topic(publisher), "partitions": PARTITIONS}},
    }


def message(event_class: type[Event]) -> dict[str, Any]:
    """One kind of event: its headers, its key and its data."""
    return {
        "name": event_class.event_type,
        "summary": (event_class.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "required": list(HEADERS),
            "properties": {name: {"type": "string", "description": text} for name, text in HEADERS.items()},
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": "The customer; else the tenant."}}},
        "payload": {"schemaFormat": f"application/schema+json;version={JSON_SCHEMA}", "schema": schema_of(event_class)},
    }


def files() -> dict[str, str]:
    """Everything that is written, by file name."""
    classes = event_classes()
    documents = {f"{name}.json": schema_of(event_class) for name, event_class in classes.items()}
    documents[DOCUMENT] = asyncapi_document(classes)
    return {name: json.dumps(document, indent=2, ensure_ascii=False) + "\n" for name, document in documents.items()}


def write() -> None:
    """Write every file anew; those of events that are no more go."""
    FOLDER.mkdir(exist_ok=True)
    written = files()
    for old in FOLDER.glob("*.json"):
        if old.name not in written:
            old.unlink()
    for name, content in written.items():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()
