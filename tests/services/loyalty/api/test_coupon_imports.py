"""Files of codes over HTTP."""

import httpx
import pytest

from tests.services.loyalty.conftest import Client
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop

CSV = {"content-type": "text/csv"}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "this code is in an earlier line"), ("ar", "ورد هذا الرمز في سطر سابق")]
)
def test_lines_are_told_in_the_language_asked_for(call: Client, shop: Shop, language: str, said: str) -> None:
    old = CouponCampaign(shop)
    answer = call(shop.tenant_id, language=language).post(
        f"/v1/coupon_campaigns/{old.id}/imports", content="\ufeffA\r\nB\r\n a \r\n".encode(), headers=CSV
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "object": "coupon_import",
        "campaign_id": old.id,
        "dry_run": False,
        "added": 2,
        "known": 0,
        "refused": 1,
        "errors": [{"line": 3, "code": "a", "reason": "repeated", "text": said}],
    }


def test_a_dry_run_only_says(client: httpx.Client, shop: Shop) -> None:
    old = CouponCampaign(shop)
    path = f"/v1/coupon_campaigns/{old.id}/imports"
    assert client.post(path, content=b"A\nB", headers=CSV, params={"dry_run": True}).json()["added"] == 2
    assert old.codes() == []


@pytest.mark.parametrize("content", [b"\xff\xfeA\x00", b"code\n"])
def test_what_cannot_be_read_is_refused(client: httpx.Client, shop: Shop, content: bytes) -> None:
    old = CouponCampaign(shop)
    refused = client.post(f"/v1/coupon_campaigns/{old.id}/imports", content=content, headers=CSV)
    assert (refused.status_code, refused.json()["code"]) == (422, "code_file_unreadable")


def test_a_retry_with_its_key_is_answered_as_the_first_time(client: httpx.Client, shop: Shop) -> None:
    old = CouponCampaign(shop)
    path, headers = f"/v1/coupon_campaigns/{old.id}/imports", {**CSV, "idempotency-key": "K-1"}
    first = client.post(path, content=b"A\nB", headers=headers)
    assert client.post(path, content=b"A\nB", headers=headers).json() == first.json()
    assert client.post(path, content=b"A", headers=headers).json()["code"] == "idempotency_key_reused"


def test_a_file_as_large_as_may_be_sent(client: httpx.Client, shop: Shop) -> None:
    old = CouponCampaign(shop)
    file = "\n".join(f"OLD-{number:011}" for number in range(65_000)).encode()
    assert client.post(f"/v1/coupon_campaigns/{old.id}/imports", content=file, headers=CSV).json()["added"] == 65_000
