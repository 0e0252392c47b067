"""Rewards that are taken by themselves against a small model, whatever tills, customers and the job do in any order.

The model is an integer for each customer: what they have, less what they owe.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from tests.services.loyalty.automatic import allow, look, offered, taken
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

PRICE, AT_MOST = 10, 3
PEOPLE = 2


@dataclass
class Person:
    """What somebody has; `stirred` when something came in that nobody looked at, `stopped` on the day of a stop."""

    id: CustomerId
    points: int = 0
    allowed: bool = True
    stirred: bool = False
    stopped: object = None
    today: dict[object, int] = field(default_factory=dict)
    bought: list[tuple[str, int]] = field(default_factory=list)
    got: int = 0

    def look(self, day: object, leave: int) -> None:
        """What the job does for them."""
        if not self.stirred and self.stopped in (None, day):
            return
        self.stirred, self.stopped = False, None
        while self.allowed and self.points >= PRICE + leave:
            if self.today.get(day, 0) == AT_MOST:
                self.stopped = day
                return
            self.today[day] = self.today.get(day, 0) + 1
            self.points -= PRICE
            self.got += 1


# What is done, by whom, how much, and whether the job runs after it.
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "give", "spend", "bring_back", "opt", "time", "cancel", "cancel"]),
        st.integers(0, PEOPLE - 1),
        st.integers(1, 60),
        st.sampled_from([True, True, False]),
    ),
    min_size=6,
    max_size=18,
)


@pytest.mark.parametrize("leave", [0, 5])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_both_say_the_same(database: Database, leave: int, deeds: list[tuple[str, int, int, bool]]) -> None:
    shop = Shop(database, TenantId(new_id("ten")))
    shop.publish(POINT_PER_RIYAL, time_zone="UTC")
    automatic = offered(shop, PRICE, leave=leave, at_most=AT_MOST)
    by_hand = shop.offer(1)
    people = [Person(shop.customer()) for _ in range(PEOPLE)]
    look(shop)
    for deed, who, amount, looks in [*deeds, ("time", 0, 1, True)]:
        shop.at += timedelta(seconds=1)
        moves(shop, people[who], deed, amount, by_hand)
        decides(shop, people[who], deed)
        if deed == "time":
            shop.at += timedelta(hours=amount)
        if looks:
            look(shop)
            for each in people:
                each.look(shop.at.date(), leave)
        for person in people:
            assert shop.balance(person.id).balance == person.points
            assert taken(shop, person.id) == person.got
    assert shop.rows("SELECT taken FROM rewards WHERE id = :id", id=automatic)[0]["taken"] == sum(
        row["count"] for row in shop.rows("SELECT count(*) FROM redemptions WHERE automatic AND status <> 'cancelled'")
    )
    assert shop.breaches() == []


def moves(shop: Shop, person: Person, deed: str, amount: int, by_hand: str) -> None:
    """Points come and go, in the shop and in the model."""
    match deed:
        case "earn":
            person.bought.append((shop.earn(person.id, amount), amount))
            person.points += amount
            person.stirred = True
        case "give":
            shop.adjust(person.id, amount)
            person.points += amount
            person.stirred = True
        case "spend":
            if person.points >= 1:
                shop.redeem(person.id, by_hand)
                person.points -= 1
            else:
                with pytest.raises(InsufficientPoints):
                    shop.redeem(person.id, by_hand)
        case "bring_back" if person.bought:
            purchase_id, points = person.bought.pop()
            shop.take_back(purchase_id)
            person.points -= points


def decides(shop: Shop, person: Person, deed: str) -> None:
    """Somebody has a say in what is taken by itself."""
    match deed:
        case "cancel":
            found = shop.rows(
                "SELECT id FROM redemptions WHERE automatic AND status = 'issued' AND customer_id = :of ORDER BY id",
                of=person.id,
            )
            if found:
                shop.move(str(found[0]["id"]), "cancelled")
                person.points += PRICE
        case "opt":
            person.allowed = not person.allowed
            allow(shop, person.id, person.allowed)
            person.stirred = person.stirred or person.allowed
