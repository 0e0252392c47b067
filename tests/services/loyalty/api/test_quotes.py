"""A quote is a promise: kept after a change of the program, for the same basket, until its time is over."""

from typing import Any

import httpx
import pytest
import time_machine

from kernel.ids import new_id
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.tiers import ladder

OFF = rule("discount", percent_off=20, conditions=[{"kind": "has_code", "code": "WELCOME"}])


def order(customer_id: str | None, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "store_id": "riyadh-1",
        "occurred_at": "2036-03-02T09:00:00Z",
        "currency": "SAR",
        "lines": [line("COFFEE", 2, 1000)],
        "codes": ["welcome"],
        **more,
    }


def bought(client: httpx.Client, **sent: Any) -> httpx.Response:
    return client.post("/v1/purchases", json={"external_id": new_id("req"), **sent})


def test_a_quote_is_what_the_purchase_then_is(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, OFF, rule("buy_x_get_y"))
    sent = order(shop.customer())
    quote = client.post("/v1/quotes", json=sent).json()
    assert (quote["object"], quote["totals"]["due"], quote["expires_at"]) == ("quote", 1600, "2036-03-02T09:15:00Z")
    purchase = bought(client, **sent, quote_id=quote["id"]).json()
    for same in ("totals", "effects", "misses", "program", "currency"):
        assert purchase[same] == quote[same]


def test_a_quote_leaves_no_trace(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    counted = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM purchases) AS rows"
    before = shop.rows(counted)
    assert client.post("/v1/quotes", json=order(ana)).status_code == 200
    assert (shop.rows(counted), shop.points(ana)) == (before, (0, 0))


def test_a_quote_is_honoured_after_the_program_changed(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, OFF)
    ana = shop.customer()
    sent = order(ana)
    quote = client.post("/v1/quotes", json=sent).json()
    shop.publish(rule("earn", per=10_000))
    honoured = bought(client, **sent, quote_id=quote["id"]).json()
    assert (honoured["totals"]["due"], honoured["balance_after"]) == (1600, 16)
    assert honoured["program"]["version"] == 1
    assert bought(client, **sent).json()["totals"]["due"] == 2000


@pytest.mark.parametrize(
    "other",
    [
        {"lines": [line("COFFEE", 3, 1000)]},
        {"lines": [line("COFFEE", 2, 999)]},
        {"codes": []},
        {"store_id": "riyadh-2"},
        {"customer_id": None},
        {"currency": "USD"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_quote_is_for_its_basket_only(call: Client, shop: Shop, other: dict[str, Any]) -> None:
    shop.publish(POINT_PER_RIYAL, OFF)
    client = call(shop.tenant_id, language="ar")
    sent = order(shop.customer())
    quote = client.post("/v1/quotes", json=sent).json()
    refused = bought(client, **{**sent, **other}, quote_id=quote["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "quote_invalid")
    assert refused.json()["detail"] == "أُعطي هذا العرض لسلة أخرى."


@pytest.mark.parametrize(
    "change", [lambda q: q[:-2] + ("A" if q[-2] != "A" else "B") + q[-1], lambda q: q[4:] + "!", str.upper]
)
def test_a_promise_nobody_made_is_not_kept(client: httpx.Client, shop: Shop, change: Any) -> None:
    shop.publish(POINT_PER_RIYAL)
    sent = order(None)
    quote = client.post("/v1/quotes", json=sent).json()
    refused = bought(client, **sent, quote_id=change(quote["id"]))
    assert (refused.status_code, refused.json()["code"]) == (422, "quote_invalid")


def test_a_neighbours_promise_is_not_kept(call: Client, shop: Shop, other_shop: Shop) -> None:
    for each in (shop, other_shop):
        each.publish(POINT_PER_RIYAL)
    sent = order(None)
    quote = call(shop.tenant_id).post("/v1/quotes", json=sent).json()
    refused = bought(call(other_shop.tenant_id), **sent, quote_id=quote["id"])
    assert refused.json()["code"] == "quote_invalid"


def test_both_sides_of_the_end_of_a_quote(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    shop.publish(POINT_PER_RIYAL)
    sent = order(None)
    quote = client.post("/v1/quotes", json=sent).json()
    clock.move_to(later(minutes=15))
    kept = {"external_id": "R-1", **sent, "quote_id": quote["id"]}
    assert client.post("/v1/purchases", json=kept).status_code == 201
    clock.move_to(later(minutes=15, seconds=1))
    refused = bought(client, **sent, quote_id=quote["id"])
    assert (refused.status_code, refused.json()["code"]) == (410, "quote_expired")


def test_a_retry_after_the_end_of_the_quote_is_still_a_retry(
    client: httpx.Client, shop: Shop, clock: time_machine.Traveller
) -> None:
    shop.publish(POINT_PER_RIYAL)
    sent = order(None)
    kept = {"external_id": "R-1", **sent, "quote_id": client.post("/v1/quotes", json=sent).json()["id"]}
    first = client.post("/v1/purchases", json=kept)
    clock.move_to(later(hours=1))
    again = client.post("/v1/purchases", json=kept)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_without_a_program_there_is_nothing_to_promise(client: httpx.Client, shop: Shop) -> None:
    quote = client.post("/v1/quotes", json=order(None)).json()
    assert (quote["id"], quote["expires_at"], quote["program"], quote["totals"]["due"]) == (None, None, None, 2000)


def test_a_quote_says_how_far_it_is_to_the_next_tier(call: Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(window={"kind": "lifetime"}))
    ana = shop.customer()
    client = call(shop.tenant_id, language="en")
    found = client.post("/v1/quotes", json=order(ana)).json()["tier_after"]
    assert (found["tier"], found["next"]["id"], found["next"]["missing"]) == (None, "silver", 980)
    assert found["text"] == "980 points to go to \u2068Silver\u2069"
    arabic = call(shop.tenant_id, language="ar").post("/v1/quotes", json=order(ana)).json()["tier_after"]
    assert arabic["text"] == "المتبقي للوصول إلى \u2068الفضية\u2069: 980 نقطة"
    reached = client.post("/v1/quotes", json=order(ana, lines=[line("RING", 1, 500_000)])).json()["tier_after"]
    assert (reached["tier"]["id"], reached["next"], reached["text"]) == ("gold", None, None)
    assert client.post("/v1/quotes", json=order(None)).json()["tier_after"] is None


@pytest.mark.parametrize(("basis", "text"), [("spend", "480.00 SAR to go"), ("visits", "499 visits to go")])
def test_what_is_missing_is_said_as_it_is_counted(client: httpx.Client, shop: Shop, basis: str, text: str) -> None:
    rich = {"id": "rich", "name": {"en": "Rich", "ar": "ثري"}, "threshold": 50_000 if basis == "spend" else 500}
    shop.publish(POINT_PER_RIYAL, tiers={"ladder": [rich], "basis": basis})
    found = client.post("/v1/quotes", json=order(shop.customer())).json()["tier_after"]
    assert found["text"].startswith(text)
