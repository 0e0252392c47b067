"""Playing baskets, a batch at a time, in lanes: the same baskets always lead to the same requests.

What a household has to spend comes from the effects in the answers, which are given again unchanged when a receipt is
sent again. A voucher is shown in a batch after the one that brought it, and batches always begin at the same baskets.
So it makes no difference how often, or from where, the demo is started again.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Final

from cli.demo.answers import purchased, redeemed, signed_up
from cli.demo.baskets import Purchase, as_purchase
from cli.demo.cursor import Cursor, Household
from cli.demo.door import PAUSE_SECONDS, Answered, Door
from cli.demo.invented import (
    app_purchase,
    bought_in_app,
    profile,
    reads_mail,
    redemption_key,
    sign_up,
    uses_vouchers,
)
from cli.demo.program import COUPON_CODE, REWARD_PRICE
from cli.demo.shop import Shop
from cli.demo.source import Product, SourceBasket
from cli.demo.year import shop_day

BATCH: Final = 250
ASKED_AT_ONCE: Final = 4
VOUCHERS_SHOWN_MAX: Final = 5


@dataclass(frozen=True)
class Sale:
    """A purchase, and the household that makes it."""

    household: int
    purchase: Purchase


class Player:
    """Plays batches on a shop. The cursor holds what came of those before."""

    def __init__(
        self,
        door: Door,
        shop: Shop,
        products: Mapping[int, Product],
        coupon_days: frozenset[tuple[int, date]],
        cursor: Cursor,
    ) -> None:
        self.door = door
        self.shop = shop
        self.products = products
        self.coupon_days = coupon_days
        self.cursor = cursor
        # Lanes have households of their own, and one tally.
        self.counting = Lock()

    def play(self, baskets: Sequence[SourceBasket]) -> None:
        """Play one batch: who is new, what is bought, who wants the newsletter, whose points become a reward."""
        newcomers = self._enrol(baskets)
        lanes = in_lanes(self._sales(baskets, newcomers))
        with ThreadPoolExecutor(ASKED_AT_ONCE) as helpers:
            for _ in helpers.map(lambda sales: self._play_lane(sales, newcomers), lanes):
                pass

    def _play_lane(self, sales: Sequence[Sale], newcomers: Set[int]) -> None:
        """Play the sales of some households. What one does waits for what it did before, and for nobody else."""
        self._show_vouchers(sales)
        recorded = self._record("purchases", [sale.purchase for sale in sales])
        self._take_in(sales, recorded)
        self._sign_up([sale for sale in first_sales(sales) if sale.household in newcomers])
        self._redeem(dict.fromkeys(sale.household for sale in sales))

    def _enrol(self, baskets: Sequence[SourceBasket]) -> set[int]:
        """Make customers of the households that come for the first time; returns those."""
        newcomers = {basket.household_id for basket in baskets} - self.cursor.households.keys()
        with ThreadPoolExecutor(ASKED_AT_ONCE) as helpers:
            for household, customer_id in zip(newcomers, helpers.map(self._customer, newcomers), strict=True):
                self.cursor.households[household] = Household(customer_id=customer_id)
        return newcomers

    def _customer(self, household: int) -> str:
        try:
            return str(self.door.post("/v1/customers", profile(household))["id"])
        except Answered as refusal:
            if refusal.code != "customer_exists":
                raise
            return str(refusal.params["customer_id"])

    def _sales(self, baskets: Sequence[SourceBasket], newcomers: Set[int]) -> Iterator[Sale]:
        first_baskets = set(newcomers)
        for basket in baskets:
            household, at = basket.household_id, self.shop.year.moved(basket.at)
            purchase = as_purchase(basket, self.products, self.cursor.tally.adjustments, at=at)
            if purchase is not None:
                if (household, shop_day(basket.at)) in self.coupon_days:
                    purchase["codes"].append(COUPON_CODE)
                yield self._sale(household, purchase)
            if household in first_baskets:
                first_baskets.remove(household)
                if article := bought_in_app(household):
                    yield self._sale(household, app_purchase(household, article, at))

    def _sale(self, household: int, purchase: Purchase) -> Sale:
        purchase["customer_id"] = self.cursor.households[household].customer_id
        return Sale(household, purchase)

    def _show_vouchers(self, sales: Iterable[Sale]) -> None:
        """Let each household show its vouchers with its first purchase of the batch."""
        for sale in first_sales(sales):
            if uses_vouchers(sale.household):
                vouchers = self.cursor.households[sale.household].vouchers
                sale.purchase["codes"].extend(vouchers[:VOUCHERS_SHOWN_MAX])

    def _record(self, what: str, items: Sequence[object]) -> list[dict[str, Any]]:
        """The results of a batch, asked for again as long as one of them says that it may be different later."""
        give_up_at = time.monotonic() + self.door.patience_seconds
        while True:
            results: list[dict[str, Any]] = self.door.post(f"/v1/{what}/batch", {what: items})["results"]
            if not any(map(is_not_now, results)) or time.monotonic() > give_up_at:
                return results
            time.sleep(PAUSE_SECONDS)

    def _take_in(self, sales: Sequence[Sale], results: Sequence[dict[str, Any]]) -> None:
        tally = self.cursor.tally
        with self.counting:
            for sale, result in zip(sales, results, strict=True):
                household = self.cursor.households[sale.household]
                if result.get("purchase"):
                    purchased(result["purchase"], household, tally)
                elif result.get("activity"):
                    signed_up(result["activity"], household, tally)
                else:
                    tally.refused[result["problem"]["code"]] += 1

    def _sign_up(self, first: Iterable[Sale]) -> None:
        """Let each newcomer with an address sign up for the newsletter, together with its first purchase."""
        able = [sale for sale in first if reads_mail(sale.household)]
        activities = [sign_up(sale.household, sale.purchase) for sale in able]
        if activities:
            self._take_in(able, self._record("activities", activities))

    def _redeem(self, households: Iterable[int]) -> None:
        """Let every household that can afford the reward take one."""
        for number in households:
            household = self.cursor.households[number]
            if household.points >= REWARD_PRICE:
                redemption = self._redemption(number)
                with self.counting:
                    redeemed(redemption, household, self.cursor.tally)

    def _redemption(self, number: int) -> dict[str, Any]:
        household = self.cursor.households[number]
        wish = {"customer_id": household.customer_id, "reward_id": self.shop.reward_id}
        return self.door.post("/v1/redemptions", wish, key=redemption_key(number, household.redemptions + 1))


def in_lanes(sales: Iterable[Sale]) -> list[list[Sale]]:
    """The sales in parts that can be played at once: each household's stay together, in their order."""
    lanes: dict[int, list[Sale]] = {}
    for sale in sales:
        lanes.setdefault(sale.household % ASKED_AT_ONCE, []).append(sale)
    return [*lanes.values()]


def first_sales(sales: Iterable[Sale]) -> Iterable[Sale]:
    """Each household's first sale among them."""
    first: dict[int, Sale] = {}
    for sale in sales:
        first.setdefault(sale.household, sale)
    return first.values()


def is_not_now(result: dict[str, Any]) -> bool:
    """Whether something was refused for a reason that passes. Loyalty may not have heard of a new customer."""
    problem = result.get("problem")
    return problem is not None and (problem["retryable"] or problem["code"] == "customer_unknown")
