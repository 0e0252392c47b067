"""One description of the public API from those of the services. Source: OpenAPI 3.1."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from chassis.web.app import VERSION
from chassis.web.caller import Unauthenticated
from chassis.web.openapi import Document, add_refusal
from chassis.web.problem_responses import BodyTooLarge
from gateway.refusals import (
    BodyTooSlow,
    HeadersTooLarge,
    ServiceFailed,
    ServiceTooSlow,
    ServiceUnavailable,
)
from gateway.routes import GATEWAY, find_route
from kernel.refusal import Refused

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
REFERENCE: Final = "#/components/"
DESCRIPTION: Final = """\
Wafa keeps a business's customers: points, rewards and memberships, messages, and how the relationship goes.

Send an API key as `Authorization: Bearer wafa_test_…`. Errors are RFC 9457 problems whose `code` never changes; their
text is Arabic or English by `Accept-Language`. Send an `Idempotency-Key` with whatever must happen once. Ignore fields
and enum values you do not know: new ones may come at any time.
"""
# What any request may meet before it reaches a service.
AT_THE_DOOR: Final[tuple[tuple[int, type[Refused]], ...]] = (
    (401, Unauthenticated),
    (HeadersTooLarge.status, HeadersTooLarge),
    (ServiceFailed.status, ServiceFailed),
    (503, ServiceUnavailable),
    (ServiceTooSlow.status, ServiceTooSlow),
)
WITH_A_BODY: Final[tuple[tuple[int, type[Refused]], ...]] = ((BodyTooSlow.status, BodyTooSlow), (413, BodyTooLarge))


def joined_description(own: Document, services: Mapping[str, Document], states: Mapping[str, str]) -> Document:
    """The public part of all descriptions. `states` says of each service whether its part is current."""
    joined: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Wafa", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": "/", "description": "This gateway."}],
        "security": [{"apiKey": []}],
        "x-wafa-services": dict(states),
        "paths": {},
        "components": {
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: `wafa_test_…` or `wafa_live_…`.",
                }
            }
        },
    }
    for service, document in {GATEWAY: own, **services}.items():
        add_service(joined, service, public_part(service, document))
    for operation in operations(joined["paths"]):
        add_refusals_at_the_door(operation)
    return joined


def public_part(service: str, document: Document) -> Document:
    """Paths that the gateway routes to this service, and the components they use, as a copy of its own."""
    paths = {path: item for path, item in document.get("paths", {}).items() if leads_to(service, path)}
    for operation in operations(paths):
        operation["parameters"] = [one for one in operation.get("parameters", ()) if not is_internal(one)]
    components = {kind: dict(named) for kind, named in document.get("components", {}).items()}
    components.pop("securitySchemes", None)
    part = json.loads(json.dumps({"paths": paths, "components": components}))
    drop_unused(part)
    return dict(part)


def leads_to(service: str, path: str) -> bool:
    """Whether a request to this path reaches the service from outside."""
    route = find_route(path)
    return route is not None and route.service == service


def is_internal(parameter: Document) -> bool:
    """Whether it is a header that only the gateway may send."""
    return bool(parameter.get("in") == "header" and str(parameter.get("name", "")).lower().startswith("wafa-"))


def operations(paths: Document) -> Iterator[Document]:
    """Every operation below these paths."""
    for item in paths.values():
        yield from (item[method] for method in METHODS if method in item)


def drop_unused(part: Document) -> None:
    """Remove the components that no path leads to."""
    components = part["components"]
    used: set[tuple[str, str]] = set()
    found = set(references(part["paths"]))
    while found:
        used |= found
        found = {below for kind, name in found for below in references(components[kind][name])} - used
    for kind, named in components.items():
        components[kind] = {name: value for name, value in named.items() if (kind, name) in used}


def references(value: Any) -> Iterator[tuple[str, str]]:
    """The components that a part of a description refers to, as (kind, name)."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith(REFERENCE):
            kind, name = reference.removeprefix(REFERENCE).split("/", 1)
            yield kind, name
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def add_service(joined: Document, service: str, part: Document) -> None:
    """Add a service's paths and components; a name that is taken for something else gets the service's before it."""
    part = renamed(part, clashes(joined["components"], part["components"]), service)
    for kind, named in part["components"].items():
        joined["components"].setdefault(kind, {}).update(named)
    taken = {operation["operationId"] for operation in operations(joined["paths"]) if "operationId" in operation}
    for operation in operations(part["paths"]):
        operation.setdefault("tags", [service])
        if operation.get("operationId") in taken:
            operation["operationId"] = f"{service}_{operation['operationId']}"
    joined["paths"].update(part["paths"])


def clashes(ours: Document, theirs: Document) -> set[tuple[str, str]]:
    """The components that mean something else on the other side, directly or by what they refer to."""
    shared = [(kind, name) for kind, named in theirs.items() for name in named if name in ours.get(kind, {})]
    clashing = {(kind, name) for kind, name in shared if ours[kind][name] != theirs[kind][name]}
    while True:
        by_reference = {
            (kind, name)
            for kind, name in shared
            if (kind, name) not in clashing and not clashing.isdisjoint(references(theirs[kind][name]))
        }
        if not by_reference:
            return clashing
        clashing |= by_reference


def renamed(part: Document, names: Iterable[tuple[str, str]], service: str) -> Document:
    """The part with these components called after the service."""
    new = {f"{REFERENCE}{kind}/{name}": f"{REFERENCE}{kind}/{service.capitalize()}{name}" for kind, name in names}
    for kind, name in names:
        part["components"][kind][f"{service.capitalize()}{name}"] = part["components"][kind].pop(name)
    return dict(with_references(part, new))


def with_references(value: Any, new: Mapping[str, str]) -> Any:
    """The value with its references following the new names; discriminators name components too."""
    if isinstance(value, dict):
        return {key: with_references(inner, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_references(inner, new) for inner in value]
    return new.get(value, value) if isinstance(value, str) else value


def add_refusals_at_the_door(operation: Document) -> None:
    """What the gateway itself may answer instead of the service."""
    responses = operation.setdefault("responses", {})
    for status, refused in AT_THE_DOOR:
        add_refusal(responses, refused, status)
    if "requestBody" in operation:
        for status, refused in WITH_A_BODY:
            add_refusal(responses, refused, status)
