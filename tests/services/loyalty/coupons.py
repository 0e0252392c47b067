"""A coupon campaign as tests use it."""

from typing import Any

from services.loyalty.domain.coupon import Campaign
from services.loyalty.operations.create_coupon_campaign import create_coupon_campaign
from services.loyalty.operations.import_coupon_codes import Imported, import_coupon_codes
from services.loyalty.operations.make_coupon_codes import make_coupon_codes
from services.loyalty.operations.order_coupon_codes import order_coupon_codes
from services.loyalty.operations.record_purchases import Recorded
from services.loyalty.operations.stop_coupon_campaign import stop_coupon_campaign
from services.loyalty.operations.update_coupon_campaign import update_coupon_campaign
from tests.services.loyalty.domain.build import NAME, rule
from tests.services.loyalty.shop import Shop


class CouponCampaign:
    """One campaign, and a program with 20 % off for it."""

    def __init__(self, shop: Shop, *codes: str, publish: bool = True, **terms: Any) -> None:
        self.shop = shop
        campaign = Campaign.model_validate({"name": NAME, **terms})
        with shop.database.transaction(shop.tenant_id) as db:
            self.id = create_coupon_campaign(db, shop.tenant_id, campaign, codes, at=shop.at).id
        if publish:
            shop.publish(self.rule())

    def rule(self, kind: str = "discount", **more: Any) -> dict[str, Any]:
        """A rule that asks for it."""
        conditions = [{"kind": "has_coupon", "campaign": self.id}]
        return rule(kind, **{"percent_off": 20, "conditions": conditions, **more})

    def change(self, expected: int | None = None, **given: Any) -> int:
        """Change it; answers its version."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return update_coupon_campaign(db, self.shop.tenant_id, self.id, given, expected_version=expected).version

    def stop(self) -> int:
        """Stop it; answers its version."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return stop_coupon_campaign(db, self.shop.tenant_id, self.id).version

    def order(self, number: int, prefix: str = "", length: int = 12) -> str:
        """Have codes made; answers the batch's id."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            batch = order_coupon_codes(
                db, self.shop.tenant_id, self.id, number=number, prefix=prefix, length=length, at=self.shop.at
            )
            return batch.id

    def take_in(self, content: str | bytes, *, dry_run: bool = False) -> Imported:
        """Take codes in from a file."""
        content = content.encode() if isinstance(content, str) else content
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return import_coupon_codes(db, self.shop.tenant_id, self.id, content, dry_run=dry_run)

    def make_some(self) -> int:
        """What the job does in one transaction; answers how many codes."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return make_coupon_codes(db, self.shop.tenant_id, at=self.shop.at)

    def codes(self) -> list[str]:
        """Its codes as written."""
        rows = self.shop.rows("SELECT written FROM coupon_codes WHERE campaign_id = :id ORDER BY code", id=self.id)
        return [row["written"] for row in rows]

    def buy(self, customer_id: str | None, *codes: str, **more: Any) -> Recorded:
        """A sale that shows codes."""
        return self.shop.sell(customer_id, codes=codes, **more)

    def uses(self) -> list[tuple[str, bool]]:
        """The codes that are used, and whether they are kept for a sale that came back."""
        rows = self.shop.rows("SELECT code, kept FROM coupon_uses WHERE campaign_id = :id ORDER BY code", id=self.id)
        return [(row["code"], row["kept"]) for row in rows]
