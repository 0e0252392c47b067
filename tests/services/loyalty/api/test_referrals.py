"""Bringing a friend, over HTTP."""

import httpx
import pytest
import time_machine

from kernel.ids import CustomerId, new_id
from services.loyalty.domain.guessing import WRONG_MAX
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import Shop, later


def come(client: httpx.Client, code: str, friend: CustomerId) -> httpx.Response:
    wish = {"code": code, "customer_id": friend, "till": "1"}
    return client.post("/v1/referrals", json=wish, headers={"idempotency-key": new_id("req")})


def code_of(client: httpx.Client, advocate: CustomerId) -> str:
    return str(client.get(f"/v1/customers/{advocate}/referral_code").json()["code_displayed"])


def test_from_the_code_to_the_reward(
    client: httpx.Client, call: Client, shop: Shop, clock: time_machine.Traveller
) -> None:
    referrals = Referrals(shop, code_days=10)
    ana, omar = shop.customer(), shop.customer()
    code = client.get(f"/v1/customers/{ana}/referral_code").json()
    assert code["code_displayed"].replace("-", "") == code["code"]
    assert (code["customer_id"], code["valid_until"]) == (ana, "2036-03-12T09:00:00Z")
    assert (code["friends"], code["next_milestone"]) == (0, None)
    made = come(client, code["code_displayed"], omar)
    assert made.status_code == 201, made.text
    assert made.json() == {
        "object": "referral",
        "id": made.json()["id"],
        "advocate_id": ana,
        "friend_id": omar,
        "status": "pending",
        "reason": None,
        "reason_text": None,
        "purchase_id": None,
        "created_at": "2036-03-02T09:00:00Z",
        "until": "2036-04-01T09:00:00Z",
        "changed_at": "2036-03-02T09:00:00Z",
    }
    bought = referrals.buy(omar)
    referrals.follow()
    for customer_id in (ana, omar):
        (held,) = client.get(f"/v1/customers/{customer_id}/referrals").json()["data"]
        assert (held["status"], held["purchase_id"], held["until"]) == ("held", bought, "2036-03-16T09:00:00Z")
    referrals.follow(later(days=14))
    assert client.get(f"/v1/referrals/{held['id']}").json()["status"] == "rewarded"
    clock.move_to(later(days=14))
    (lot,) = client.get(f"/v1/customers/{ana}/balance/explain").json()["data"]
    assert (lot["made_by"]["rule"], lot["made_by"]["reference"]) == ("referral", held["id"])
    shop.take_back(bought)
    referrals.follow()
    revoked = call(shop.tenant_id, language="ar").get(f"/v1/referrals/{held['id']}").json()
    assert (revoked["status"], revoked["reason"]) == ("revoked", "returned")
    assert revoked["reason_text"] == "أُرجعت عملية الشراء"


def test_what_became_of_every_purchase(client: httpx.Client, call: Client, shop: Shop) -> None:
    referrals = Referrals(shop, when="every_purchase")
    ana, omar = shop.customer(), shop.customer()
    referral = referrals.bring(ana, omar)
    bought = [referrals.buy(omar, money) for money in (6000, 600, 9000)]
    referrals.follow()
    shop.take_back(bought[0], {0: 2})
    referrals.follow(later(days=14))
    path = f"/v1/referrals/{referral}/purchases"
    first = client.get(path, params={"limit": 2}).json()
    rest = call(shop.tenant_id, language="ar").get(path, params={"cursor": first["next_cursor"]}).json()
    assert first["data"][0] == {
        "object": "referral_purchase",
        "purchase_id": bought[2],
        "status": "rewarded",
        "reason": None,
        "reason_text": None,
        "currency": "SAR",
        "due": 9000,
        "occurred_at": "2036-03-02T09:00:00Z",
        "until": "2036-06-14T09:00:00Z",
        "changed_at": "2036-03-16T09:00:00Z",
    }
    found = [(each["due"], each["reason"], each["reason_text"]) for each in (*first["data"][1:], *rest["data"])]
    assert found == [
        (600, "purchase_too_small", "the purchase was too small"),
        (4000, "returned", "أُرجعت عملية الشراء"),
    ]
    one = client.get(f"/v1/referrals/{referral}").json()
    assert (one["status"], one["purchase_id"], one["until"]) == ("rewarded", None, "2036-04-01T09:00:00Z")
    (lot,) = client.get(f"/v1/customers/{ana}/balance/explain").json()["data"]
    assert (lot["made_by"]["kind"], lot["made_by"]["reference"]) == ("referral", bought[2].replace("pur_", "rfp_"))


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Unknown referral"), ("ar", "دعوة غير معروفة")], ids=["en", "ar"]
)
def test_purchases_of_a_referral_of_others(
    call: Client, shop: Shop, other_shop: Shop, language: str, title: str
) -> None:
    referrals = Referrals(other_shop, when="every_purchase")
    referral = referrals.bring(other_shop.customer(), other_shop.customer())
    answer = call(shop.tenant_id, language=language).get(f"/v1/referrals/{referral}/purchases")
    assert (answer.status_code, answer.json()["code"], answer.json()["title"]) == (404, "referral_unknown", title)


def test_pages_of_referrals_newest_first(client: httpx.Client, shop: Shop) -> None:
    referrals = Referrals(shop)
    ana = shop.customer()
    made = [referrals.bring(ana, shop.customer()) for _ in range(3)]
    first = client.get(f"/v1/customers/{ana}/referrals", params={"limit": 2}).json()
    rest = client.get(f"/v1/customers/{ana}/referrals", params={"cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in (*first["data"], *rest["data"])] == made[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Unknown referral code"), ("ar", "رمز دعوة غير معروف")], ids=["en", "ar"]
)
def test_wrong_codes_are_counted(call: Client, shop: Shop, language: str, title: str) -> None:
    Referrals(shop)
    client, omar = call(shop.tenant_id, language=language), shop.customer()
    for _ in range(WRONG_MAX["customer"]):
        answer = come(client, "0000-0000-0000-0000-0", omar)
        assert (answer.status_code, answer.json()["code"], answer.json()["title"]) == (
            404,
            "referral_code_unknown",
            title,
        )
    barred = come(client, "0000-0000-0000-0000-0", omar)
    assert (barred.status_code, barred.json()["code"]) == (429, "too_many_wrong_codes")
    assert int(barred.headers["retry-after"]) > 0


def test_each_refusal_has_its_code_in_both_languages(call: Client, client: httpx.Client, shop: Shop) -> None:
    referrals = Referrals(shop, limits=[{"at_most": 1}])
    ana, bought, taken, related = (shop.customer() for _ in range(4))
    referrals.buy(bought)
    mine, theirs = code_of(client, ana), code_of(client, taken)
    shop.pool(ana, related)
    answers = [come(client, mine, ana), come(client, mine, bought), come(client, mine, related)]
    assert come(client, mine, taken).status_code == 201
    answers += [come(client, mine, taken), come(client, theirs, ana), come(client, mine, shop.customer())]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "self_referral"),
        (409, "friend_not_new"),
        (409, "same_household"),
        (409, "referred_already"),
        (409, "referral_ring"),
        (409, "referral_limit_reached"),
    ]
    arabic = come(call(shop.tenant_id, language="ar"), mine, ana).json()
    assert (arabic["title"], arabic["detail"]) == ("لا يمكن دعوة النفس", "لا يستطيع أحد أن يدعو نفسه.")


def test_closed_without_terms(client: httpx.Client, shop: Shop) -> None:
    answer = client.get(f"/v1/customers/{shop.customer()}/referral_code")
    assert (answer.status_code, answer.json()["code"]) == (409, "referrals_closed")
