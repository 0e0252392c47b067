"""Rewarding every purchase of a friend against a small model: what both have is the sum over the purchases that stand.

The model is a list of purchases with how much of each is left, and who is one person with whom.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId, new_id
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import Shop

VALID, RETURN, TAKE_BACK = 20, 4, 12
ENOUGH, UNITS = 5, 6
DEED = st.sampled_from(
    ["buy", "buy", "small", "back", "back", "void", "reopen", "edit", "days", "days", "days", "merge", "undo"]
)
DEEDS = st.lists(st.tuples(DEED, st.integers(0, 5)), min_size=10, max_size=20)


@dataclass
class Bought:
    """A purchase of so many things at 10.00; what the referral made of it, and until when that can change."""

    id: str
    by: CustomerId
    at: datetime
    left: int
    stands: Literal["unseen", "pending", "held", "rewarded", "over"] = "unseen"
    until: datetime | None = None
    is_voided: bool = False
    given: dict[str, int] = field(default_factory=lambda: {"advocate": 0, "friend": 0})

    @property
    def is_enough(self) -> bool:
        return not self.is_voided and self.left >= ENOUGH


class World:
    """An advocate and a friend, each with a second profile, in the shop and in the model."""

    def __init__(self, database: Database, friend_when: str, most: int | None) -> None:
        self.shop = Shop(database, TenantId(new_id("ten")))
        days = {"valid_days": VALID, "return_days": RETURN, "take_back_days": TAKE_BACK}
        more = {} if most is None else {"purchases_max": most}
        self.referrals = Referrals(self.shop, when="every_purchase", friend_when=friend_when, **days, **more)
        self.advocate, self.friend = self.referrals.two()
        self.others = {self.advocate: self.shop.customer(), self.friend: self.shop.customer()}
        self.is_early, self.most = friend_when == "purchased", most
        self.ends = self.shop.at + timedelta(days=VALID)
        self.merges: dict[CustomerId, str] = {}
        self.bought: list[Bought] = []
        self.is_one = self.is_closed = False

    def do(self, deed: str, number: int) -> None:
        """One deed, where it can be done."""
        self.shop.at += timedelta(seconds=1)
        which = self.bought[number % len(self.bought)] if self.bought else None
        match deed:
            case "buy" | "small":
                by, units = (self.friend, self.others[self.friend])[number % 3 == 2], 6 if deed == "buy" else 4
                sold = self.shop.sell(by, line("THING", units, 1000)).purchase.id
                self.bought.append(Bought(sold, by, self.shop.at, units))
            case "days":
                self.shop.at += timedelta(days=number + 1)
            case "merge" | "undo" | "one":
                self.unite(deed, (self.advocate, self.friend)[number % 2])
            case _ if which:
                self.change(deed, which)

    def change(self, deed: str, which: Bought) -> None:
        """A purchase comes back in part, or is corrected, voided, opened again."""
        match deed:
            case "back" if not which.is_voided and which.left >= 2:
                self.shop.take_back(which.id, {0: 2})
                which.left -= 2
            case "edit" if not which.is_voided:
                self.shop.edit(which.id, line("THING", UNITS, 1000))
                which.left = UNITS
            case "void" if not which.is_voided:
                self.shop.void(which.id)
                which.is_voided = True
            case "reopen" if which.is_voided:
                self.shop.reopen(which.id)
                which.is_voided = False

    def unite(self, deed: str, who: CustomerId) -> None:
        """A customer's two profiles become one, or two again; or the friend turns out to be the advocate."""
        if self.is_one:
            return
        if deed == "merge" and who not in self.merges:
            self.merges[who] = self.shop.merge(who, self.others[who])
        elif deed == "undo" and who in self.merges:
            self.shop.unmerge(self.merges.pop(who))
        elif deed == "one":
            holders = [self.others[each] if each in self.merges else each for each in (self.friend, self.advocate)]
            self.shop.merge(*holders)
            self.is_one = True

    def look(self) -> None:
        """The job, and what it should come to."""
        self.referrals.follow()
        self.shop.follow()
        if self.is_closed:
            return
        if self.is_one:
            for each in self.bought:
                if each.stands in ("pending", "held", "rewarded"):
                    each.stands, each.given = "over", {"advocate": 0, "friend": 0}
            self.is_closed = True
            return
        friends = {self.friend, *([self.others[self.friend]] if self.friend in self.merges else [])}
        for each in self.bought:
            if each.stands == "unseen" and each.by in friends and each.at < self.ends and not each.is_voided:
                each.stands, each.until = "pending", each.at + timedelta(days=RETURN)
        while sum(self.moves(each) for each in sorted(self.bought, key=lambda each: (each.until or each.at, each.id))):
            pass
        self.is_closed = self.shop.at >= self.ends and all(each.stands in ("unseen", "over") for each in self.bought)

    def moves(self, each: Bought) -> bool:
        """Whether a purchase goes a step further. Nothing changes between the close of a window and the next look."""
        if each.until is None:
            return False
        is_over, was = self.shop.at >= each.until, each.stands
        has_friends = bool(each.given["friend"])
        if was == "rewarded":
            if not each.is_enough and not is_over:
                each.given = {"advocate": 0, "friend": 0}
            each.stands = "over" if is_over or not each.is_enough else was
        elif has_friends and not each.is_enough:
            each.stands, each.given["friend"] = "over", 0
        elif each.is_enough and (is_over or self.is_early) and not has_friends and not self.has_room:
            each.stands = "over"
        elif is_over:
            each.stands = "rewarded" if each.is_enough else "over"
            each.given = dict.fromkeys(each.given, int(each.is_enough))
            each.until += timedelta(days=TAKE_BACK)
        else:
            each.stands = "held" if each.is_enough else "pending"
            each.given["friend"] = int(each.is_enough and self.is_early)
        if each.stands == "over":
            each.until = None
        return each.stands != was

    @property
    def has_room(self) -> bool:
        """Whether another purchase may have a place: not what was taken back."""
        side = "friend" if self.is_early else "advocate"
        return self.most is None or sum(each.given[side] for each in self.bought) < self.most


@pytest.mark.parametrize("friend_when", ["window_closed", "purchased"])
@pytest.mark.parametrize("most", [None, 2])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS, found_out=st.booleans())
def test_both_have_the_sum_over_what_stands(
    database: Database, friend_when: str, most: int | None, deeds: list[tuple[str, int]], found_out: bool
) -> None:
    world = World(database, friend_when, most)
    sides = (("advocate", world.advocate, 500), ("friend", world.friend, 200))
    for deed, number in [("buy", 0), *deeds, *([("one", 0), ("buy", 0)] if found_out else []), *[("days", 10)] * 4]:
        world.do(deed, number)
        world.look()
        has = [sum(world.referrals.points(who, world.others[who])) for _side, who, _points in sides]
        should = [sum(each.given[side] for each in world.bought) * points for side, _who, points in sides]
        assert (sum(has) if world.is_one else has) == (sum(should) if world.is_one else should)
    assert world.shop.rows("SELECT status FROM referral_purchases WHERE until IS NOT NULL") == []
    assert world.shop.rows("SELECT status FROM referrals WHERE until IS NOT NULL") == []
    assert world.shop.breaches() == []
