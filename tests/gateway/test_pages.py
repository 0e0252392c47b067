"""The description and the documentation: complete, true while services come and go, and readable without a network."""

import json
import re
from typing import Any

import pytest

from gateway.openapi import METHODS
from tests.gateway.conftest import Gateway
from tests.gateway.servers import OK, answering


def description(gateway: Gateway) -> dict[str, Any]:
    answer = gateway.client.get("/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def test_the_description_is_public_and_says_how_to_enter(gateway: Gateway) -> None:
    whole = description(gateway)
    assert whole["openapi"].startswith("3.1")
    assert whole["servers"]
    assert whole["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    ids = [item[method]["operationId"] for item in whole["paths"].values() for method in METHODS if method in item]
    assert len(ids) == len(set(ids))
    assert "wafa-tenant" not in json.dumps(whole).lower()


def test_the_documentation_needs_no_other_server(gateway: Gateway) -> None:
    page = gateway.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    links = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(links) == 4
    for link in links:
        assert link.startswith("/docs/")
        answer = gateway.client.get(link)
        assert (answer.status_code, len(answer.content) > 0) == (200, True)
    assert "<script>" not in page.text
    assert not re.search(r"https?://", page.text)


def test_the_page_starts_with_our_description(gateway: Gateway) -> None:
    start = gateway.client.get("/docs/start.js")
    assert start.headers["content-type"].startswith("text/javascript")
    assert 'url: "/openapi.json"' in start.text
    # Swagger UI would otherwise send the description's address to a validator on the Internet.
    assert "validatorUrl: null" in start.text
    script = gateway.client.get("/docs/swagger-ui-bundle.js").text
    version = re.search(r'PACKAGE_VERSION:"(\d+)\.', script)
    assert version is not None
    assert int(version[1]) >= 5  # the first to read OpenAPI 3.1


@pytest.mark.parametrize("path", ["/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js"])
def test_only_our_own_scripts_run(gateway: Gateway, path: str) -> None:
    policy = gateway.client.get(path).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == "'self'"


@pytest.mark.parametrize("name", ["redoc.standalone.js", "..%2f__init__.py", "nothing", "start.js/x"])
def test_no_other_file_is_given_away(gateway: Gateway, name: str) -> None:
    assert gateway.client.get(f"/docs/{name}").status_code == 404


def test_health(gateway: Gateway) -> None:
    assert gateway.client.get("/livez").json() == {"status": "alive"}
    assert gateway.client.get("/version").json().keys() == {"version"}
    gateway.services["customers"].script = answering(b"HTTP/1.1 503 no\r\ncontent-length: 0\r\n\r\n")
    gateway.loyalty.script = answering(OK)
    gateway.loop.run(gateway.services["retention"].stop())
    answer = gateway.client.get("/readyz")
    gateway.loop.run(gateway.services["retention"].start())
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "services": {"customers": "not ready", "loyalty": "ready", "notifications": "ready", "retention": "away"},
    }
