"""Purchases over HTTP: one, many, again, and back by id and receipt."""

from typing import Any

import httpx
import pytest

from services.loyalty.api.purchase_batches import BATCH_MAX
from tests.services.loyalty.api.asking import basket
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def order(customer_id: str | None, **more: Any) -> dict[str, Any]:
    return {**basket({"customer_id": customer_id or ""}), "customer_id": customer_id, "codes": [], **more}


def test_a_purchase_explains_itself(client: httpx.Client, call: Client, shop: Shop) -> None:
    program_id, version = shop.publish(POINT_PER_RIYAL, rule("buy_x_get_y"))
    ana = shop.customer()
    sent = order(ana, external_id="R-1", lines=[line("COFFEE", 2, 1250)], codes=["NOSUCH"])
    answer = client.post("/v1/purchases", json=sent)
    assert answer.status_code == 201
    document = answer.json()
    assert document["id"].startswith("pur_")
    assert {name: document[name] for name in ("object", "status", "customer_id", "store_id", "till_id", "channel")} == {
        "object": "purchase",
        "status": "recorded",
        "customer_id": ana,
        "store_id": "riyadh-1",
        "till_id": "1",
        "channel": "store",
    }
    assert (document["occurred_at"], document["recorded_at"]) == ("2026-11-22T10:00:00Z", "2036-03-02T09:00:00Z")
    assert document["totals"] == {"subtotal": 2500, "discount": 0, "due": 2500}
    assert document["program"] == {"id": program_id, "version": version}
    assert document["balance_after"] == 25
    (accrued,) = document["effects"]
    assert (accrued["kind"], accrued["amount"], accrued["base"], accrued["rule"]) == ("accrue", 25, 2500, "earn")
    assert "25 points" in accrued["text"]
    set_missed, code_missed = document["misses"]
    assert (set_missed["rule"], set_missed["short_by"], set_missed["unit"]) == ("buy_x_get_y", 1, "units")
    assert (code_missed["condition"], code_missed["code"]) == ("unknown_code", "NOSUCH")
    arabic = call(shop.tenant_id, language="ar").get(f"/v1/purchases/{document['id']}").json()
    assert arabic["effects"][0]["text"] != accrued["text"]
    assert "نقطة" in arabic["effects"][0]["text"]


def test_the_same_receipt_again_gives_the_first_answer(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    sent = order(shop.customer())
    first = client.post("/v1/purchases", json=sent)
    again = client.post("/v1/purchases", json=sent, headers={"idempotency-key": "K-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert client.get(f"/v1/purchases/{first.json()['id']}").json() == first.json()
    receipt = {"store_id": sent["store_id"], "external_id": sent["external_id"]}
    assert client.get("/v1/purchases", params=receipt).json() == first.json()


def test_the_receipt_of_another_purchase_is_refused(call: Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, client = shop.customer(), call(shop.tenant_id, language="ar")
    first = client.post("/v1/purchases", json=order(ana, external_id="R-1")).json()
    refused = client.post("/v1/purchases", json=order(ana, external_id="R-1", lines=[line("TEA")]))
    assert (refused.status_code, refused.json()["code"]) == (409, "purchase_conflict")
    assert refused.json()["params"] == {"store_id": "riyadh-1", "external_id": "R-1", "purchase_id": first["id"]}
    assert refused.json()["detail"] == f"الإيصال R-1 من الفرع riyadh-1 مسجّل بالرقم {first['id']} بمحتوى آخر."
    assert refused.headers["content-language"] == "ar"


def test_a_key_names_one_request(client: httpx.Client, shop: Shop) -> None:
    key = {"idempotency-key": "K-1"}
    sent = order(None)
    assert client.post("/v1/purchases", json=sent, headers=key).status_code == 201
    assert client.post("/v1/purchases", json=sent, headers=key).status_code == 200
    refused = client.post("/v1/purchases", json=order(None), headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert shop.rows("SELECT count(*) FROM purchases") == [{"count": 1}]


@pytest.mark.parametrize(
    ("customer", "status", "code", "text"),
    [
        ("nobody", 422, "customer_unknown", "لا يوجد عميل cus_nobody."),
        ("blocked", 409, "customer_blocked", "العميل {id} موقوف."),
        ("foreign money", 422, "currency_mismatch", "السلة بعملة KWD والبرنامج بعملة SAR."),
    ],
)
def test_refusals_speak_arabic(call: Client, shop: Shop, customer: str, status: int, code: str, text: str) -> None:
    shop.publish(POINT_PER_RIYAL)
    wanted = {"nobody": "cus_nobody", "blocked": shop.customer(status="blocked"), "foreign money": shop.customer()}
    sent = order(wanted[customer], currency="KWD" if customer == "foreign money" else "SAR")
    refused = call(shop.tenant_id, language="ar").post("/v1/purchases", json=sent)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.json()["detail"] == text.format(id=wanted[customer])
    assert shop.rows("SELECT count(*) FROM purchases") == [{"count": 0}]


def test_what_is_wrong_with_a_basket_is_pointed_at(call: Client, shop: Shop) -> None:
    sent = order(None, lines=[line(), {"sku": "X", "quantity": 0, "unit_price": 1.5, "colour": "red"}])
    refused = call(shop.tenant_id, language="ar").post("/v1/purchases", json=sent)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert {(error["pointer"], error["code"]) for error in refused.json()["errors"]} == {
        ("/lines/1/quantity", "greater_than_equal"),
        ("/lines/1/unit_price", "int_type"),
        ("/lines/1/colour", "extra_forbidden"),
    }
    assert {"يجب ألا يقل عن 1."} < {error["detail"] for error in refused.json()["errors"]}


@pytest.mark.parametrize("amount", [-1, 1.0, "1", "1e3", 2**53, 2**63, True, None])
@pytest.mark.parametrize("field", ["unit_price", "discount", "tax", "quantity"])
def test_amounts_are_whole_numbers_of_minor_units(client: httpx.Client, field: str, amount: object) -> None:
    refused = client.post("/v1/purchases", json=order(None, lines=[{**line(), field: amount}]))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


def test_a_batch_answers_each_by_itself_and_in_order(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    first, other = order(ana, external_id="R-1"), order(ana, external_id="R-1", lines=[line("TEA")])
    purchases = [
        first,
        order("cus_nobody"),
        other,
        order(ana, lines=[]),
        first,
        order(ana, quote_id="qot_forged"),
        {"nonsense": 10**30},
        order(None),
    ]
    answer = client.post("/v1/purchases/batch", json={"purchases": purchases})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 422, 409, 422, 200, 422, 422, 201]
    assert [result["problem"]["code"] if "problem" in result else None for result in results] == [
        None,
        "customer_unknown",
        "purchase_conflict",
        "invalid_request",
        None,
        "quote_invalid",
        "invalid_request",
        None,
    ]
    assert results[4]["purchase"] == results[0]["purchase"]
    assert results[3]["problem"]["errors"][0]["pointer"] == "/lines"
    assert shop.points(ana) == (9, 9)
    again = client.post("/v1/purchases/batch", json={"purchases": purchases}).json()["results"]
    assert [result["status"] for result in again] == [200, 422, 409, 422, 200, 422, 422, 200]
    assert shop.points(ana) == (9, 9)


def test_a_batch_with_a_sale_that_spoils_it_is_taken_one_by_one(client: httpx.Client, shop: Shop) -> None:
    shop.publish(
        POINT_PER_RIYAL,
        rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=120, bonus_months=120),
    )
    ana, omar = shop.customer(), shop.customer()
    years = [line("GYM", 10, 100)]
    purchases = [order(omar), *(order(ana, lines=years) for _number in range(36)), order(omar)]
    results = client.post("/v1/purchases/batch", json={"purchases": purchases}).json()["results"]
    refused = [result["problem"]["code"] for result in results if result["status"] != 201]
    assert refused
    assert set(refused) == {"membership_too_long"}
    assert shop.points(omar) == (18, 18)


@pytest.mark.parametrize("count", [0, BATCH_MAX + 1])
def test_a_batch_has_one_purchase_at_least_and_not_too_many(client: httpx.Client, count: int) -> None:
    refused = client.post("/v1/purchases/batch", json={"purchases": [{}] * count})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(("path", "size"), [("", 1 << 20), ("/batch", 4 << 20)])
def test_a_body_has_an_end(client: httpx.Client, path: str, size: int) -> None:
    assert client.post(f"/v1/purchases{path}", content=b" " * (size + 1)).status_code == 413
    assert client.post(f"/v1/purchases{path}", content=b" " * size).status_code == 400


def test_a_customers_purchases_page_by_page(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    made = [shop.sell(ana).purchase.id for _number in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for more in (True, True, False):
        page = client.get(f"/v1/customers/{ana}/purchases", params={"limit": 2, **cursor}).json()
        assert (page["object"], page["has_more"], page["next_cursor"] is not None) == ("list", more, more)
        seen += [purchase["id"] for purchase in page["data"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]


def test_a_cursor_is_for_its_own_list(client: httpx.Client, shop: Shop) -> None:
    ana, omar = shop.customer(), shop.customer()
    for _number in range(2):
        shop.sell(ana)
    cursor = client.get(f"/v1/customers/{ana}/purchases", params={"limit": 1}).json()["next_cursor"]
    for path in (f"/v1/customers/{omar}/purchases", f"/v1/customers/{ana}/statement"):
        refused = client.get(path, params={"cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor")
