"""Coupon campaigns over HTTP."""

from typing import Any

import httpx
import pytest

from tests.services.loyalty.conftest import Client
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import NAME, line
from tests.services.loyalty.shop import Shop

WISH = {"name": NAME, "uses_per_code": 2, "ends_on": "2036-03-31", "codes": ["EID", "Ramadan"]}


def test_a_campaign_is_made_read_changed_and_stopped(client: httpx.Client) -> None:
    made = client.post("/v1/coupon_campaigns", json=WISH)
    assert made.status_code == 201, made.text
    campaign = made.json()
    assert campaign["id"].startswith("cpn_")
    assert (campaign["status"], campaign["codes"], campaign["uses"], campaign["version"]) == ("active", 2, 0, 1)
    path = f"/v1/coupon_campaigns/{campaign['id']}"
    assert client.get(path).json() == campaign
    assert client.get("/v1/coupon_campaigns").json()["data"] == [campaign]
    changed = client.patch(path, json={"ends_on": None}, headers={"if-match": made.headers["etag"]})
    assert (changed.json()["ends_on"], changed.headers["etag"]) == (None, '"2"')
    assert client.patch(path, json={}, headers={"if-match": '"1"'}).json()["code"] == "version_stale"
    assert client.post(f"{path}/stop").json()["status"] == "stopped"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"codes": ["EID", "eid"]}, "coupon_codes_taken"),
        ({"codes": ["---"]}, "coupon_code_unreadable"),
        ({"ends_on": "2026-01-01", "starts_on": "2026-01-02"}, "invalid_request"),
        ({"uses_per_code": 0}, "invalid_request"),
        ({"codes": [f"C{n}" for n in range(101)]}, "invalid_request"),
        ({"code_case": "upper"}, "invalid_request"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(call: Client, shop: Shop, wish: dict[str, Any], code: str) -> None:
    said = set()
    for language in ("en", "ar"):
        refused = call(shop.tenant_id, language=language).post("/v1/coupon_campaigns", json={**WISH, **wish})
        assert (refused.status_code >= 400, refused.json()["code"]) == (True, code), refused.text
        said.add(refused.json()["title"])
    assert len(said) == 2
    assert shop.rows("SELECT count(*) AS n FROM coupon_campaigns") == [{"n": 0}]


def test_a_limit_does_not_come_new(client: httpx.Client, shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID")
    refused = client.patch(f"/v1/coupon_campaigns/{eid.id}", json={"uses_in_total": 1}, headers={"if-match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (422, "coupon_limit_fixed")


def test_a_quote_shows_what_the_code_does_or_why_not(client: httpx.Client, shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    wish = {
        "store_id": "riyadh-1",
        "occurred_at": "2036-03-02T09:00:00Z",
        "currency": "SAR",
        "lines": [line()],
        "codes": ["eid"],
    }
    quote = client.post("/v1/quotes", json=wish).json()
    assert quote["totals"]["discount"] == 200
    assert quote["effects"][-1]["kind"] == "use_coupon"
    assert "EID" in quote["effects"][-1]["text"]
    eid.buy(None, "EID")
    misses = client.post("/v1/quotes", json=wish).json()["misses"]
    assert [(miss["condition"], miss["code"]) for miss in misses] == [("has_coupon", None), ("coupon_used_up", "EID")]
    assert client.get(f"/v1/coupon_campaigns/{eid.id}").json()["uses"] == 1


def test_wrong_codes_of_every_door_are_counted_together(client: httpx.Client, shop: Shop) -> None:
    """Looked up, quoted or reserved: after ten of a customer the right one is not told either."""
    CouponCampaign(shop, "EID")
    ana = shop.customer()
    basket = {"store_id": "riyadh-1", "occurred_at": "2036-03-02T09:00:00Z", "currency": "SAR", "lines": [line()]}

    def quote(*codes: str) -> httpx.Response:
        return client.post("/v1/quotes", json={**basket, "customer_id": ana, "codes": codes})

    def look_up(code: str) -> httpx.Response:
        return client.post("/v1/coupons/lookup", json={"code": code, "customer_id": ana})

    def reserve(code: str, key: str) -> httpx.Response:
        wish = {"customer_id": ana, "codes": [code]}
        return client.post("/v1/reservations", json=wish, headers={"idempotency-key": key})

    assert look_up("EID").json()["status"] == "usable"
    assert quote("EID", "W1", "W2", "W3").json()["totals"]["discount"] == 200
    wrong = [look_up(f"W{number}") for number in range(4)]
    assert {(each.status_code, each.json()["code"]) for each in wrong} == {(404, "coupon_unknown")}
    assert {reserve(f"W{number}", f"K-{number}").status_code for number in range(3)} == {404}
    barred = [look_up("EID"), quote("EID"), reserve("EID", "K-9")]
    assert {(each.status_code, each.json()["code"]) for each in barred} == {(429, "too_many_wrong_codes")}
    assert all(int(each.headers["retry-after"]) <= 900 for each in barred)


def test_a_coupon_is_reserved_for_a_checkout(client: httpx.Client, shop: Shop) -> None:
    CouponCampaign(shop, "EID", uses_per_code=1)
    ana, ben = shop.customer(), shop.customer()

    def reserve(who: str) -> httpx.Response:
        wish = {"customer_id": who, "codes": ["EID"], "seconds": 60}
        return client.post("/v1/reservations", json=wish, headers={"idempotency-key": f"K-{who}"})

    assert reserve(ana).status_code == 201
    refused = reserve(ben)
    assert (refused.status_code, refused.json()["code"]) == (409, "coupon_closed")
    assert refused.json()["params"] == {"code": "EID", "status": "reserved"}
