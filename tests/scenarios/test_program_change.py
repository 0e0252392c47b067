"""A program is changed as a careful owner would: drafted, compared, tried, played over the past, and published."""

import pytest

from services.loyalty.schedules import play_backtest
from tests.scenarios.story import CURRENCY, RIYADH, Refused, Story, line, rule, the

POINTS = rule("earn", "points", per=100)
MORE_POINTS = rule("earn", "points", per=100, points=2)
THREE_FOR_TWO = rule("buy_x_get_y", "three-for-two", buy=2, get=1)
TERMS = {"currency": CURRENCY, "time_zone": RIYADH.key}


def test_from_the_draft_to_the_new_rules(story: Story) -> None:
    story.on("2026-06-01 10:00")
    program = story.ask("POST", "/v1/programs", {"name": "Café", "document": {**TERMS, "rules": [POINTS]}})
    versions = f"/v1/programs/{program['id']}/versions"
    story.ask("POST", f"{versions}/1/publish")
    huda, omar = story.customer("Huda"), story.customer("Omar")
    past = story.buys(huda, line("tea", price=1_000, quantity=3))
    story.buys(omar, line("cake", price=1_500))

    draft = story.ask("POST", versions, {"document": {**TERMS, "rules": [THREE_FOR_TWO, MORE_POINTS]}})
    assert (draft["version"], draft["status"]) == (2, "draft")
    diff = story.ask("GET", f"{versions}/2/diff?against=1")
    assert [(change["rule"], change["change"]) for change in diff["rules"]] == [
        ("three-for-two", "added"),
        ("points", "changed"),
    ]

    basket = story.basket(huda, line("tea", price=1_000, quantity=3))
    tried = story.ask("POST", f"{versions}/2/dry_run", {"basket": basket})
    without = story.ask("POST", f"{versions}/2/dry_run", {"basket": basket, "without_rules": ["three-for-two"]})
    assert (tried["totals"]["due"], the("accrue", tried["effects"])["amount"]) == (2_000, 40)
    assert (without["totals"]["due"], the("accrue", without["effects"])["amount"]) == (3_000, 60)
    assert story.of(huda, "balance")["balance"] == 30, "trying leaves no trace"
    assert story.quotes(basket)["totals"]["due"] == 3_000, "a draft decides nothing"

    story.on("2026-06-02 10:00")
    wish = {"since": "2026-05-31T21:00:00Z", "until": "2026-06-01T21:00:00Z"}
    wish |= {"worths": [{"unit": "points", "units": 100, "money": 500}]}
    asked = story.ask("POST", f"{versions}/2/backtest", wish)
    play_backtest(story.house.database("loyalty"), story.tenant_id, asked["id"], lambda: False)
    result = story.ask("GET", f"/v1/backtests/{asked['id']}")["result"]
    assert (result["purchases"], result["then"]["units"], result["then"]["money"]) == (2, {"points": 45}, 0)
    assert (result["now"]["units"], result["now"]["money"]) == ({"points": 70}, 1_000)
    assert [one["customer_id"] for one in result["gainers"]] == [huda.id, omar.id]
    assert result["losers"] == []

    story.ask("POST", f"{versions}/2/publish")
    bought = story.buys(huda, line("tea", price=1_000, quantity=3))
    assert (bought["totals"]["due"], bought["program"]) == (2_000, {"id": program["id"], "version": 2})
    assert story.of(huda, "balance")["balance"] == 30 + 40
    story.brings_back(past, line_0=1)
    assert story.of(huda, "balance")["balance"] == 20 + 40, "an old sale comes back under its own rules"
    with pytest.raises(Refused, match="version_retired"):
        story.ask("POST", f"{versions}/1/publish")


def test_new_rules_begin_at_their_moment_by_the_clock(story: Story) -> None:
    story.on("2026-06-01 10:00")
    program = story.ask("POST", "/v1/programs", {"name": "Café", "document": {**TERMS, "rules": [POINTS]}})
    versions = f"/v1/programs/{program['id']}/versions"
    story.ask("POST", f"{versions}/1/publish")
    huda = story.customer("Huda")
    story.ask("POST", versions, {"document": {**TERMS, "rules": [MORE_POINTS]}})
    story.ask("POST", f"{versions}/2/schedule", {"publish_at": "2026-07-01T00:00:00+03:00"})

    quoted = story.basket(huda, line("tea", price=1_000))
    quote = story.on("2026-06-30 23:59").quotes(quoted)
    assert the("accrue", story.buys(huda, line("tea", price=1_000))["effects"])["amount"] == 10
    late = story.basket(huda, line("tea", price=1_000))

    story.on("2026-07-01 00:00")
    assert the("accrue", story.buys(huda, line("tea", price=1_000))["effects"])["amount"] == 20
    assert the("accrue", story.ask("POST", "/v1/purchases", late)["effects"])["amount"] == 10
    kept = story.ask("POST", "/v1/purchases", {**quoted, "quote_id": quote["id"]})
    assert the("accrue", kept["effects"])["amount"] == 10
    story.nightly_jobs_run()
    assert story.of(huda, "balance")["balance"] == 50
