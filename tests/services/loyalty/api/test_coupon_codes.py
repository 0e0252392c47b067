"""Many codes over HTTP."""

from typing import Any

import httpx
import pytest

from services.loyalty.api import coupon_codes
from services.loyalty.schedules import make_all_coupon_codes
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop

KEY = {"idempotency-key": "K-1"}


def test_codes_are_asked_for_made_and_downloaded(
    client: httpx.Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coupon_codes, "ROWS_AT_ONCE", 10)
    eid = CouponCampaign(shop, "CHOSEN")
    path = f"/v1/coupon_campaigns/{eid.id}"
    asked = client.post(f"{path}/codes", json={"number": 25, "prefix": "EID-"}, headers=KEY)
    assert asked.status_code == 202, asked.text
    batch = asked.json()
    assert (batch["made"], batch["number"], batch["status"]) == (0, 25, "running")
    assert client.post(f"{path}/codes", json={"number": 25, "prefix": "EID-"}, headers=KEY).json() == batch
    make_all_coupon_codes(shop.database, shop.tenant_id, shop.at)
    done = client.get(asked.headers["location"]).json()
    assert (done["made"], done["status"]) == (25, "done")
    assert client.get(f"{path}/batches").json()["data"] == [done]
    file = client.get(f"{path}/codes", params={"batch_id": batch["id"]})
    assert file.headers["content-type"].startswith("text/csv")
    assert batch["id"] in file.headers["content-disposition"]
    head, *codes = file.text.split("\r\n")[:-1]
    assert (head, sorted([*codes, "CHOSEN"])) == ("code", sorted(eid.codes()))
    assert len(set(codes)) == 25
    assert sorted(client.get(f"{path}/codes").text.split()[1:]) == sorted(eid.codes())
    assert client.get(path).json()["codes"] == 26


def test_a_code_with_a_comma_is_quoted(client: httpx.Client, shop: Shop) -> None:
    eid = CouponCampaign(shop, "A,B", code_case="exact")
    assert client.get(f"/v1/coupon_campaigns/{eid.id}/codes").text == 'code\r\n"A,B"\r\n'


@pytest.mark.parametrize(
    "wish",
    [
        {"number": 0},
        {"number": 100_001},
        {"number": 5, "length": 9},
        {"number": 5, "prefix": "-"},
        {"number": 5, "prefix": "عيد"},
    ],
)
def test_what_cannot_be_made_is_refused(client: httpx.Client, shop: Shop, wish: dict[str, Any]) -> None:
    eid = CouponCampaign(shop)
    refused = client.post(f"/v1/coupon_campaigns/{eid.id}/codes", json=wish, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert shop.rows("SELECT count(*) AS n FROM coupon_batches") == [{"n": 0}]


def test_a_stopped_campaign_and_another_s_batch(client: httpx.Client, shop: Shop) -> None:
    eid, other = CouponCampaign(shop), CouponCampaign(shop)
    batch_id = other.order(3)
    of_other = client.get(f"/v1/coupon_campaigns/{eid.id}/codes", params={"batch_id": batch_id})
    assert of_other.json()["code"] == "coupon_batch_unknown"
    eid.stop()
    refused = client.post(f"/v1/coupon_campaigns/{eid.id}/codes", json={"number": 3}, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "coupon_campaign_stopped")
