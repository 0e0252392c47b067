"""What holds for every route of the service, whichever they are."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from chassis.data.database import Database
from chassis.settings import Settings
from contracts import internal
from contracts.scopes import SCOPES
from kernel.ids import TenantId, new_id
from services.loyalty.api.purchase_batches import BATCH_MAX
from services.loyalty.app import HOT_ROUTES
from services.loyalty.domain.basket import Basket
from tests.services.loyalty.api.asking import DESCRIPTION, DOORS, QUESTIONS, Things, ask, path_of, things_of
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.shop import Shop
from tests.support.calling import EVERY_SCOPE, service_client
from tests.support.routes import Door

# A retry is known by its receipts here: see test_purchases.py.
AMENDMENTS = ("/returns", "/edit", "/void", "/reopen", "/claim", "/vouchers/{voucher_id}/cancel")
BY_RECEIPT = ("/v1/purchases", "/v1/purchases/batch", "/v1/activities/batch")
# These come with Wafa and are no tenant's.
EVERYBODYS = ("/v1/program_templates", "/v1/program_templates/{template_id}")
# What each tenant has of its own from the beginning.
OWN = ("/v1/offline_keys",)
MONEY = (
    "/v1/activities/{",
    "/v1/adjustments",
    "/v1/award_batches",
    "/v1/customers",
    "/v1/draws/{draw_id}/entries",
    "/v1/draws/{draw_id}/winners/",
    "/v1/entries",
    "/v1/gift_cards/{",
    "/v1/instant_wins/{instant_win_id}/plays",
    "/v1/holds",
    "/v1/memberships",
    "/v1/offline_conflicts",
    "/v1/pools",
    "/v1/redemptions",
    "/v1/referrals",
    "/v1/reinstatements",
    "/v1/releases",
    "/v1/reservations",
    "/v1/transfers",
    "/v1/wallet_merges",
)
# Answers CSV, of which a description says little.
JOURNAL = "/v1/reports/journal"
by_door = pytest.mark.parametrize("door", DOORS, ids=str)


class Stocked(NamedTuple):
    """A shop with one of everything, and how all of it is called."""

    shop: Shop
    things: Things


@pytest.fixture
def stock(database: Database) -> Iterator[Callable[[], Stocked]]:
    """Makes a shop for a case that changes something; whatever it did, the ledger is sound after it."""
    made: list[Shop] = []

    def make() -> Stocked:
        made.append(Shop(database, TenantId(new_id("ten"))))
        return Stocked(made[-1], things_of(made[-1]))

    yield make
    assert [breach for shop in made for breach in shop.breaches()] == []


@pytest.fixture(scope="module")
def on_show(database: Database) -> Iterator[Stocked]:
    """One shop for all the cases that change nothing; that they do not is looked at when the last is over."""
    shop = Shop(database, TenantId(new_id("ten")))
    things = things_of(shop)
    shop.seal()
    before = shop.everything()
    yield Stocked(shop, things)
    assert shop.everything() == before
    assert shop.breaches() == []


def test_no_route_is_forgotten() -> None:
    assert {str(door) for door in DOORS} == set(QUESTIONS)


@by_door
def test_it_answers_its_owner_as_described(
    call: Client, stock: Callable[[], Stocked], on_show: Stocked, door: Door
) -> None:
    shop, things = on_show if door.method == "GET" else stock()
    answer = ask(call(shop.tenant_id), door, things)
    assert answer.status_code == QUESTIONS[str(door)].own, answer.text
    conforms(door, answer)


@by_door
def test_a_neighbour_sees_and_changes_nothing(call: Client, on_show: Stocked, other_shop: Shop, door: Door) -> None:
    shop, things = on_show
    before = shop.everything()
    answer = ask(call(other_shop.tenant_id), door, things)
    assert answer.status_code == QUESTIONS[str(door)].neighbours, answer.text
    conforms(door, answer)
    assert shop.everything() == before
    if door.path == JOURNAL:
        assert len(answer.text.splitlines()) == 1, "only the names of the columns"
        return
    told = answer.json()
    if door.method == "GET" and answer.status_code == 200 and door.path not in (*EVERYBODYS, *OWN):
        assert not told["data" if "data" in told else "entries"]
    if "results" in told:
        assert [result["status"] for result in told["results"]] == [422]
    # What was asked for may be named again in a refusal; what was not asked for is never told.
    assert not any(secret in answer.text for secret in (things["code"], things["redemption_id"]))


@by_door
def test_its_scope_opens_it_and_no_other_does(
    call: Client, stock: Callable[[], Stocked], on_show: Stocked, door: Door
) -> None:
    shop, things = on_show if door.method == "GET" else stock()
    assert door.scope in SCOPES
    assert ask(call(shop.tenant_id, scopes=[str(door.scope)]), door, things).status_code == QUESTIONS[str(door)].own
    shop, things = on_show
    refused = ask(call(shop.tenant_id, scopes=set(EVERY_SCOPE) - {str(door.scope)}), door, things)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["params"] == {"scope": door.scope}


def test_the_scopes_are_these() -> None:
    """A change of what a key may do is seen here: it is a promise to those who made keys."""
    assert {str(door): door.scope for door in DOORS} == {
        "GET /v1/activities/{activity_id}": "purchases:read",
        "GET /v1/customers/{customer_id}/activities": "purchases:read",
        "POST /v1/activities": "purchases:write",
        "POST /v1/activities/batch": "purchases:write",
        "POST /v1/activities/{activity_id}/cancel": "purchases:write",
        "POST /v1/programs/{program_id}/versions/{version}/activity_dry_run": "programs:read",
        "POST /v1/award_batches": "points:write",
        "GET /v1/award_batches": "points:read",
        "GET /v1/award_batches/{award_batch_id}": "points:read",
        "GET /v1/award_batches/{award_batch_id}/lines": "points:read",
        "POST /v1/award_batches/{award_batch_id}/cancel": "points:write",
        "POST /v1/leaderboards": "rewards:write",
        "GET /v1/leaderboards": "rewards:read",
        "GET /v1/leaderboards/{leaderboard_id}": "rewards:read",
        "POST /v1/leaderboards/{leaderboard_id}/stop": "rewards:write",
        "GET /v1/leaderboards/{leaderboard_id}/standing": "rewards:read",
        "POST /v1/customers/{customer_id}/leaderboards/{leaderboard_id}/join": "customers:write",
        "POST /v1/customers/{customer_id}/leaderboards/{leaderboard_id}/leave": "customers:write",
        "GET /v1/customers/{customer_id}/leaderboards": "points:read",
        "POST /v1/draws": "rewards:write",
        "GET /v1/draws": "rewards:read",
        "GET /v1/draws/{draw_id}": "rewards:read",
        "PATCH /v1/draws/{draw_id}": "rewards:write",
        "POST /v1/draws/{draw_id}/cancel": "rewards:write",
        "POST /v1/draws/{draw_id}/entries": "points:write",
        "POST /v1/draws/{draw_id}/beacon": "rewards:write",
        "GET /v1/draws/{draw_id}/proof": "rewards:read",
        "GET /v1/draws/{draw_id}/winners": "rewards:read",
        "POST /v1/draws/{draw_id}/winners/{pick}/steps": "rewards:write",
        "GET /v1/customers/{customer_id}/draws": "points:read",
        "POST /v1/instant_wins": "rewards:write",
        "GET /v1/instant_wins": "rewards:read",
        "GET /v1/instant_wins/{instant_win_id}": "rewards:read",
        "PATCH /v1/instant_wins/{instant_win_id}": "rewards:write",
        "POST /v1/instant_wins/{instant_win_id}/stop": "rewards:write",
        "POST /v1/instant_wins/{instant_win_id}/plays": "points:write",
        "GET /v1/instant_wins/{instant_win_id}/plays": "rewards:read",
        "POST /v1/instant_wins/{instant_win_id}/plays/{play_id}/play": "points:write",
        "POST /v1/instant_wins/{instant_win_id}/plays/{play_id}/hand_over": "rewards:write",
        "GET /v1/instant_wins/{instant_win_id}/proof": "rewards:read",
        "GET /v1/customers/{customer_id}/plays": "points:read",
        "GET /v1/backtests": "programs:read",
        "GET /v1/backtests/{backtest_id}": "programs:read",
        "GET /v1/coupon_campaigns": "rewards:read",
        "GET /v1/coupon_campaigns/{campaign_id}": "rewards:read",
        "GET /v1/coupon_campaigns/{campaign_id}/batches": "rewards:read",
        "GET /v1/coupon_campaigns/{campaign_id}/batches/{batch_id}": "rewards:read",
        "GET /v1/coupon_campaigns/{campaign_id}/codes": "rewards:write",
        "POST /v1/coupon_campaigns/{campaign_id}/codes": "rewards:write",
        "PATCH /v1/coupon_campaigns/{campaign_id}": "rewards:write",
        "POST /v1/coupon_campaigns": "rewards:write",
        "POST /v1/coupon_campaigns/{campaign_id}/imports": "rewards:write",
        "POST /v1/coupons/lookup": "rewards:read",
        "POST /v1/coupon_campaigns/{campaign_id}/stop": "rewards:write",
        "GET /v1/rewards/{reward_id}/waiting": "rewards:read",
        "GET /v1/customers/{customer_id}/automatic_redemptions": "rewards:read",
        "PUT /v1/customers/{customer_id}/automatic_redemptions": "customers:write",
        "GET /v1/customers/{customer_id}/balance": "points:read",
        "GET /v1/customers/{customer_id}/balance/explain": "points:read",
        "GET /v1/customers/{customer_id}/memberships": "points:read",
        "GET /v1/customers/{customer_id}/passes": "points:read",
        "GET /v1/customers/{customer_id}/purchases": "purchases:read",
        "GET /v1/customers/{customer_id}/referral_code": "points:read",
        "GET /v1/customers/{customer_id}/referrals": "points:read",
        "GET /v1/referrals/{referral_id}": "points:read",
        "GET /v1/referrals/{referral_id}/purchases": "points:read",
        "POST /v1/referrals": "points:write",
        "DELETE /v1/customers/{customer_id}/segments/{segment}": "customers:write",
        "GET /v1/customers/{customer_id}/segments": "customers:read",
        "GET /v1/customers/{customer_id}/stamp_cards": "points:read",
        "PUT /v1/customers/{customer_id}/segments/{segment}": "customers:write",
        "GET /v1/customers/{customer_id}/statement": "points:read",
        "GET /v1/customers/{customer_id}/vouchers": "rewards:read",
        "GET /v1/customers/{customer_id}/challenges": "points:read",
        "GET /v1/customers/{customer_id}/tier": "customers:read",
        "POST /v1/customers/{customer_id}/tier": "customers:write",
        "GET /v1/customers/{customer_id}/tier/history": "customers:read",
        "GET /v1/program_templates": "programs:read",
        "GET /v1/program_templates/{template_id}": "programs:read",
        "GET /v1/memberships/{membership_id}": "points:read",
        "GET /v1/memberships/{membership_id}/cancellation": "points:read",
        "GET /v1/ledger/head": "points:read",
        "GET /v1/reports/journal": "points:read",
        "GET /v1/reports/liability": "points:read",
        "GET /v1/pools/{pool_id}": "points:read",
        "GET /v1/programs": "programs:read",
        "GET /v1/programs/{program_id}/versions/{version}": "programs:read",
        "GET /v1/programs/{program_id}/versions/{version}/experiments/{experiment}": "programs:read",
        "GET /v1/programs/{program_id}/versions/{version}/diff": "programs:read",
        "GET /v1/purchases": "purchases:read",
        "GET /v1/purchases/{purchase_id}": "purchases:read",
        "GET /v1/customers/{customer_id}/redemptions": "rewards:read",
        "GET /v1/redemptions": "rewards:read",
        "GET /v1/purchases/{purchase_id}/amendments": "purchases:read",
        "GET /v1/redemptions/{redemption_id}": "rewards:read",
        "GET /v1/gift_cards/{gift_card_id}": "points:read",
        "GET /v1/gift_cards/{gift_card_id}/statement": "points:read",
        "GET /v1/offline_conflicts": "points:read",
        "GET /v1/offline_conflicts/{conflict_id}": "points:read",
        "GET /v1/offline_keys": "purchases:read",
        "POST /v1/offline_conflicts/{conflict_id}/resolve": "points:write",
        "POST /v1/customers/{customer_id}/offline_allowances": "points:write",
        "POST /v1/gift_cards": "points:write",
        "POST /v1/gift_cards/lookup": "points:read",
        "POST /v1/gift_cards/{gift_card_id}/steps": "points:write",
        "POST /v1/gift_cards/{gift_card_id}/top_ups": "points:write",
        "GET /v1/reservations/{reservation_id}": "purchases:read",
        "GET /v1/vouchers/{voucher_id}": "rewards:read",
        "POST /v1/reservations": "purchases:write",
        "POST /v1/reservations/{reservation_id}/release": "purchases:write",
        "POST /v1/vouchers/lookup": "rewards:read",
        "POST /v1/vouchers/{voucher_id}/cancel": "rewards:write",
        "PATCH /v1/rewards/{reward_id}": "rewards:write",
        "POST /v1/redemptions/{redemption_id}/steps": "rewards:write",
        "GET /v1/rewards": "rewards:read",
        "GET /v1/rewards/{reward_id}": "rewards:read",
        "POST /v1/adjustments": "points:write",
        "POST /v1/backtests/{backtest_id}/cancel": "programs:write",
        "GET /v1/customers/{customer_id}/entries": "points:read",
        "POST /v1/customers/{customer_id}/entries": "points:write",
        "POST /v1/entries/{entry_id}/give_back": "points:write",
        "POST /v1/holds": "points:write",
        "POST /v1/holds/{hold_id}/capture": "points:write",
        "POST /v1/holds/{hold_id}/release": "points:write",
        "POST /v1/memberships/{membership_id}/cancel": "points:write",
        "POST /v1/memberships/{membership_id}/family": "points:write",
        "DELETE /v1/memberships/{membership_id}/family/{relative_id}": "points:write",
        "POST /v1/memberships/{membership_id}/freeze": "points:write",
        "POST /v1/memberships/{membership_id}/goodwill": "points:write",
        "POST /v1/memberships/{membership_id}/plan": "points:write",
        "POST /v1/memberships/{membership_id}/resume": "points:write",
        "POST /v1/pools": "points:write",
        "POST /v1/pools/{pool_id}/customers": "points:write",
        "POST /v1/pools/{pool_id}/customers/{customer_id}/leave": "points:write",
        "POST /v1/pools/{pool_id}/gatherings": "points:write",
        "POST /v1/programs": "programs:write",
        "POST /v1/programs/{program_id}/retire": "programs:write",
        "POST /v1/programs/{program_id}/versions": "programs:write",
        "POST /v1/programs/{program_id}/versions/{version}/backtest": "programs:write",
        "POST /v1/programs/{program_id}/versions/{version}/dry_run": "programs:read",
        "POST /v1/programs/{program_id}/versions/{version}/publish": "programs:write",
        "POST /v1/programs/{program_id}/versions/{version}/schedule": "programs:write",
        "POST /v1/programs/{program_id}/versions/{version}/unschedule": "programs:write",
        "POST /v1/purchases": "purchases:write",
        "POST /v1/purchases/batch": "purchases:write",
        "POST /v1/purchases/{purchase_id}/claim": "purchases:write",
        "POST /v1/purchases/{purchase_id}/edit": "purchases:write",
        "POST /v1/purchases/{purchase_id}/reopen": "purchases:write",
        "POST /v1/purchases/{purchase_id}/returns": "purchases:write",
        "POST /v1/purchases/{purchase_id}/void": "purchases:write",
        "POST /v1/quotes": "purchases:write",
        "POST /v1/redemptions": "rewards:write",
        "POST /v1/reinstatements": "points:write",
        "POST /v1/releases": "points:write",
        "POST /v1/rewards": "rewards:write",
        "POST /v1/rewards/{reward_id}/withdraw": "rewards:write",
        "POST /v1/transfers": "points:write",
        "POST /v1/wallet_merges": "points:write",
        "POST /v1/wallet_merges/{merge_id}/undo": "points:write",
    }


@by_door
def test_nobody_but_the_gateway_is_believed(app: FastAPI, settings: Settings, on_show: Stocked, door: Door) -> None:
    shop, things = on_show
    stranger = service_client(app, settings, shop.tenant_id, language="ar")
    stranger.headers[internal.TOKEN] = "guessed"
    refused = ask(stranger, door, things)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.json()["title"] == "من أنت؟"


@pytest.mark.parametrize(
    "door",
    [door for door in DOORS if door.method == "POST" and door.path not in BY_RECEIPT],
    ids=str,
)
def test_a_retry_with_the_same_key_is_answered_as_the_first_time(client: httpx.Client, shop: Shop, door: Door) -> None:
    things = things_of(shop)
    question = QUESTIONS[str(door)]
    path = path_of(door, things)
    body = {} if question.body is None else {"json": question.body(things)}
    first, second = [client.post(path, headers={"idempotency-key": "K-1"}, **body) for _ in range(2)]
    assert (first.status_code, second.status_code) == (question.own, question.own), first.text
    assert second.json() == first.json()
    assert (first.headers.get("idempotent-replayed"), second.headers["idempotent-replayed"]) == (None, "true")


@pytest.mark.parametrize("path", [str(door).split()[1] for door in DOORS if door.method == "POST"])
def test_what_moves_value_needs_a_key(call: Client, stock: Callable[[], Stocked], on_show: Stocked, path: str) -> None:
    """In the description, and in truth."""
    operation = DESCRIPTION["paths"][path]["post"]
    needed = any(one["name"] == "Idempotency-Key" and one["required"] for one in operation.get("parameters", ()))
    shop, things = on_show if needed else stock()
    question = QUESTIONS[f"POST {path}"]
    body = {} if question.body is None else {"json": question.body(things)}
    answer = call(shop.tenant_id).post(path_of(Door("POST", path, None), things), **body)
    assert answer.status_code == (400 if needed else question.own), answer.text
    assert needed is (path.startswith(MONEY) or path.endswith((*AMENDMENTS, "/gift_cards", "/codes")))
    if needed:
        assert answer.json()["code"] == "idempotency_key_required"


@by_door
def test_it_is_described(door: Door) -> None:
    operation = DESCRIPTION["paths"][door.path][door.method.lower()]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert operation["security"] == [{"apiKey": [door.scope]}]
    assert {"401", "403", "422", "503"} <= set(operation["responses"])
    assert "scope_missing" in codes(operation, "403")
    writes = door.method != "GET"
    assert ("idempotency_key_reused" in codes(operation, "422")) is writes
    assert any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ())) is writes
    assert ("malformed_body" in codes(operation, "400")) is ("requestBody" in operation)
    assert str(QUESTIONS[str(door)].own) in operation["responses"]
    for status, response in operation["responses"].items():
        if status >= "400":
            assert "application/problem+json" in response["content"]
            assert response["content"]["application/problem+json"]["examples"]


def codes(operation: dict[str, Any], status: str) -> set[str]:
    """The codes of the refusals described for a status."""
    content = operation["responses"].get(status, {}).get("content", {})
    return set(content.get("application/problem+json", {}).get("examples", ()))


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for path in DESCRIPTION["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(DOORS)


def test_schemas_have_names_of_their_own() -> None:
    """Two of one name would be told apart by the names of our modules."""
    assert [name for name in DESCRIPTION["components"]["schemas"] if "__" in name] == []


def test_every_hot_route_is_described() -> None:
    for route in HOT_ROUTES:
        assert route.method.lower() in DESCRIPTION["paths"][route.path]


def test_the_hot_routes_describe_what_they_parse() -> None:
    """Their handlers read the body themselves, so that nothing else would notice a difference."""
    document = DESCRIPTION
    schemas = document["components"]["schemas"]

    def body(path: str) -> dict[str, Any]:
        reference = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        found: dict[str, Any] = schemas[reference.rpartition("/")[2]]
        return found

    parsed = Basket.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = parsed.pop("$defs")
    assert body("/v1/purchases") == without_nulls(parsed)
    assert {name: schemas[name] for name in definitions} == without_nulls(definitions)
    batch = body("/v1/purchases/batch")
    assert batch["properties"]["purchases"]["items"] == {"$ref": "#/components/schemas/Basket"}
    assert (batch["properties"]["purchases"]["minItems"], batch["properties"]["purchases"]["maxItems"]) == (
        1,
        BATCH_MAX,
    )
    assert batch["additionalProperties"] is False


def without_nulls(schema: Any) -> Any:
    """A schema as FastAPI writes it: that nothing is the default goes without saying."""
    if isinstance(schema, dict):
        told = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
        return {name: without_nulls(value) for name, value in told.items()}
    return [without_nulls(one) for one in schema] if isinstance(schema, list) else schema


def conforms(door: Door, answer: httpx.Response) -> None:
    """The answer is one that the description describes."""
    document = DESCRIPTION
    described = document["paths"][door.path][door.method.lower()]["responses"]
    assert str(answer.status_code) in described
    content = described[str(answer.status_code)]["content"]
    media_type = answer.headers["content-type"].partition(";")[0]
    if media_type == "text/csv":
        return
    schema = content[media_type].get("schema") or content["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
