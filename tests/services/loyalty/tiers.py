"""A ladder as tests use it, and where a customer stands on it."""

from datetime import date
from typing import Any

from contracts.events.loyalty import TierChanged, TierWarning
from kernel.ids import CustomerId
from services.loyalty.api.tiers import TierDocument, tier_document
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.tier_progress import Floor
from services.loyalty.operations.set_tier import set_tier
from services.loyalty.schedules import settle_all_tiers
from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.shop import Shop

SILVER = {"id": "silver", "name": {"en": "Silver", "ar": "الفضية"}, "threshold": 1000}
GOLD = {"id": "gold", "name": {"en": "Gold", "ar": "الذهبية"}, "threshold": 5000}
LADDER = [SILVER, GOLD]
FOR_GOLD = rule("earn", id="gold", per=100, conditions=[{"kind": "in_tier", "tiers": ["gold"]}])


def ladder(**more: Any) -> dict[str, Any]:
    """Silver from 1000 and Gold from 5000, of units earned in a year unless told otherwise."""
    return {"ladder": LADDER, **more}


def standing_of(shop: Shop, customer_id: CustomerId) -> TierDocument:
    """Where the customer stands by the shop's clock, as the API answers it."""
    with shop.database.transaction(shop.tenant_id) as db:
        return tier_document(db, shop.tenant_id, customer_id, shop.at)


def tier_of(shop: Shop, customer_id: CustomerId) -> str | None:
    """The customer's tier by the shop's clock."""
    tier = standing_of(shop, customer_id).tier
    return tier.id if tier else None


def give_tier(shop: Shop, customer_id: CustomerId, tier: str, until: date) -> None:
    """Give the customer a tier by hand."""
    floor, by = Floor(tier=tier, until=until), ByHand(actor="key_test", reason="a good neighbour")
    with shop.database.transaction(shop.tenant_id) as db:
        set_tier(db, shop.tenant_id, customer_id, floor, by=by, at=shop.at)


def settle(shop: Shop) -> list[TierChanged | TierWarning]:
    """Run the job that tells who rose, fell and is about to; answers what it told."""
    before = len(shop.told())
    settle_all_tiers(shop.database, shop.tenant_id, shop.at)
    return [event for event in shop.told()[before:] if isinstance(event, TierChanged | TierWarning)]


def noted(shop: Shop, customer_id: CustomerId) -> list[tuple[str, str | None, str | None, str]]:
    """How the customer's tier changed: what, from where, to where, on which day."""
    changes = shop.rows("SELECT * FROM tier_changes WHERE customer_id = :of ORDER BY id", of=customer_id)
    return [(row["change"], row["before"], row["after"], row["happened_on"].isoformat()) for row in changes]
