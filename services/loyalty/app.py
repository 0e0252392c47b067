"""Loyalty's HTTP process: `python -m services.loyalty.app`."""

from fastapi import FastAPI

from chassis.web.app import create_service_app
from chassis.web.internal_client import InternalClient
from chassis.web.serving import serve
from services.loyalty.api import (
    activities,
    activity_batches,
    adjustments,
    amendments,
    automatic_redemptions,
    award_batches,
    backtests,
    challenges,
    coupon_campaigns,
    coupon_codes,
    coupon_imports,
    coupons,
    draws,
    experiments,
    explanations,
    families,
    gift_cards,
    holdings,
    holds,
    instant_wins,
    leaderboards,
    ledger,
    membership_changes,
    memberships,
    offline_allowances,
    offline_conflicts,
    offline_keys,
    passes,
    pools,
    program_templates,
    program_trials,
    programs,
    purchase_batches,
    purchases,
    quotes,
    redemptions,
    referrals,
    reinstatements,
    releases,
    reports,
    reservations,
    returns,
    rewards,
    segments,
    tiers,
    transfers,
    vouchers,
    wallet_merges,
    wallets,
)
from services.loyalty.api.balance_reader import BalanceReader
from services.loyalty.api.till import Till
from services.loyalty.settings import LoyaltySettings

ROUTERS = (
    programs.router,
    program_trials.router,
    experiments.router,
    program_templates.router,
    backtests.router,
    challenges.router,
    quotes.router,
    purchase_batches.router,
    purchases.router,
    returns.router,
    amendments.router,
    activity_batches.router,
    activities.router,
    award_batches.router,
    wallets.router,
    explanations.router,
    holdings.router,
    memberships.router,
    passes.router,
    membership_changes.router,
    families.router,
    rewards.router,
    redemptions.router,
    automatic_redemptions.router,
    referrals.router,
    vouchers.router,
    reservations.router,
    gift_cards.router,
    coupon_campaigns.router,
    coupon_codes.router,
    draws.router,
    instant_wins.router,
    coupon_imports.router,
    coupons.router,
    holds.router,
    offline_allowances.router,
    offline_conflicts.router,
    offline_keys.router,
    adjustments.router,
    segments.router,
    tiers.router,
    releases.router,
    transfers.router,
    pools.router,
    wallet_merges.router,
    reinstatements.router,
    leaderboards.router,
    ledger.router,
    reports.router,
)

# Few, and answered ahead of FastAPI's machinery.
HOT_ROUTES = (
    *purchases.HOT_ROUTES,
    *purchase_batches.HOT_ROUTES,
    *activity_batches.HOT_ROUTES,
    *wallets.HOT_ROUTES,
)


def create_app(settings: LoyaltySettings) -> FastAPI:
    """The application, on the loyalty database."""
    app = create_service_app(settings, "loyalty", __doc__ or "", ROUTERS, hot_routes=HOT_ROUTES)
    app.state.till = Till(app)
    app.state.balances = BalanceReader(app)
    app.state.customers = InternalClient(settings, settings.customers_url)
    return app


if __name__ == "__main__":
    settings = LoyaltySettings()
    serve(create_app(settings), settings, "loyalty")
