"""Backtests over HTTP: asked for, followed, read, cancelled."""

import httpx

from services.loyalty.schedules import play_backtest
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

YEAR = {"since": "2036-01-01T00:00:00Z", "until": "2037-01-01T00:00:00Z"}


def test_from_the_question_to_the_answer(client: httpx.Client, shop: Shop) -> None:
    """The worked example of the rule's page."""
    program_id, _live = shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 3))
    shop.sell(None, line("COFFEE", 3))
    _program_id, draft = shop.draft(rule("buy_x_get_y", id="three"), rule("earn", per=100, points=2))
    wish = {**YEAR, "worths": [{"unit": "points", "units": 100, "money": 500}]}
    asked = client.post(f"/v1/programs/{program_id}/versions/{draft}/backtest", json=wish)
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    assert asked.json()["progress"] == {"played": 0, "purchases": None}
    place = asked.headers["location"]
    play_backtest(shop.database, shop.tenant_id, asked.json()["id"], lambda: False)
    found = client.get(place).json()
    assert (found["status"], found["progress"]) == ("done", {"played": 2, "purchases": 2})
    result = found["result"]
    assert (result["purchases"], result["walk_ins"], result["touched"], result["changed"]) == (2, 1, 2, 2)
    assert (result["then"]["units"], result["then"]["money"], result["then"]["worth"]) == ({"points": 30}, 0, 150)
    assert (result["now"]["units"], result["now"]["money"], result["now"]["worth"]) == ({"points": 40}, 2000, 2200)
    assert result["liability"]["now"] == {"units": {"points": 40}, "money": 200}
    assert [(each["rule"], each["purchases"]) for each in result["rules"]] == [("earn", 1), ("three", 2)]
    assert [(week["week"], week["purchases"]) for week in result["weeks"]] == [("2036-02-25", 2)]
    assert result["gainers"] == [{"customer_id": ana, "then": 150, "now": 1200, "difference": 1050}]
    assert client.get("/v1/backtests").json()["data"] == [found]
    refused = client.post(f"/v1/backtests/{found['id']}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "backtest_finished")


def test_a_period_runs_forward(client: httpx.Client, shop: Shop) -> None:
    program_id, live = shop.publish(POINT_PER_RIYAL)
    wish = {"since": YEAR["until"], "until": YEAR["since"]}
    refused = client.post(f"/v1/programs/{program_id}/versions/{live}/backtest", json=wish)
    assert refused.status_code == 422
