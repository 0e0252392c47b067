"""The services as they are, through the gateway's eyes: each public path is routed, the joined description holds."""

from importlib import import_module
from typing import Any

import pytest
import schemathesis
from schemathesis.core.result import Err

from chassis.settings import Settings
from gateway.openapi import METHODS, joined_description, references
from gateway.routes import find_route

SERVICES = ("customers", "loyalty", "notifications", "retention")


@pytest.fixture(scope="module")
def described(settings: Settings) -> dict[str, dict[str, Any]]:
    """Each service's own description."""
    return {name: description_of(name, settings) for name in SERVICES}


def description_of(service: str, settings: Settings) -> dict[str, Any]:
    app = import_module(f"services.{service}.app")
    own_settings = next(
        kind for kind in vars(import_module(f"services.{service}.settings")).values() if is_settings(kind, service)
    )
    document: dict[str, Any] = app.create_app(own_settings(**settings.model_dump())).openapi()
    return document


def is_settings(kind: object, service: str) -> bool:
    return isinstance(kind, type) and issubclass(kind, Settings) and kind.__module__ == f"services.{service}.settings"


def test_every_public_path_leads_to_the_service_that_describes_it(described: dict[str, dict[str, Any]]) -> None:
    public = [
        (service, path) for service in SERVICES for path in described[service]["paths"] if path.startswith("/v1/")
    ]
    assert public
    astray = [(service, path) for service, path in public if getattr(find_route(path), "service", None) != service]
    assert astray == []


def test_the_joined_description_holds_together(described: dict[str, dict[str, Any]]) -> None:
    joined = joined_description({"paths": {}}, described, dict.fromkeys(SERVICES, "current"))
    for kind, name in references(joined):
        assert name in joined["components"][kind]
    ids = [item[one]["operationId"] for item in joined["paths"].values() for one in METHODS if one in item]
    assert len(ids) == len(set(ids))
    operations = list(schemathesis.openapi.from_dict(joined).get_all_operations())
    assert len(operations) == len(ids)
    assert [operation for operation in operations if isinstance(operation, Err)] == []
