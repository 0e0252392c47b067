"""How far a customer is with challenges, over HTTP."""

import httpx

from kernel.clock import utc_now
from tests.services.loyalty.domain.build import NAME, rule
from tests.services.loyalty.shop import Shop

GOAL = {"kind": "spend", "at_least": 3000}


def test_what_is_done_and_what_is_to_go(client: httpx.Client, shop: Shop) -> None:
    shop.at = utc_now()
    week = rule("challenge", per="week", in_a_row=2, goal=GOAL, award={"points": 50})
    ever = rule("challenge", id="ever", per="ever", goal={"kind": "visits", "at_least": 1}, award={"points": 5})
    over = rule("challenge", id="over", goal=GOAL, award={"points": 5}, ends_on="2026-01-01")
    shop.publish(week, ever, over)
    ana = shop.customer()
    shop.sell(ana)
    found = client.get(f"/v1/customers/{ana}/challenges").json()["data"]
    assert [each["id"] for each in found] == ["challenge", "ever"]
    first, second = found
    assert {name: first[name] for name in ("name", "unit", "currency", "goal", "done", "to_go", "gave", "per")} == {
        "name": NAME,
        "unit": "money",
        "currency": "SAR",
        "goal": 3000,
        "done": 1000,
        "to_go": 2000,
        "gave": False,
        "per": "week",
    }
    assert first["streak"] == {"done": 0, "needed": 2}
    assert first["starts_on"] is not None
    assert first["ends_at"] is not None
    assert (second["done"], second["to_go"], second["gave"], second["streak"]) == (1, 0, True, None)
    assert (second["starts_on"], second["ends_at"]) == (None, None)
