"""How each route of the service is asked about things that are really there."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
from pydantic import SecretStr

from kernel.ids import CustomerId, new_id
from services.loyalty.app import create_app
from services.loyalty.settings import LoyaltySettings
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import NAME, line, rule
from tests.services.loyalty.domain.draws import BICYCLE
from tests.services.loyalty.domain.instant_wins import BAG
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.leaderboards import Leaderboards, weekly
from tests.services.loyalty.memberships import Memberships
from tests.services.loyalty.passes import SWIM_TEN, Passes
from tests.services.loyalty.referrals import TERMS, Referrals
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop
from tests.services.loyalty.tiers import ladder
from tests.support.routes import Door, doors

NOBODYS = SecretStr("nobody's")
APP = create_app(
    LoyaltySettings(owner_password=NOBODYS, app_password=NOBODYS, relay_password=NOBODYS, internal_token=NOBODYS)
)
DOORS = doors(APP)
DESCRIPTION = APP.openapi()
CARD = rule("stamp_card", card="coffee", stamps_needed=2, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
GYM = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)
GOLD = {"id": "gold", "name": NAME}
FAMILY = {"id": "gym", "name": NAME, "family_max": 2}
DOCUMENT = {"currency": "SAR", "time_zone": "Asia/Riyadh", "rules": [rule("earn", per=100, points=2)]}

CAMPAIGN = {
    "starts_on": "2026-01-01",
    "ends_on": "2046-12-31",
    "uses_per_code": 9,
    "uses_per_customer": 2,
    "on_return": "kept_used",
}

SOMEDAY = "2040-01-01T00:00:00Z"

HALF = {"kind": "in_share", "experiment": "half", "until_percent": 50}

Things = Mapping[str, str]


def things_of(shop: Shop) -> Things:
    """One of everything, by the name that addresses and bodies have for it. No two are alike in another shop."""
    terms: dict[str, Any] = {
        "plans": [GOLD, FAMILY],
        "pay_with_points": {"worth": 5},
        "tiers": ladder(),
        "referral": TERMS,
    }
    program_id, _live = shop.publish(POINT_PER_RIYAL, CARD, GYM, SWIM_TEN, **terms)
    _program_id, version = shop.draft(rule("earn", per=50, conditions=[HALF]), CARD, GYM)
    customer_id = shop.customer()
    bought = shop.sell(customer_id, line("COFFEE", 3), line("GYM", 1, 20000)).purchase
    reward_id = shop.offer(10)
    redeemed = shop.redeem(customer_id, reward_id)
    card = shop.gift_card(5000)
    spare = shop.redeem(customer_id, reward_id)
    assert redeemed.code
    assert spare.code
    other = shop.customer()
    expire_one(shop, other)
    referrals = Referrals(shop, publish=False)
    coupon_code = f"CODE-{new_id('cpn')}"
    campaign = CouponCampaign(shop, coupon_code, uses_per_code=5, publish=False)
    return {
        "customer_id": customer_id,
        "activity_id": shop.activity(customer_id, "review").row.id,
        "segment": "vip",
        "experiment": "half",
        "purchase_id": bought.id,
        "external_id": bought.external_id,
        "voided_id": shop.void(shop.sell(customer_id).purchase.id).purchase.id,
        "walk_in_id": shop.sell(None).purchase.id,
        "program_id": program_id,
        "version": str(version),
        "backtest_id": shop.backtest(program_id, version),
        "template_id": "cafe_stamp_card",
        "reward_id": reward_id,
        "redemption_id": redeemed.redemption.id,
        "code": redeemed.code,
        "gift_card_id": card.card.id,
        "gift_card_code": card.code,
        "voucher_id": str(redeemed.redemption.voucher_id),
        "reservation_id": shop.reserve(customer_id, spare.code, days=9000).id,
        "hold_id": shop.hold(customer_id, 5, days=9000).id,
        "entry_id": an_entry(shop, customer_id),
        "membership_id": a_planned_freeze(shop, customer_id),
        "relative_id": in_the_family(shop, customer_id),
        "other_customer_id": other,
        "referral_code": referrals.code(customer_id),
        "referral_id": referrals.bring(customer_id, shop.customer()),
        "stranger_id": shop.customer(),
        "pool_id": shop.pool(customer_id, other),
        "campaign_id": campaign.id,
        "coupon_code": coupon_code,
        "batch_id": campaign.order(3),
        "conflict_id": a_conflict(shop, customer_id),
        "merge_id": shop.merge(shop.customer(), shop.customer()),
        "leaderboard_id": a_leaderboard(shop, customer_id),
        "award_batch_id": AwardBatches(shop).order([customer_id]),
        "draw_id": an_open_draw(shop, customer_id),
        "closed_draw_id": draws_that_are_over(shop, customer_id, draw="over", beacon="a block"),
        "drawn_draw_id": draws_that_are_over(shop, customer_id, draw="won", claim_days=366),
        "pick": "1",
        **instant_wins(shop, customer_id),
        "announced_draw_id": Draws(shop).create(draw="announced", opens_at=SOMEDAY, closes_at="2041-01-01T00:00:00Z"),
    }


def a_conflict(shop: Shop, customer_id: CustomerId) -> str:
    """A till took 0.30 on an allowance of 0.25."""
    token, _row = shop.allow(customer_id, 5)
    shop.sell(customer_id, tenders=[{"kind": "points", "amount": 30, "allowance": token}])
    (found,) = shop.rows("SELECT id FROM offline_conflicts")
    return str(found["id"])


def an_entry(shop: Shop, customer_id: CustomerId) -> str:
    """An entry that was used."""
    swims = Passes(shop, customer_id)
    swims.buy()
    return swims.use().id


def instant_wins(shop: Shop, customer_id: CustomerId) -> dict[str, str]:
    """An instant win that has been open for long, with a play that won; one that is announced; and one that is over."""
    wheels = InstantWins(shop)
    instant_win_id = wheels.create(opens_at="2026-01-01T00:00:00Z", closes_at=SOMEDAY)
    (play_id,) = wheels.give(instant_win_id, customer_id)
    wheels.play(instant_win_id, play_id)
    announced = {"opens_at": SOMEDAY, "closes_at": "2041-01-01T00:00:00Z"}
    over = wheels.create(instant_win="over")
    wheels.stop(over)
    return {
        "instant_win_id": instant_win_id,
        "play_id": play_id,
        "announced_instant_win_id": wheels.create(instant_win="announced", **announced),
        "stopped_instant_win_id": over,
    }


def an_open_draw(shop: Shop, customer_id: CustomerId) -> str:
    """A draw that has been open for long, with somebody in it."""
    draws = Draws(shop)
    draw_id = draws.create(opens_at="2026-01-01T00:00:00Z", closes_at=SOMEDAY)
    draws.enter(draw_id, customer_id)
    return draw_id


def draws_that_are_over(shop: Shop, customer_id: CustomerId, **terms: Any) -> str:
    """A draw whose week is over, with somebody in it."""
    now = shop.at
    draw_id = Draws(shop).drawn(customer_id, **terms)
    shop.at = now
    return draw_id


def a_leaderboard(shop: Shop, customer_id: CustomerId) -> str:
    """A leaderboard with somebody on it."""
    boards = Leaderboards(shop)
    board = boards.create(starts_on="2026-01-01", per="month")
    boards.join(board, customer_id)
    return board


def a_planned_freeze(shop: Shop, customer_id: CustomerId) -> str:
    """A membership that will be frozen in June, and can be in July."""
    gym = Memberships(shop, customer_id)
    gym.freeze("2036-06-01", "2036-06-10")
    return gym.id


def in_the_family(shop: Shop, customer_id: CustomerId) -> CustomerId:
    """Somebody who shares the membership."""
    relative = shop.customer()
    Memberships(shop, customer_id).share(relative)
    return relative


def expire_one(shop: Shop, customer_id: CustomerId) -> None:
    """A point that is dead by now."""
    now = shop.at
    shop.at = now - timedelta(days=2)
    shop.adjust(customer_id, 1, expires_at=now - timedelta(days=1))
    shop.at = now


class Question(NamedTuple):
    """What a route is asked, what its owner is answered, and what a neighbour is who asks about the same things.

    `purchase` is which of the purchases it is asked about, `draw` which of the draws,
    `instant_win` which of the instant wins.
    """

    own: int
    neighbours: int
    params: Callable[[Things], dict[str, Any]] = lambda _things: {}
    body: Callable[[Things], Any] | None = None
    purchase: str = "purchase_id"
    draw: str = "draw_id"
    instant_win: str = "instant_win_id"


def basket(things: Things) -> dict[str, Any]:
    """A basket under a receipt of its own."""
    return {
        "customer_id": things["customer_id"],
        "store_id": "riyadh-1",
        "till_id": "1",
        "channel": "store",
        "external_id": new_id("req"),
        "occurred_at": "2026-11-22T10:00:00Z",
        "currency": "SAR",
        "lines": [line("COFFEE", 1, 1000, name="Coffee", categories=["drinks"], discount=100, tax=100)],
        "tenders": [{"kind": "card", "amount": 900}],
        "codes": ["WELCOME"],
        "quote_id": None,
    }


def an_activity(things: Things) -> dict[str, Any]:
    """An activity of its own."""
    return {
        "customer_id": things["customer_id"],
        "kind": "review",
        "external_id": new_id("req"),
        "occurred_at": "2026-11-22T10:00:00Z",
        "attributes": {"stars": 5, "photo": True, "language": "ar"},
    }


def of_customer(things: Things, **more: Any) -> dict[str, Any]:
    return {"customer_id": things["customer_id"], **more}


QUESTIONS: dict[str, Question] = {
    "GET /v1/activities/{activity_id}": Question(200, 404),
    "GET /v1/customers/{customer_id}/activities": Question(200, 404),
    "POST /v1/activities": Question(201, 422, body=an_activity),
    "POST /v1/activities/batch": Question(200, 200, body=lambda things: {"activities": [an_activity(things)]}),
    "POST /v1/activities/{activity_id}/cancel": Question(200, 404, body=lambda _things: {"reason": "a fake"}),
    "POST /v1/programs/{program_id}/versions/{version}/activity_dry_run": Question(
        200,
        404,
        body=lambda things: {"activity": an_activity(things), "at": SOMEDAY, "without_rules": ["earn"]},
    ),
    "POST /v1/award_batches": Question(
        202,
        409,
        body=lambda things: {
            "name": NAME,
            "award": {"points": 5},
            "customer_ids": [things["customer_id"]],
            "reason": "the feast",
        },
    ),
    "GET /v1/award_batches": Question(200, 200),
    "GET /v1/award_batches/{award_batch_id}": Question(200, 404),
    "GET /v1/award_batches/{award_batch_id}/lines": Question(200, 404),
    "POST /v1/award_batches/{award_batch_id}/cancel": Question(200, 404, body=lambda _things: {"reason": "a mistake"}),
    "POST /v1/leaderboards": Question(201, 409, body=lambda _things: weekly().model_dump(mode="json")),
    "GET /v1/leaderboards": Question(200, 200),
    "GET /v1/leaderboards/{leaderboard_id}": Question(200, 404),
    "POST /v1/leaderboards/{leaderboard_id}/stop": Question(200, 404),
    "GET /v1/leaderboards/{leaderboard_id}/standing": Question(200, 404),
    "POST /v1/customers/{customer_id}/leaderboards/{leaderboard_id}/join": Question(200, 404),
    "POST /v1/customers/{customer_id}/leaderboards/{leaderboard_id}/leave": Question(200, 404),
    "GET /v1/customers/{customer_id}/leaderboards": Question(200, 404),
    "POST /v1/draws": Question(
        201,
        201,
        body=lambda _things: {
            "draw": "summer-again",
            "name": NAME,
            "opens_at": SOMEDAY,
            "closes_at": "2041-01-01T00:00:00Z",
            "prizes": [{**BICYCLE, "count": 2}],
            "alternates": 2,
            "one_win_per_customer": True,
            "entries_per_customer": 10,
            "beacon": "a block",
            "claim_days": 14,
        },
    ),
    "GET /v1/draws": Question(200, 200),
    "GET /v1/draws/{draw_id}": Question(200, 404),
    "PATCH /v1/draws/{draw_id}": Question(200, 404, body=lambda _things: {"alternates": 5}, draw="announced_draw_id"),
    "POST /v1/draws/{draw_id}/cancel": Question(200, 404, body=lambda _things: {"reason": "no prizes"}),
    "POST /v1/draws/{draw_id}/entries": Question(
        201, 404, body=lambda things: of_customer(things, entries=2, reason="a card in the box")
    ),
    "POST /v1/draws/{draw_id}/beacon": Question(
        200, 404, body=lambda _things: {"value": "00ff"}, draw="closed_draw_id"
    ),
    "GET /v1/draws/{draw_id}/proof": Question(200, 404, draw="drawn_draw_id"),
    "GET /v1/draws/{draw_id}/winners": Question(200, 404, draw="drawn_draw_id"),
    "POST /v1/draws/{draw_id}/winners/{pick}/steps": Question(
        200, 404, body=lambda _things: {"step": "claim"}, draw="drawn_draw_id"
    ),
    "GET /v1/customers/{customer_id}/draws": Question(200, 404),
    "POST /v1/instant_wins": Question(
        201,
        201,
        body=lambda _things: {
            "instant_win": "spring-again",
            "name": NAME,
            "opens_at": SOMEDAY,
            "closes_at": "2041-01-01T00:00:00Z",
            "out_of": 1000,
            "prizes": [{**BAG, "chances": 5, "stock": 10, "worth": 100, "award": {"points": 50}}],
            "wins_per_customer": {"at_most": 1, "per": "month"},
            "budget": 1000,
            "play_days": 30,
        },
    ),
    "GET /v1/instant_wins": Question(200, 200),
    "GET /v1/instant_wins/{instant_win_id}": Question(200, 404),
    "PATCH /v1/instant_wins/{instant_win_id}": Question(
        200, 404, body=lambda _things: {"out_of": 10}, instant_win="announced_instant_win_id"
    ),
    "POST /v1/instant_wins/{instant_win_id}/stop": Question(200, 404, body=lambda _things: {"reason": "a mistake"}),
    "POST /v1/instant_wins/{instant_win_id}/plays": Question(
        201, 404, body=lambda things: of_customer(things, plays=2, reason="a kind word")
    ),
    "GET /v1/instant_wins/{instant_win_id}/plays": Question(200, 404, params=lambda _things: {"outcome": "won"}),
    "POST /v1/instant_wins/{instant_win_id}/plays/{play_id}/play": Question(200, 404),
    "POST /v1/instant_wins/{instant_win_id}/plays/{play_id}/hand_over": Question(200, 404),
    "GET /v1/instant_wins/{instant_win_id}/proof": Question(200, 404, instant_win="stopped_instant_win_id"),
    "GET /v1/customers/{customer_id}/plays": Question(200, 404),
    "GET /v1/backtests": Question(200, 200),
    "GET /v1/backtests/{backtest_id}": Question(200, 404),
    "GET /v1/coupon_campaigns": Question(200, 200),
    "GET /v1/coupon_campaigns/{campaign_id}": Question(200, 404),
    "GET /v1/coupon_campaigns/{campaign_id}/batches": Question(200, 404),
    "GET /v1/coupon_campaigns/{campaign_id}/batches/{batch_id}": Question(200, 404),
    "GET /v1/coupon_campaigns/{campaign_id}/codes": Question(200, 404, lambda things: {"batch_id": things["batch_id"]}),
    "POST /v1/coupon_campaigns/{campaign_id}/codes": Question(
        202, 404, body=lambda _things: {"number": 3, "prefix": "EID-", "length": 10}
    ),
    "PATCH /v1/coupon_campaigns/{campaign_id}": Question(200, 404, body=lambda _things: {**CAMPAIGN, "name": NAME}),
    "POST /v1/coupon_campaigns": Question(
        201, 201, body=lambda _things: {**CAMPAIGN, "name": NAME, "code_case": "exact", "codes": [new_id("req")]}
    ),
    "POST /v1/coupon_campaigns/{campaign_id}/imports": Question(
        200, 404, lambda _things: {"dry_run": True}, body=lambda _things: "code\nEID-1\nEID-2"
    ),
    "POST /v1/coupons/lookup": Question(200, 404, body=lambda things: {"code": things["coupon_code"], "till": "1"}),
    "POST /v1/coupon_campaigns/{campaign_id}/stop": Question(200, 404),
    "GET /v1/rewards/{reward_id}/waiting": Question(200, 404),
    "GET /v1/customers/{customer_id}/automatic_redemptions": Question(200, 404),
    "PUT /v1/customers/{customer_id}/automatic_redemptions": Question(
        200, 404, body=lambda _things: {"allowed": False}
    ),
    "GET /v1/customers/{customer_id}/balance": Question(200, 404),
    "GET /v1/customers/{customer_id}/balance/explain": Question(200, 404),
    "GET /v1/customers/{customer_id}/memberships": Question(200, 404),
    "GET /v1/customers/{customer_id}/passes": Question(200, 404),
    "GET /v1/customers/{customer_id}/purchases": Question(200, 404),
    "GET /v1/customers/{customer_id}/referral_code": Question(200, 404),
    "GET /v1/customers/{customer_id}/referrals": Question(200, 404),
    "GET /v1/referrals/{referral_id}": Question(200, 404),
    "GET /v1/referrals/{referral_id}/purchases": Question(200, 404),
    "POST /v1/referrals": Question(
        201,
        409,
        body=lambda things: {"code": things["referral_code"], "customer_id": things["stranger_id"], "till": "1"},
    ),
    "DELETE /v1/customers/{customer_id}/segments/{segment}": Question(200, 404),
    "GET /v1/customers/{customer_id}/segments": Question(200, 404),
    "GET /v1/customers/{customer_id}/stamp_cards": Question(200, 404),
    "PUT /v1/customers/{customer_id}/segments/{segment}": Question(200, 404),
    "GET /v1/customers/{customer_id}/statement": Question(200, 404),
    "GET /v1/customers/{customer_id}/vouchers": Question(200, 404),
    "GET /v1/customers/{customer_id}/challenges": Question(200, 404),
    "GET /v1/customers/{customer_id}/tier": Question(200, 404),
    "GET /v1/customers/{customer_id}/tier/history": Question(200, 404),
    "POST /v1/customers/{customer_id}/tier": Question(
        201, 404, body=lambda _things: {"tier": "silver", "until": "2040-01-01", "reason": "a good neighbour"}
    ),
    "GET /v1/memberships/{membership_id}": Question(200, 404),
    "GET /v1/memberships/{membership_id}/cancellation": Question(200, 404),
    "GET /v1/ledger/head": Question(200, 200),
    "GET /v1/reports/journal": Question(200, 200, params=lambda _things: {"from": "2036-03-01", "to": "2036-03-02"}),
    "GET /v1/reports/liability": Question(200, 200),
    "GET /v1/pools/{pool_id}": Question(200, 404),
    "GET /v1/programs": Question(200, 200),
    "GET /v1/program_templates": Question(200, 200),
    "GET /v1/program_templates/{template_id}": Question(200, 200),
    "GET /v1/programs/{program_id}/versions/{version}": Question(200, 404),
    "GET /v1/programs/{program_id}/versions/{version}/experiments/{experiment}": Question(
        200, 404, lambda _things: {"since": "2020-01-01T00:00:00Z"}
    ),
    "GET /v1/programs/{program_id}/versions/{version}/diff": Question(200, 404, lambda _things: {"against": 1}),
    "GET /v1/purchases": Question(
        200, 404, lambda things: {"store_id": "riyadh-1", "external_id": things["external_id"]}
    ),
    "GET /v1/purchases/{purchase_id}": Question(200, 404),
    "GET /v1/customers/{customer_id}/redemptions": Question(200, 404),
    "GET /v1/redemptions": Question(200, 200),
    "GET /v1/purchases/{purchase_id}/amendments": Question(200, 404, purchase="voided_id"),
    "GET /v1/redemptions/{redemption_id}": Question(200, 404),
    "GET /v1/rewards": Question(200, 200),
    "GET /v1/rewards/{reward_id}": Question(200, 404),
    "GET /v1/gift_cards/{gift_card_id}": Question(200, 404),
    "GET /v1/gift_cards/{gift_card_id}/statement": Question(200, 404),
    "GET /v1/offline_conflicts": Question(200, 200),
    "GET /v1/offline_conflicts/{conflict_id}": Question(200, 404),
    "GET /v1/offline_keys": Question(200, 200),
    "POST /v1/offline_conflicts/{conflict_id}/resolve": Question(
        200, 404, body=lambda _things: {"resolution": "debt", "reason": "talked to her"}
    ),
    "POST /v1/customers/{customer_id}/offline_allowances": Question(
        201, 404, body=lambda _things: {"amount": 1, "unit": "points", "minutes": 60, "grace_minutes": 60}
    ),
    "POST /v1/gift_cards": Question(
        201,
        201,
        body=lambda _things: {
            "amount": 5000,
            "currency": "SAR",
            "expires_at": SOMEDAY,
            "source": "receipt 9",
            "reason": "sold",
        },
    ),
    "POST /v1/gift_cards/lookup": Question(
        200, 404, body=lambda things: {"code": things["gift_card_code"], "till": "1"}
    ),
    "POST /v1/gift_cards/{gift_card_id}/steps": Question(
        200, 404, body=lambda _things: {"step": "block", "reason": "lost"}
    ),
    "POST /v1/gift_cards/{gift_card_id}/top_ups": Question(
        200, 404, body=lambda _things: {"amount": 1000, "reason": "topped up"}
    ),
    "GET /v1/reservations/{reservation_id}": Question(200, 404),
    "GET /v1/vouchers/{voucher_id}": Question(200, 404),
    "PATCH /v1/rewards/{reward_id}": Question(
        200,
        404,
        body=lambda _things: {
            "price": 7,
            "tier_prices": {"gold": 5},
            "unit": "points",
            "benefit": {**FREE_COFFEE, "name": NAME},
            "stock": 10,
            "limits": [{"at_most": 2, "of": "customer", "per": "month"}],
            "starts_on": "2026-01-01",
            "ends_on": "2046-12-31",
        },
    ),
    "POST /v1/adjustments": Question(
        201,
        404,
        body=lambda things: of_customer(things, amount=1, unit="points", reason="goodwill", expires_at=SOMEDAY),
    ),
    "POST /v1/backtests/{backtest_id}/cancel": Question(200, 404),
    "GET /v1/customers/{customer_id}/entries": Question(200, 404),
    "POST /v1/customers/{customer_id}/entries": Question(
        201, 404, body=lambda _things: {"plan": "swim", "entries": 1, "reference": "monday's class"}
    ),
    "POST /v1/entries/{entry_id}/give_back": Question(201, 404, body=lambda _things: {"reason": "no teacher"}),
    "POST /v1/holds": Question(
        201, 404, body=lambda things: of_customer(things, amount=1, unit="points", seconds=60, reference="order 1")
    ),
    "POST /v1/holds/{hold_id}/capture": Question(200, 404, body=lambda _things: {"amount": 1}),
    "POST /v1/holds/{hold_id}/release": Question(200, 404),
    "POST /v1/memberships/{membership_id}/cancel": Question(
        200, 404, body=lambda _things: {"last_day": None, "reason": "moving away"}
    ),
    "POST /v1/memberships/{membership_id}/family": Question(
        201, 404, body=lambda things: {"customer_id": things["stranger_id"]}
    ),
    "DELETE /v1/memberships/{membership_id}/family/{relative_id}": Question(200, 404),
    "POST /v1/memberships/{membership_id}/freeze": Question(
        200, 404, body=lambda _things: {"from_date": "2036-07-01", "until_date": "2036-07-10", "reason": "injured"}
    ),
    "POST /v1/memberships/{membership_id}/goodwill": Question(
        200, 404, body=lambda _things: {"days": 3, "reason": "the pool was closed"}
    ),
    "POST /v1/memberships/{membership_id}/plan": Question(
        200, 404, body=lambda _things: {"plan": "gold", "reason": "upgrade"}
    ),
    "POST /v1/memberships/{membership_id}/resume": Question(200, 404, body=lambda _things: {"reason": "well again"}),
    "POST /v1/pools": Question(201, 404, body=lambda things: {"owner_id": things["stranger_id"], "customer_ids": []}),
    "POST /v1/pools/{pool_id}/customers": Question(
        201, 404, body=lambda things: {"customer_id": things["stranger_id"]}
    ),
    "POST /v1/pools/{pool_id}/customers/{customer_id}/leave": Question(200, 404),
    "POST /v1/pools/{pool_id}/gatherings": Question(201, 404, body=lambda things: of_customer(things, amount=1)),
    "POST /v1/programs": Question(201, 201, body=lambda _things: {"name": "Points", "document": DOCUMENT}),
    "POST /v1/programs/{program_id}/retire": Question(200, 404),
    "POST /v1/programs/{program_id}/versions": Question(201, 404, body=lambda _things: {"document": DOCUMENT}),
    "POST /v1/programs/{program_id}/versions/{version}/backtest": Question(
        202,
        404,
        body=lambda _things: {
            "since": "2036-01-01T00:00:00Z",
            "until": "2036-12-31T00:00:00Z",
            "store_id": "riyadh-1",
            "worths": [{"unit": "points", "units": 100, "money": 500}],
        },
    ),
    "POST /v1/programs/{program_id}/versions/{version}/dry_run": Question(
        200, 404, body=lambda things: {"basket": basket(things), "at": SOMEDAY, "without_rules": ["earn"]}
    ),
    "POST /v1/programs/{program_id}/versions/{version}/publish": Question(200, 404),
    "POST /v1/programs/{program_id}/versions/{version}/schedule": Question(
        200, 404, body=lambda _things: {"publish_at": SOMEDAY}
    ),
    "POST /v1/programs/{program_id}/versions/{version}/unschedule": Question(200, 404),
    "POST /v1/purchases": Question(201, 422, body=basket),
    "POST /v1/purchases/batch": Question(200, 200, body=lambda things: {"purchases": [basket(things)]}),
    "POST /v1/purchases/{purchase_id}/claim": Question(200, 422, body=of_customer, purchase="walk_in_id"),
    "POST /v1/purchases/{purchase_id}/edit": Question(
        200,
        404,
        body=lambda things: {
            "basket": {**basket(things), "external_id": things["external_id"], "quote_id": None},
            "reason": "mistyped",
        },
    ),
    "POST /v1/purchases/{purchase_id}/reopen": Question(
        200, 404, body=lambda _things: {"reason": "it was real"}, purchase="voided_id"
    ),
    "POST /v1/purchases/{purchase_id}/void": Question(200, 404, body=lambda _things: {"reason": "a test sale"}),
    "POST /v1/purchases/{purchase_id}/returns": Question(
        201, 404, body=lambda _things: {"lines": [{"line": 0, "quantity": 1}]}
    ),
    "POST /v1/quotes": Question(200, 422, body=basket),
    "POST /v1/redemptions": Question(201, 404, body=lambda things: of_customer(things, reward_id=things["reward_id"])),
    "POST /v1/redemptions/{redemption_id}/steps": Question(
        200, 404, body=lambda _things: {"status": "cancelled", "note": "asked to"}
    ),
    "POST /v1/reinstatements": Question(
        201,
        404,
        body=lambda things: {
            "customer_id": things["other_customer_id"],
            "amount": 1,
            "expires_at": SOMEDAY,
            "reason": "we were closed",
        },
    ),
    "POST /v1/releases": Question(201, 404, body=lambda things: of_customer(things, event="delivered")),
    "POST /v1/rewards": Question(
        201,
        201,
        body=lambda _things: {
            "price": 5,
            "unit": "points",
            "benefit": {"kind": "goods", "name": NAME, "sku": "MUG"},
            "stock": 10,
            "limits": [{"at_most": 2, "of": "everyone", "per": "day"}],
            "starts_on": "2026-01-01",
            "ends_on": "2046-12-31",
        },
    ),
    "POST /v1/rewards/{reward_id}/withdraw": Question(200, 404),
    "POST /v1/reservations": Question(
        201, 404, body=lambda things: of_customer(things, codes=[things["code"]], seconds=60, reference="order 1")
    ),
    "POST /v1/reservations/{reservation_id}/release": Question(200, 404),
    "POST /v1/vouchers/lookup": Question(
        200, 404, body=lambda things: {"code": things["code"], "customer_id": things["customer_id"], "till": "1"}
    ),
    "POST /v1/vouchers/{voucher_id}/cancel": Question(200, 404, body=lambda _things: {"reason": "by mistake"}),
    "POST /v1/transfers": Question(
        201,
        404,
        body=lambda things: {
            "from_customer_id": things["customer_id"],
            "to_customer_id": things["other_customer_id"],
            "amount": 1,
            "reason": "a gift",
        },
    ),
    "POST /v1/wallet_merges": Question(
        201,
        404,
        body=lambda things: {
            "from_customer_id": things["other_customer_id"],
            "into_customer_id": things["customer_id"],
            "reason": "one person",
        },
    ),
    "POST /v1/wallet_merges/{merge_id}/undo": Question(200, 404),
}


def path_of(door: Door, things: Things) -> str:
    """The route's path for these things."""
    question = QUESTIONS[str(door)]
    asked = {"purchase_id": question.purchase, "draw_id": question.draw, "instant_win_id": question.instant_win}
    return door.path.format_map({**things, **{name: things[which] for name, which in asked.items()}})


def ask(client: httpx.Client, door: Door, things: Things) -> httpx.Response:
    """Ask the route about these things; what moves value under a new key."""
    question = QUESTIONS[str(door)]
    return client.request(
        door.method,
        path_of(door, things),
        params=question.params(things),
        headers=headers_of(door),
        **({} if question.body is None else {"json": question.body(things)}),
    )


def headers_of(door: Door) -> dict[str, str]:
    """A new key for what moves value, and any version for what is changed."""
    if door.method == "GET":
        return {}
    return {"idempotency-key": new_id("req"), **({"if-match": "*"} if door.method == "PATCH" else {})}
