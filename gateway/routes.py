"""Which service answers which public path. What is not named here does not exist: the answer is 404."""

from dataclasses import dataclass
from typing import Final

GATEWAY: Final = "gateway"

# The resource after /v1/ names its owner; everything below it belongs to the same service.
OWNERS: Final = {
    "tenant": GATEWAY,
    "api_keys": GATEWAY,
    "customers": "customers",
    "programs": "loyalty",
    "program_templates": "loyalty",
    "backtests": "loyalty",
    "quotes": "loyalty",
    "purchases": "loyalty",
    "activities": "loyalty",
    "award_batches": "loyalty",
    "rewards": "loyalty",
    "redemptions": "loyalty",
    "holds": "loyalty",
    "adjustments": "loyalty",
    "releases": "loyalty",
    "ledger": "loyalty",
    "reports": "loyalty",
    "transfers": "loyalty",
    "pools": "loyalty",
    "wallet_merges": "loyalty",
    "reinstatements": "loyalty",
    "vouchers": "loyalty",
    "reservations": "loyalty",
    "gift_cards": "loyalty",
    "coupon_campaigns": "loyalty",
    "coupons": "loyalty",
    "offline_keys": "loyalty",
    "offline_conflicts": "loyalty",
    "memberships": "loyalty",
    "entries": "loyalty",
    "draws": "loyalty",
    "instant_wins": "loyalty",
    "referrals": "loyalty",
    "leaderboards": "loyalty",
    "messages": "notifications",
    "retention": "retention",
}
# Except below one customer, where every service shows what it knows of them: /v1/customers/{id}/…
OWNERS_BELOW_CUSTOMER: Final = {
    "consents": "customers",
    "balance": "loyalty",
    "statement": "loyalty",
    "stamp_cards": "loyalty",
    "memberships": "loyalty",
    "passes": "loyalty",
    "entries": "loyalty",
    "vouchers": "loyalty",
    "redemptions": "loyalty",
    "automatic_redemptions": "loyalty",
    "referral_code": "loyalty",
    "referrals": "loyalty",
    "purchases": "loyalty",
    "activities": "loyalty",
    "segments": "loyalty",
    "tier": "loyalty",
    "challenges": "loyalty",
    "leaderboards": "loyalty",
    "offline_allowances": "loyalty",
    "draws": "loyalty",
    "plays": "loyalty",
    "inbox": "notifications",
    "stage": "retention",
}
# What anyone may see without a key.
PAGES: Final = frozenset({"/livez", "/readyz", "/version", "/openapi.json", "/docs"})
PAGE_FILES: Final = "/docs/"
LOCAL_PAGES: Final = frozenset({"/metrics"})

BODY_BYTES_MAX: Final = 1 << 20
BATCH_BYTES_MAX: Final = 4 << 20
BATCHES: Final = frozenset({"/v1/purchases/batch", "/v1/activities/batch"})
PATH_PARTS_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Route:
    """Which service a public path leads to. `path` stands for it in logs and metrics, without ids."""

    service: str
    path: str
    body_bytes_max: int = BODY_BYTES_MAX


ROUTES: Final = {resource: Route(service, f"/v1/{resource}") for resource, service in OWNERS.items()}
ROUTES_BELOW_CUSTOMER: Final = {
    part: Route(service, f"/v1/customers/*/{part}") for part, service in OWNERS_BELOW_CUSTOMER.items()
}
ROUTES_OF_BATCHES: Final = {path: Route(OWNERS[path.split("/")[2]], path, BATCH_BYTES_MAX) for path in BATCHES}


def find_route(path: str) -> Route | None:
    """The route of a path below /v1/; None when there is none. `path` is decoded, as the service will see it."""
    parts = path.split("/", PATH_PARTS_MAX)
    if len(parts) < 3 or parts[0] or parts[1] != "v1" or not all(map(is_plain, parts[2:])):
        return None
    resource = parts[2]
    if resource == "customers" and len(parts) > 4:
        return ROUTES_BELOW_CUSTOMER.get(parts[4])
    return ROUTES_OF_BATCHES.get(path) or ROUTES.get(resource)


def is_plain(part: str) -> bool:
    """Whether a part of a path names something. Dots, emptiness and a rest with slashes only lead astray."""
    return part not in ("", ".", "..") and "/" not in part and "\\" not in part
