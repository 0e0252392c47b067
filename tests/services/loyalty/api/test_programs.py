"""Programs over HTTP: drafted, published, replaced, retired."""

from typing import Any

import httpx
import pytest

from tests.services.loyalty.api.asking import DOCUMENT
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, Shop


def test_a_program_from_its_draft_to_its_end(client: httpx.Client, shop: Shop) -> None:
    made = client.post("/v1/programs", json={"name": "نقاط", "document": DOCUMENT})
    assert made.status_code == 201
    program = made.json()
    assert (program["object"], program["name"]) == ("program", "نقاط")
    (version,) = program["versions"]
    assert version == {
        "version": 1,
        "status": "draft",
        "author": version["author"],
        "publisher": None,
        "created_at": "2036-03-02T09:00:00Z",
        "publish_at": None,
        "published_at": None,
        "retired_at": None,
    }
    ana = shop.customer()
    assert shop.sell(ana).purchase.program_id is None
    versions = f"/v1/programs/{program['id']}/versions"
    live = client.post(f"{versions}/1/publish").json()
    assert (live["status"], live["published_at"]) == ("live", "2036-03-02T09:00:00Z")
    assert live["publisher"] == live["author"] == version["author"] != ""
    assert client.post(f"{versions}/1/publish").json() == live
    assert shop.sell(ana).purchase.balance_after == 20
    second = client.post(versions, json={"document": {**DOCUMENT, "rules": [rule("earn", per=50, points=2)]}})
    assert (second.status_code, second.json()["version"], second.json()["status"]) == (201, 2, "draft")
    assert client.post(f"{versions}/2/publish").json()["status"] == "live"
    (listed,) = client.get("/v1/programs").json()["data"]
    assert [version["status"] for version in listed["versions"]] == ["retired", "live"]
    ended = client.post(f"/v1/programs/{program['id']}/retire").json()
    assert [version["status"] for version in ended["versions"]] == ["retired", "retired"]
    assert shop.sell(ana).purchase.program_id is None
    refused = client.post(f"{versions}/1/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "version_retired")


def test_a_document_is_read_as_it_was_written(client: httpx.Client, shop: Shop) -> None:
    card = rule("stamp_card", card="coffee", stamps_needed=5, reward=FREE_COFFEE, starts_on="2036-01-01")
    happy = [
        {"kind": "on_weekdays", "days": ["thu", "fri"], "from_time": "16:00:00"},
        {"kind": "has_code", "code": "X"},
    ]
    off = rule("discount", percent_off=12.5, conditions=happy)
    wanted: dict[str, Any] = {
        **DOCUMENT,
        "rules": [card, off],
        "expiry": {"kind": "rolling", "months": 12, "round_to": "quarter"},
        "pending_days": 14,
    }
    program_id = client.post("/v1/programs", json={"name": "x", "document": wanted}).json()["id"]
    read = client.get(f"/v1/programs/{program_id}/versions/1").json()["document"]
    again = client.post(f"/v1/programs/{program_id}/versions", json={"document": read}).json()["document"]
    assert again == read
    assert (read["expiry"]["round_to"], read["pending_days"]) == ("quarter", 14)
    assert read["rules"][1]["percent_off"] == 12.5
    assert [condition["kind"] for condition in read["rules"][1]["conditions"]] == ["on_weekdays", "has_code"]
    assert read["rules"][0]["starts_on"] == "2036-01-01"


def test_a_second_program_cannot_go_live_beside_the_first(call: Client, shop: Shop) -> None:
    client = call(shop.tenant_id, language="ar")
    first, second = [
        client.post("/v1/programs", json={"name": "x", "document": DOCUMENT}).json()["id"] for _number in range(2)
    ]
    client.post(f"/v1/programs/{first}/versions/1/publish")
    refused = client.post(f"/v1/programs/{second}/versions/1/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "another_program_live")
    assert refused.json()["detail"] == f"أنهِ البرنامج {first} أولًا."


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({**DOCUMENT, "time_zone": "Mars/Olympus"}, "/document/time_zone", "value_error"),
        ({**DOCUMENT, "currency": "riyal"}, "/document/currency", "string_pattern_mismatch"),
        ({**DOCUMENT, "rules": [rule("earn", per=0)]}, "/document/rules/0/earn/per", "greater_than_equal"),
        ({**DOCUMENT, "rules": [rule("guess")]}, "/document/rules/0", "union_tag_invalid"),
        ({**DOCUMENT, "rules": [rule("earn", per=1), rule("earn", per=2)]}, "/document", "value_error"),
        ({**DOCUMENT, "surprise": 1}, "/document/surprise", "extra_forbidden"),
    ],
)
def test_what_is_wrong_with_a_document_is_pointed_at(
    client: httpx.Client, shop: Shop, document: dict[str, Any], pointer: str, code: str
) -> None:
    refused = client.post("/v1/programs", json={"name": "x", "document": document})
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


def test_a_published_change_is_seen_at_the_next_sale(client: httpx.Client, shop: Shop) -> None:
    """Programs are kept compiled; which one is live is asked every time."""
    ana = shop.customer()
    for points in (1, 2, 3):
        shop.publish(rule("earn", per=100, points=points))
        sent = {
            "customer_id": ana,
            "store_id": "riyadh-1",
            "external_id": f"R-{points}",
            "occurred_at": "2036-03-02T09:00:00Z",
            "currency": "SAR",
            "lines": [line()],
        }
        assert client.post("/v1/purchases", json=sent).json()["effects"][0]["amount"] == 10 * points


def test_versions_are_compared_in_the_readers_language(call: Client, shop: Shop) -> None:
    program_id, _live = shop.publish(rule("earn", name={"en": "Points", "ar": "نقاط"}, per=100))
    shop.draft(rule("earn", name={"en": "Points", "ar": "نقاط"}, per=100, points=2), pending_days=14)
    path = f"/v1/programs/{program_id}/versions/2/diff"
    english, arabic = [
        call(shop.tenant_id, language=language).get(path, params={"against": 1}).json() for language in ("en", "ar")
    ]
    assert english["terms"] == [{"path": "pending_days", "before": 0, "after": 14}]
    assert [(each["rule"], each["change"], each["fields"]) for each in english["rules"]] == [
        ("earn", "changed", [{"path": "points", "before": 1, "after": 2}])
    ]
    assert len(english["texts"]) == len(arabic["texts"]) == 2
    assert english["texts"][0].startswith("days of waiting")
    assert arabic["texts"][0].startswith("أيام الانتظار")


def test_a_draft_is_tried_at_a_later_moment_without_a_rule(client: httpx.Client, shop: Shop) -> None:
    program_id, _live = shop.publish(rule("earn", per=100))
    shop.draft(rule("earn", per=100), rule("discount", percent_off=50, starts_on="2040-01-01"))
    basket = {"store_id": "riyadh-1", "occurred_at": "2036-03-02T09:00:00Z", "currency": "SAR", "lines": [line()]}
    path = f"/v1/programs/{program_id}/versions/2/dry_run"
    asked = [{}, {"at": "2040-01-02T09:00:00Z"}, {"at": "2040-01-02T09:00:00Z", "without_rules": ["discount"]}]
    found = [client.post(path, json={"basket": basket, **each}).json() for each in asked]
    assert [answer["totals"]["due"] for answer in found] == [1000, 500, 1000]
    assert [miss["condition"] for miss in found[0]["misses"]] == ["starts_on", "customer"]
    assert (found[1]["version"], found[1]["at"]) == (2, "2040-01-02T09:00:00Z")


def test_a_version_waits_for_its_moment(client: httpx.Client, shop: Shop) -> None:
    program_id, _live = shop.publish(rule("earn", per=100))
    shop.draft(rule("earn", per=50))
    path = f"/v1/programs/{program_id}/versions/2"
    waiting = client.post(f"{path}/schedule", json={"publish_at": "2040-01-01T00:00:00Z"}).json()
    assert (waiting["status"], waiting["publish_at"]) == ("scheduled", "2040-01-01T00:00:00Z")
    assert client.post(f"{path}/unschedule").json()["status"] == "draft"
    refused = client.post(f"{path}/schedule", json={"publish_at": "2020-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (422, "moment_passed")


def test_a_template_becomes_a_program(client: httpx.Client, shop: Shop) -> None:
    templates = client.get("/v1/program_templates").json()["data"]
    assert len(templates) >= 8
    for template in templates:
        document = client.get(f"/v1/program_templates/{template['id']}").json()["document"]
        drafted = client.post("/v1/programs", json={"name": template["name"]["ar"], "document": document})
        assert drafted.status_code == 201, drafted.text
    assert client.get("/v1/program_templates/nothing").json()["code"] == "template_unknown"


def test_where_two_are_needed_the_author_is_refused(client: httpx.Client) -> None:
    made = client.post("/v1/programs", json={"name": "Careful", "document": DOCUMENT, "second_person": True}).json()
    assert made["second_person"] is True
    for way, wish in (("publish", None), ("schedule", {"publish_at": "2036-04-01T00:00:00Z"})):
        refused = client.post(f"/v1/programs/{made['id']}/versions/1/{way}", json=wish)
        assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
