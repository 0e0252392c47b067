"""Rewards that are taken by themselves, as tests use them."""

from typing import Any

from kernel.ids import CustomerId
from services.loyalty.operations.allow_automatic import allow_automatic
from services.loyalty.schedules import redeem_all_automatically
from tests.services.loyalty.shop import Shop


def offered(shop: Shop, price: int, *, leave: int = 0, at_most: int = 10, **more: Any) -> str:
    """A reward that is taken by itself; answers its id."""
    return shop.offer(price, automatic={"leave": leave, "at_most": at_most}, **more)


def look(shop: Shop) -> int:
    """Run the job, with all sealed that there is, until it has nothing to do; answers how many steps it took."""
    steps = 0
    while True:
        shop.seal()
        taken_now = redeem_all_automatically(shop.database, shop.tenant_id, shop.at)
        if not taken_now:
            return steps
        steps += taken_now


def taken(shop: Shop, customer_id: CustomerId) -> int:
    """How many the customer got without asking."""
    named = "SELECT count(*) FROM redemptions WHERE automatic AND customer_id = :of"
    return int(shop.rows(named, of=customer_id)[0]["count"])


def waits(shop: Shop) -> dict[str, str]:
    """Who waits, and why."""
    return {row["customer_id"]: row["why"] for row in shop.rows("SELECT customer_id, why FROM automatic_waits")}


def allow(shop: Shop, customer_id: CustomerId, allowed: bool) -> None:
    """Let it be done for the customer, or not."""
    with shop.database.transaction(shop.tenant_id) as db:
        allow_automatic(db, shop.tenant_id, customer_id, allowed=allowed, at=shop.at)
