"""Segments by the API: idempotent, and known to the rules from the next sale on."""

import httpx

from services.loyalty.operations.change_segment import SEGMENTS_MAX
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import Shop

FOR_STAFF = rule("discount", percent_off=20, conditions=[{"kind": "in_segment", "segments": ["staff", "family"]}])


def segments(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["segments"]
    return found


def test_in_and_out_of_segments(client: httpx.Client, shop: Shop) -> None:
    at = f"/v1/customers/{shop.customer()}/segments"
    assert segments(client.get(at)) == []
    assert segments(client.put(f"{at}/vip")) == ["vip"]
    assert segments(client.put(f"{at}/staff")) == ["staff", "vip"]
    assert segments(client.put(f"{at}/vip")) == ["staff", "vip"]
    assert segments(client.delete(f"{at}/vip")) == ["staff"]
    assert segments(client.delete(f"{at}/vip")) == ["staff"]
    assert segments(client.get(at)) == ["staff"]


def test_rules_ask_for_segments(client: httpx.Client, shop: Shop) -> None:
    ana, ben = shop.customer(), shop.customer()
    client.put(f"/v1/customers/{shop.customer()}/segments/family")
    client.put(f"/v1/customers/{ana}/segments/staff")
    shop.publish(FOR_STAFF)
    sold = shop.sell(ana, line(quantity=2)).purchase
    assert (sold.discount, shop.sell(ben).purchase.discount) == (400, 0)
    client.delete(f"/v1/customers/{ana}/segments/staff")
    assert shop.sell(ana).purchase.discount == 0
    # What was sold to staff stays sold to staff when some of it comes back.
    assert shop.take_back(sold.id, {0: 1}).refund == 800


def test_segments_have_plain_names_and_are_not_endless(client: httpx.Client, shop: Shop) -> None:
    at = f"/v1/customers/{shop.customer()}/segments"
    assert client.put(f"{at}/two words").status_code == 422
    for number in range(SEGMENTS_MAX):
        client.put(f"{at}/s{number}")
    refused = client.put(f"{at}/more")
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_segments")
    assert segments(client.put(f"{at}/s0"))[0] == "s0"
