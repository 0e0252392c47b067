"""The ledger against a small model of it: whatever tills, customers and jobs do, in whatever order, both say the same.

The model is the oracle beside this file. Programs change their policies and their zone under way.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId, new_id
from kernel.refusal import Refused
from services.loyalty.domain.refusals.purchases import NothingToReturn, ReturnTooLarge
from services.loyalty.domain.refusals.rewards import RedemptionClosed
from services.loyalty.domain.refusals.wallets import HoldClosed, InsufficientPoints, NotSoManyExpired
from tests.services.loyalty.domain.build import NAME, line
from tests.services.loyalty.oracle import Calendar, Policy, Promise, Purse, Units
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

POINTS_PER_UNIT, STARS_PER_UNIT = 10, 3
UNITS = ("points", "stars")
STARS = {"kind": "earn", "id": "stars", "name": NAME, "unit": "stars", "for_each": "unit", "points": STARS_PER_UNIT}
PEOPLE = 2
LATE_HOLD = "I4 no hold stays open past its time"
DELIVERED = "delivered"
# Zones that skip a midnight or have it twice, shift by half an hour, or keep still; and days before something happens.
ZONES = ("Asia/Riyadh", "Africa/Cairo", "America/Havana", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe")
BEGINNINGS = ("2036-03-02", "2036-01-31", "2036-02-28", "2037-02-27", "2036-10-30", "2036-12-30")
MONTH_DAYS = ("01-01", "02-29", "03-31", "06-30", "12-31")

amounts = st.sampled_from([1, 10, 35, 80])
rounded = st.sampled_from(["day", "month", "quarter", "year"])
lengths = st.one_of(
    st.builds(lambda days: {"days": days}, st.sampled_from([1, 4, 30])),
    st.builds(lambda months: {"months": months}, st.sampled_from([1, 2, 12])),
)
year_days = st.lists(st.sampled_from(MONTH_DAYS), min_size=1, max_size=3, unique=True)
lives = st.one_of(
    st.just({"kind": "never"}),
    st.builds(lambda span, to: {"kind": "rolling", **span, "round_to": to}, lengths, rounded),
    st.builds(lambda span, to: {"kind": "sliding", **span, "round_to": to}, lengths, rounded),
    st.builds(
        lambda days, least: {"kind": "dates", "dates": days, "days_min": least}, year_days, st.sampled_from([0, 90])
    ),
)
waits = st.one_of(
    st.sampled_from([{}, {"pending_days": 1}, {"pending_days": 14}]),
    st.builds(lambda days: {"pending": {"kind": "dates", "dates": days}}, year_days),
    st.builds(
        lambda days: {"pending": {"kind": "event", "event": DELIVERED, "within_days": days}}, st.sampled_from([1, 30])
    ),
)
terms_of_units = st.builds(
    lambda expiry, wait, since: {"expiry": expiry, **wait, "validity_from": since},
    lives,
    waits,
    st.sampled_from(["spendable", "earning"]),
)
programs = st.tuples(st.sampled_from(ZONES), terms_of_units, terms_of_units)
Programme = tuple[str, Mapping[str, Any], Mapping[str, Any]]


@dataclass
class Sold:
    """A purchase, and how many of its units are still with the customer."""

    customer_id: CustomerId
    purchase_id: str
    left: int


@dataclass
class Taken:
    """A redemption, and what each lot gave for it; nothing once it is cancelled."""

    customer_id: CustomerId
    redemption_id: str
    draws: list[tuple[Units, int]] | None


class LedgerMachine(RuleBasedStateMachine):
    """Does the same to a shop and to the model."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(self.database, TenantId(new_id("ten")))
        self.purses: dict[tuple[CustomerId, str], Purse] = {}
        self.reports: dict[datetime, dict[str, tuple[int, ...]]] = {}

    sales = Bundle("sales")
    holds = Bundle("holds")
    redemptions = Bundle("redemptions")
    who = st.integers(0, PEOPLE - 1)

    @initialize(program=programs, beginning=st.sampled_from(BEGINNINGS))
    def open(self, program: Programme, beginning: str) -> None:
        self.shop.at = datetime.fromisoformat(beginning).replace(hour=9, tzinfo=UTC)
        self.publish(program)
        self.people = [self.shop.customer() for _ in range(PEOPLE)]
        self.purses = {(customer_id, unit): Purse() for customer_id in self.people for unit in UNITS}
        self.rewards = {price: self.shop.offer(price) for price in (1, 10, 35, 80)}

    @rule(program=programs)
    def publish(self, program: Programme) -> None:
        """The program changes: what was earned before keeps its dates."""
        self.shop.at += timedelta(seconds=1)
        zone, points, stars = program
        further = [{"unit": "stars", **stars}]
        self.shop.publish(POINT_PER_RIYAL, STARS, time_zone=zone, further_units=further, **points)
        calendar = Calendar(ZoneInfo(zone))
        self.policies = {"points": Policy(calendar, points), "stars": Policy(calendar, stars)}

    def customer(self, number: int) -> tuple[CustomerId, Purse]:
        # No two things happen at the same moment.
        self.shop.at += timedelta(seconds=1)
        customer_id = self.people[number]
        return customer_id, self.purses[customer_id, "points"]

    def be_active(self, customer_id: CustomerId) -> None:
        for unit in UNITS:
            self.purses[customer_id, unit].be_active(self.shop.at, self.policies[unit])

    @rule(target=sales, number=who, units=st.integers(1, 5))
    def buy(self, number: int, units: int) -> Sold:
        customer_id, _points = self.customer(number)
        at = self.shop.at
        sold = self.shop.sell(customer_id, line("COFFEE", units, 100 * POINTS_PER_UNIT)).purchase
        self.be_active(customer_id)
        for unit, each in zip(UNITS, (POINTS_PER_UNIT, STARS_PER_UNIT), strict=True):
            policy = self.policies[unit]
            spendable_at, dies_at = policy.life(at)
            slides = policy.slides and not policy.awaits
            earned = Units(units * each, sold.id, at, spendable_at, dies_at, slides, policy.awaits)
            self.purses[customer_id, unit].gain(earned, at)
        return Sold(customer_id, sold.id, units)

    @rule(sold=sales, units=st.one_of(st.none(), st.integers(1, 5)))
    def bring_back(self, sold: Sold, units: int | None) -> None:
        self.shop.at += timedelta(seconds=1)
        coming = sold.left if units is None else units
        with refused_with(NothingToReturn if not coming else ReturnTooLarge if coming > sold.left else None):
            self.shop.take_back(sold.purchase_id, None if units is None else {0: units})
        if 0 < coming <= sold.left:
            sold.left -= coming
            for unit, each in zip(UNITS, (POINTS_PER_UNIT, STARS_PER_UNIT), strict=True):
                purse = self.purses[sold.customer_id, unit]
                purse.claw_back(coming * each, sold.purchase_id, self.shop.at)

    @rule(target=redemptions, number=who, price=amounts)
    def redeem(self, number: int, price: int) -> object:
        customer_id, purse = self.customer(number)
        if price > purse.available(self.shop.at):
            with pytest.raises(InsufficientPoints):
                self.shop.redeem(customer_id, self.rewards[price])
            return multiple()
        redeemed = self.shop.redeem(customer_id, self.rewards[price]).redemption
        self.be_active(customer_id)
        return Taken(customer_id, redeemed.id, purse.pay(price, self.shop.at))

    @rule(taken=redemptions)
    def cancel(self, taken: Taken) -> None:
        self.shop.at += timedelta(seconds=1)
        with refused_with(RedemptionClosed if taken.draws is None else None):
            self.shop.move(taken.redemption_id, "cancelled")
        if taken.draws is not None:
            self.purses[taken.customer_id, "points"].put_back(taken.draws, taken.redemption_id, self.shop.at)
            taken.draws = None

    @rule(number=who, amount=amounts, hours=st.one_of(st.none(), st.integers(1, 100)))
    def give(self, number: int, amount: int, hours: int | None) -> None:
        customer_id, purse = self.customer(number)
        at = self.shop.at
        dies_at = None if hours is None else at + timedelta(hours=hours)
        self.shop.adjust(customer_id, amount, expires_at=dies_at)
        purse.gain(Units(amount, "gift", at, at, dies_at), at)

    @rule(number=who, amount=amounts)
    def take_away(self, number: int, amount: int) -> None:
        customer_id, purse = self.customer(number)
        enough = amount <= purse.available(self.shop.at)
        with refused_with(None if enough else InsufficientPoints):
            self.shop.adjust(customer_id, -amount)
        if enough:
            purse.pay(amount, self.shop.at)

    @rule(number=who, amount=amounts)
    def transfer(self, number: int, amount: int) -> None:
        customer_id, purse = self.customer(number)
        other_id, other = self.customer(1 - number)
        at = self.shop.at
        enough = amount <= purse.available(at)
        with refused_with(None if enough else InsufficientPoints):
            self.shop.transfer(customer_id, other_id, amount)
        if enough:
            for lot, part in purse.pay(amount, at):
                moved = Units(part, "transfer", lot.earned_at, lot.spendable_at, purse.dies_at(lot))
                other.gain(moved, at)

    @rule(number=who, amount=amounts, hours=st.integers(1, 1000))
    def reinstate(self, number: int, amount: int, hours: int) -> None:
        customer_id, purse = self.customer(number)
        at = self.shop.at
        if purse.held(at):
            return  # what is dead may be held still
        enough = amount <= purse.dead(at)
        dies_at = at + timedelta(hours=hours)
        with refused_with(None if enough else NotSoManyExpired):
            self.shop.reinstate(customer_id, amount, dies_at)
        if enough:
            purse.reinstated += amount
            purse.gain(Units(amount, "reinstatement", at, at, dies_at), at)

    @rule(number=who)
    def deliver(self, number: int) -> None:
        customer_id, _points = self.customer(number)
        at = self.shop.at
        self.shop.release_waiting(customer_id, DELIVERED)
        for unit in UNITS:
            self.purses[customer_id, unit].release(at, self.policies[unit])

    @rule(target=holds, number=who, amount=amounts, hours=st.integers(1, 48))
    def set_aside(self, number: int, amount: int, hours: int) -> object:
        customer_id, purse = self.customer(number)
        at = self.shop.at
        if amount > purse.available(at):
            with pytest.raises(InsufficientPoints):
                self.shop.hold(customer_id, amount, hours=hours)
            return multiple()
        hold = self.shop.hold(customer_id, amount, hours=hours)
        purse.promises[hold.id] = Promise(amount, at, at + timedelta(hours=hours))
        return customer_id, hold.id

    @rule(hold=holds, part=st.sampled_from([0.1, 0.5, 1]))
    def capture(self, hold: tuple[CustomerId, str], part: float) -> None:
        self.shop.at += timedelta(seconds=1)
        customer_id, hold_id = hold
        purse, at = self.purses[customer_id, "points"], self.shop.at
        promise = purse.promises.get(hold_id)
        if promise is None or promise.ends_at <= at:
            with pytest.raises(HoldClosed):
                self.shop.capture(hold_id)
            return
        amount = max(1, int(promise.amount * part))
        able = [lot for lot in purse.lots if purse.can_pay(lot, at) or purse.can_pay(lot, promise.made_at)]
        others = purse.held(at) - promise.amount
        enough = amount <= sum(lot.left for lot in able) - purse.debt - others
        with refused_with(None if enough else InsufficientPoints):
            self.shop.capture(hold_id, amount)
        if enough:
            del purse.promises[hold_id]
            self.be_active(customer_id)
            purse.pay(amount, at, promise.made_at)

    @rule(hold=consumes(holds))
    def let_go(self, hold: tuple[CustomerId, str]) -> None:
        self.shop.at += timedelta(seconds=1)
        customer_id, hold_id = hold
        promise = self.purses[customer_id, "points"].promises.pop(hold_id, None)
        with refused_with(None if promise and self.shop.at < promise.ends_at else HoldClosed):
            self.shop.release(hold_id)

    @rule(hours=st.sampled_from([1, 13, 30, 75]))
    def time_passes(self, hours: int) -> None:
        self.shop.at += timedelta(hours=hours)

    @rule(days=st.sampled_from([6, 28, 31, 92, 366]))
    def much_time_passes(self, days: int) -> None:
        self.shop.at += timedelta(days=days)

    @rule(seconds=st.sampled_from([-1, 0]), lot=st.integers(0, 30))
    def somebody_comes_just_in_time(self, seconds: int, lot: int) -> None:
        """The clock is put to the moment at which something dies, or to the last second before it."""
        at = self.shop.at
        deaths = sorted({dies_at for purse in self.purses.values() for dies_at, _since in purse.deaths(at) if dies_at})
        if deaths:
            self.shop.at = max(at, deaths[lot % len(deaths)] + timedelta(seconds=seconds))

    @rule()
    def jobs_run(self) -> None:
        self.shop.time_out()
        self.shop.expire()

    @invariant()
    def both_say_the_same(self) -> None:
        at = self.shop.at
        for (customer_id, unit), purse in self.purses.items():
            says = self.shop.balance(customer_id, unit)
            assert (says.balance, says.pending) == (purse.balance(at), purse.pending(at))
            assert (says.held, says.available) == (purse.held(at), purse.available(at))
            assert self.shop.deaths(customer_id, unit) == purse.deaths(at)
            dying = {dies_at for dies_at, _since in purse.deaths(at) if dies_at}
            assert (says.next_expiry.at if says.next_expiry else None) == min(dying, default=None)
            if says.next_expiry:
                next_death = says.next_expiry.at
                gone = sum(left for (dies_at, _since), left in purse.deaths(at).items() if dies_at == next_death)
                assert says.next_expiry.amount == gone

    @rule()
    def somebody_asks_for_the_liability(self) -> None:
        """It is what the purses hold; and whoever asks about this moment later is told the same."""
        self.shop.at += timedelta(seconds=1)
        at = self.shop.at
        reported = self.shop.liability(at)
        for unit in UNITS:
            purses = [purse for (_customer, counted), purse in self.purses.items() if counted == unit]
            found = reported.get(unit, (0, 0, 0, 0, 0, 0))
            expected = (
                sum(purse.available(at) for purse in purses),
                sum(purse.pending(at) for purse in purses),
                sum(purse.debt for purse in purses),
            )
            # What is owed, and what was set aside before a return took it, is not the customer's to spend.
            if not any(purse.debt or purse.held(at) for purse in purses):
                assert (found[0] + found[1], found[2], found[3]) == expected
            assert found[2:4] == expected[1:]
            assert found[4] == found[5], "lots and draws come to what the entries come to"
        self.reports[at] = reported
        self.shop.at += timedelta(seconds=1)

    @invariant()
    def the_ledger_is_sound(self) -> None:
        assert [breach for breach in self.shop.breaches() if breach.invariant != LATE_HOLD] == []

    def teardown(self) -> None:
        if self.purses:
            self.jobs_run()
            assert self.shop.breaches() == []
            self.both_say_the_same()
            for at, reported in self.reports.items():
                assert self.shop.liability(at) == reported


def refused_with(refusal: type[Refused] | None) -> AbstractContextManager[object]:
    """Expects that refusal of its block, or none."""
    return nullcontext() if refusal is None else pytest.raises(refusal)


def test_the_ledger_is_what_the_model_says(database: Database) -> None:
    machine = type("BoundLedgerMachine", (LedgerMachine,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
