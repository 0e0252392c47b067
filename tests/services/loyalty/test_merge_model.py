"""Who did things as two and turned out to be one sees what one sees who did them all; after an undo, two again."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.refusals.rewards import RewardLimitReached
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.memberships import GYM, YEAR
from tests.services.loyalty.shop import Shop

MONTH = line("GYM1", 1, 10_000)
TERMS = (
    rule("earn", per=100, selector={"skus": ["THING"]}),
    rule("membership_bonus", id="month", plan="gym", selector={"skus": ["GYM1"]}, paid_months=1, bonus_months=0),
    rule("membership_bonus", id="year", plan="gym", selector={"skus": ["GYM12"]}, paid_months=12, bonus_months=3),
    rule("activity", activity="review", award={"points": 5}, limits=[{"at_most": 50, "per": "month"}]),
)
COUPON_MAX, REWARDS_MAX, PRICE = 3, 3, 10
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "gym", "year", "coupon", "review", "spend", "bring_back", "days"]),
        st.integers(0, 1),
        st.integers(1, 40),
    ),
    max_size=12,
)


# Of a plan: when its time ends, where there is any left.
ENDS = """
    SELECT m.plan, m.ends_on FROM memberships m
    JOIN membership_entries e ON e.membership_id = m.id AND e.kind <> 'frozen'
    WHERE m.customer_id = :of GROUP BY m.plan, m.ends_on HAVING sum(e.months) <> 0 OR sum(e.days) <> 0
"""
COUNTED = """
    SELECT rule, measure, per, starts_on, amount FROM tallies WHERE holder = :of AND amount <> 0 ORDER BY 1, 2, 3, 4
"""
# What is used of the month's cap.
EARNED = """
    SELECT earned FROM wallets
    WHERE customer_id = :of AND earned <> 0
      AND earned_since = date_trunc('month', CAST(:at AS timestamptz) AT TIME ZONE 'Asia/Riyadh')
"""
CAP = 2000


@dataclass
class Card:
    """A customer; and what they bought that can come back, with the same purchase of who does everything."""

    id: CustomerId
    bought: list[tuple[str, str]] = field(default_factory=list)


class World:
    """A shop, and what can be done in it: with a card, and the same with the card of who does everything."""

    def __init__(self, database: Database) -> None:
        self.shop = Shop(database, TenantId(new_id("ten")))
        self.eid = CouponCampaign(self.shop, "EID", publish=False, uses_per_customer=COUPON_MAX)
        self.shop.publish(*TERMS, self.eid.rule(selector={"skus": ["TEA"]}), plans=[GYM], period_max=CAP)
        self.reward = self.shop.offer(PRICE, limits=[{"at_most": REWARDS_MAX}])
        self.taken = 0

    def do(self, deed: str, number: int, card: Card, all_in_one: Card) -> None:
        """One deed; what one of the two could not do, neither does."""
        shop, (mine, same) = self.shop, (card.id, all_in_one.id)
        match deed:
            case "days":
                shop.at += timedelta(days=number)
            case "earn":
                card.bought.append((shop.earn(mine, number), shop.earn(same, number)))
            case "gym" | "year":
                sold = MONTH if deed == "gym" else YEAR
                shop.sell(mine, sold)
                shop.sell(same, sold)
            case "coupon":
                self.drink(card)
                self.drink(all_in_one)
            case "review":
                shop.activity(mine, "review")
                shop.activity(same, "review")
            case "spend":
                self.spend(card, all_in_one)
            case "bring_back" if card.bought:
                for purchase_id in card.bought.pop():
                    shop.take_back(purchase_id)

    def spend(self, *cards: Card) -> None:
        """Both take a reward, if both have enough for it and may."""
        if self.taken < REWARDS_MAX and all(self.shop.points(card.id)[1] >= PRICE for card in cards):
            self.taken += 1
            for card in cards:
                assert self.take(card)

    def drink(self, card: Card) -> int:
        """A tea with the coupon; what it took off."""
        return self.shop.sell(card.id, line("TEA"), codes=["EID"]).purchase.discount

    def take(self, card: Card) -> bool:
        """Whether they may take a reward more."""
        try:
            self.shop.redeem(card.id, self.reward)
        except RewardLimitReached:
            return False
        return True

    def sees(self, card: Card) -> list[object]:
        """What the customer has, and what is counted of them."""
        purchases = self.shop.rows("SELECT purchases FROM customers WHERE customer_id = :of", of=card.id)
        found = [self.shop.rows(query, of=card.id) for query in (ENDS, COUNTED)]
        earned = self.shop.rows(EARNED, of=card.id, at=self.shop.at)
        return [self.shop.points(card.id), purchases, *found, earned]

    def may(self, card: Card) -> list[object]:
        """What coupons, rewards and the cap leave them, found out by using it up."""
        self.shop.adjust(card.id, PRICE * REWARDS_MAX)
        before = self.shop.points(card.id)[0]
        self.shop.earn(card.id, CAP + 1)
        room = self.shop.points(card.id)[0] - before
        return [
            room,
            [self.drink(card) for _use in range(COUPON_MAX)],
            [self.take(card) for _time in range(REWARDS_MAX)],
        ]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=DEEDS, since=DEEDS)
def test_one_sees_what_one_would_see(
    database: Database, before: list[tuple[str, int, int]], since: list[tuple[str, int, int]]
) -> None:
    world = World(database)
    shop, (old, new, all_in_one) = world.shop, [Card(world.shop.customer()) for _ in range(3)]
    for deed, who, number in before:
        world.do(deed, number, (old, new)[who], all_in_one)
    as_two = [world.sees(old), world.sees(new)]
    shop.unmerge(shop.merge(old.id, new.id))
    assert [world.sees(old), world.sees(new)] == as_two
    shop.merge(old.id, new.id)
    assert world.sees(new) == world.sees(all_in_one)
    for deed, who, number in since:
        world.do(deed, number, (old, new)[who], all_in_one)
        shop.follow()
    assert world.sees(new) == world.sees(all_in_one)
    assert world.may(new) == world.may(all_in_one)
    assert shop.breaches() == []
