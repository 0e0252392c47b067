"""A food truck without a network: it sells all morning, takes points from a QR code, and uploads in the evening."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.clock import utc_now
from tests.scenarios.story import Person, Story, line, rule

POINTS = rule("earn", "points", per=100)
CARD = rule(
    "stamp_card",
    "coffee",
    card="coffee",
    stamps_needed=3,
    selector={"categories": ["coffee"]},
    reward={"kind": "free_item", "name": {"en": "Coffee", "ar": "قهوة"}, "selector": {"categories": ["coffee"]}},
)
COFFEE = line("latte", price=1_000, category="coffee")


@pytest.fixture
def huda(story: Story) -> Person:
    """She has 100 points, worth 10.00."""
    story.on("2026-08-01 08:00").program(POINTS, CARD, pay_with_points={"points": 1, "worth": 10})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=10_000))
    return huda


def uploads(story: Story, *sales: dict[str, Any], slow: timedelta = timedelta(0)) -> list[dict[str, Any]]:
    """The truck sends what it sold, by a clock that is so slow."""
    body = {"purchases": sales, "till_clock": (utc_now() - slow).isoformat()}
    results: list[dict[str, Any]] = story.ask("POST", "/v1/purchases/batch", body)["results"]
    return results


def test_a_morning_by_a_slow_clock_shuffled_and_twice(story: Story, huda: Person) -> None:
    slow = timedelta(hours=2)
    morning = []
    for hour in (9, 10, 11, 12):
        sale = story.on(f"2026-08-01 {hour:02}:00").basket(huda, COFFEE)
        morning.append({**sale, "occurred_at": (utc_now() - slow).isoformat()})
    story.on("2026-08-01 20:00")
    nine, ten, eleven, twelve = morning
    results = uploads(story, twelve, nine, eleven, ten, nine, slow=slow)
    assert [result["status"] for result in results] == [201, 201, 201, 201, 200]
    assert results[2]["purchase"]["occurred_at"] == "2026-08-01T08:00:00Z"
    assert [effect["kind"] for effect in results[2]["purchase"]["effects"]] == ["accrue", "stamp", "issue_voucher"]
    assert story.of(huda, "balance")["balance"] == 100 + 40
    (card,) = story.of(huda, "stamp_cards")["data"]
    assert card["stamps"] == 1
    assert [result["status"] for result in uploads(story, ten, twelve, slow=slow)] == [200, 200]
    assert story.of(huda, "balance")["balance"] == 140


def test_points_from_a_qr_code_and_a_conflict_that_becomes_a_debt(story: Story, huda: Person) -> None:
    path = f"/v1/customers/{huda.id}/offline_allowances"
    allowance = story.ask("POST", path, {"amount": 80, "minutes": 600, "grace_minutes": 600})
    (key,) = story.ask("GET", "/v1/offline_keys")["keys"]
    assert allowance["token"].split(".")[:2] == ["WOA1", key["kid"]]
    tender = {"kind": "points", "amount": 500, "allowance": allowance["token"]}
    sold = [
        {**story.on(f"2026-08-01 {hour}:00").basket(huda, line("tea", price=500)), "tenders": [tender]}
        for hour in (10, 11)
    ]
    without = {**story.basket(huda, line("tea", price=500)), "tenders": [{"kind": "points", "amount": 500}]}

    story.on("2026-08-01 20:00")
    truck, stall, refused = uploads(story, *sold, without)
    assert (truck["status"], stall["status"], refused["status"]) == (201, 201, 422)
    assert refused["problem"]["code"] == "allowance_needed"
    assert [miss["condition"] for miss in stall["purchase"]["misses"] if miss["rule"] is None] == ["allowance"]
    balance = story.of(huda, "balance")
    assert (balance["balance"], balance["held"]) == (20, 0)

    (conflict,) = story.ask("GET", "/v1/offline_conflicts?settled=false")["data"]
    assert (conflict["amount"], conflict["units"], conflict["purchase_id"]) == (200, 20, stall["purchase"]["id"])
    wish = {"resolution": "debt", "reason": "she knew"}
    story.ask("POST", f"/v1/offline_conflicts/{conflict['id']}/resolve", wish)
    assert story.of(huda, "balance")["balance"] == 0
    assert story.ask("GET", "/v1/offline_conflicts?settled=false")["data"] == []
    story.brings_back(truck["purchase"])
    assert story.of(huda, "balance")["balance"] == 50


def test_an_allowance_nobody_used_is_free_again_in_time(story: Story, huda: Person) -> None:
    path = f"/v1/customers/{huda.id}/offline_allowances"
    allowance = story.ask("POST", path, {"amount": 80, "minutes": 60, "grace_minutes": 60})
    assert story.of(huda, "balance")["available"] == 20
    story.on("2026-08-01 09:59").nightly_jobs_run()
    assert story.of(huda, "balance")["available"] == 20
    story.on("2026-08-01 10:00")
    assert story.of(huda, "balance")["available"] == 100
    for _night in range(2):
        story.nightly_jobs_run()
    assert story.of(huda, "balance")["available"] == 100

    tender = {"kind": "points", "amount": 800, "allowance": allowance["token"]}
    late = story.on("2026-08-01 08:30").basket(huda, line("tea", price=800))
    story.on("2026-08-01 20:00")
    (result,) = uploads(story, {**late, "tenders": [tender]})
    assert result["status"] == 201
    assert story.of(huda, "balance")["balance"] == 20
    assert story.ask("GET", "/v1/offline_conflicts")["data"] == []
