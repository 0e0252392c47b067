"""Customers who bring others, as tests let them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kernel.ids import CustomerId
from services.loyalty.domain.guessing import Guesser
from services.loyalty.operations.accept_referral import accept_referral
from services.loyalty.operations.issue_referral_code import Issued, issue_referral_code
from services.loyalty.schedules import follow_all_referrals
from tests.services.loyalty.domain.build import NAME, line
from tests.services.loyalty.shop import Shop

TERMS: dict[str, Any] = {
    "name": NAME,
    "advocate": {"points": 500},
    "friend": {"points": 200},
    "purchase_min": 5000,
}


class Referrals:
    """Who brings whom in a shop that gives 500 points for it, and 200 to the friend. Purchases earn nothing."""

    def __init__(
        self,
        shop: Shop,
        *rules: dict[str, Any],
        plans: Sequence[dict[str, Any]] = (),
        publish: bool = True,
        **terms: Any,
    ) -> None:
        self.shop = shop
        if publish:
            shop.publish(*rules, plans=plans, referral={**TERMS, **terms})

    def issued(self, advocate: CustomerId) -> Issued:
        """The advocate's code, and how far it has brought them."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return issue_referral_code(db, self.shop.tenant_id, advocate, at=self.shop.at)

    def code(self, advocate: CustomerId) -> str:
        """The advocate's code."""
        return self.issued(advocate).row.code

    def come(self, code: str, friend: CustomerId) -> str | None:
        """A friend comes by a code; answers the referral's id."""
        guesser = Guesser("key_test", None, friend)
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            row = accept_referral(db, self.shop.tenant_id, code, friend, guesser, at=self.shop.at)
            return row.id if row else None

    def bring(self, advocate: CustomerId, friend: CustomerId) -> str:
        """One brings another; answers the referral's id."""
        referral_id = self.come(self.code(advocate), friend)
        assert referral_id
        return referral_id

    def two(self) -> tuple[CustomerId, CustomerId]:
        """An advocate, and a friend whom they brought."""
        advocate, friend = self.shop.customer(), self.shop.customer()
        self.bring(advocate, friend)
        return advocate, friend

    def buy(self, friend: CustomerId, money: int = 6000) -> str:
        """The friend buys six things for so much together; answers the purchase's id."""
        return self.shop.sell(friend, line("THING", 6, money // 6)).purchase.id

    def follow(self, at: datetime | None = None) -> int:
        """Run the job, now or when it is that time; answers how many came a step further."""
        self.shop.at = at or self.shop.at
        return follow_all_referrals(self.shop.database, self.shop.tenant_id, self.shop.at)

    def standing(self) -> list[tuple[str, str | None]]:
        """Every referral's status and reason, in the order in which they were made."""
        rows = self.shop.rows("SELECT status, reason FROM referrals ORDER BY id")
        return [(str(row["status"]), row["reason"]) for row in rows]

    def purchases(self) -> list[tuple[str, str | None]]:
        """What became of every purchase that a referral looks at, in the order in which they were made."""
        rows = self.shop.rows("SELECT status, reason FROM referral_purchases ORDER BY purchase_id")
        return [(str(row["status"]), row["reason"]) for row in rows]

    def points(self, *customers: CustomerId) -> list[int]:
        """What each has."""
        return [self.shop.points(customer)[0] for customer in customers]
