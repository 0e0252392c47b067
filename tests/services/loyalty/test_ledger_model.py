"""The ledger against a small model of it: whatever tills, customers and jobs do, in whatever order, both say the same.

The model knows no transactions, entries, draws or jobs: a customer has lots and debts; a clock says what is dead.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
from services.loyalty.domain.refusals import HoldClosed, InsufficientPoints, NothingToReturn, ReturnTooLarge
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

PENDING_DAYS, LIFE_DAYS = 1, 4
RIYADH = timedelta(hours=3)
POINTS_PER_UNIT = 10
PEOPLE = 2
LATE_HOLD = "I4 no hold stays open past its time"
amounts = st.sampled_from([1, 10, 35, 80])


@dataclass
class Units:
    """Units that came together."""

    left: int
    source: str
    earned_at: datetime
    spendable_at: datetime
    dies_at: datetime | None = None

    def is_alive(self, at: datetime) -> bool:
        return self.dies_at is None or at < self.dies_at

    def can_pay(self, at: datetime) -> bool:
        return self.spendable_at <= at and self.is_alive(at)


@dataclass
class Promise:
    """A hold."""

    amount: int
    made_at: datetime
    ends_at: datetime


@dataclass
class Person:
    """What a customer has."""

    lots: list[Units] = field(default_factory=list)
    debt: int = 0
    promises: dict[str, Promise] = field(default_factory=dict)

    def held(self, at: datetime) -> int:
        return sum(promise.amount for promise in self.promises.values() if at < promise.ends_at)

    def available(self, at: datetime) -> int:
        return max(0, sum(lot.left for lot in self.lots if lot.can_pay(at)) - self.debt - self.held(at))

    def gain(self, units: Units) -> None:
        paid = min(self.debt, units.left)
        self.debt -= paid
        units.left -= paid
        self.lots.append(units)

    def pay(self, amount: int, at: datetime, since: datetime | None = None) -> None:
        """The soonest to die first, the oldest of those; `since` when the units were promised."""
        able = [lot for lot in self.lots if lot.can_pay(at) or (since and lot.can_pay(since))]
        take(sorted(able, key=lambda lot: (lot.dies_at is None, lot.dies_at or at, lot.earned_at)), amount)

    def give_back(self, amount: int, source: str, at: datetime) -> None:
        """The purchase's own units first, dead or not; then the newest that live; the rest is owed."""
        own = [lot for lot in self.lots if lot.source == source]
        newest = sorted(self.lots, key=lambda lot: lot.earned_at, reverse=True)
        self.debt += take(own + [lot for lot in newest if lot.source != source and lot.is_alive(at)], amount)


def take(lots: list[Units], amount: int) -> int:
    """Take units from the lots in this order; answers how many were missing."""
    for lot in lots:
        taken = min(lot.left, amount)
        lot.left -= taken
        amount -= taken
    return amount


@dataclass
class Sold:
    """A purchase, and how many of its units are still with the customer."""

    customer_id: CustomerId
    purchase_id: str
    left: int


class LedgerMachine(RuleBasedStateMachine):
    """Does the same to a shop and to the model."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(self.database, TenantId(new_id("ten")))
        self.people: dict[CustomerId, Person] = {}

    sales = Bundle("sales")
    holds = Bundle("holds")
    who = st.integers(0, PEOPLE - 1)

    @initialize()
    def open(self) -> None:
        self.shop.publish(POINT_PER_RIYAL, pending_days=PENDING_DAYS, expiry={"kind": "rolling", "days": LIFE_DAYS})
        self.people = {self.shop.customer(): Person() for _ in range(PEOPLE)}
        self.rewards = {price: self.shop.offer(price) for price in (1, 10, 35, 80)}

    def customer(self, number: int) -> tuple[CustomerId, Person]:
        # No two things happen at the same moment.
        self.shop.at += timedelta(seconds=1)
        return list(self.people.items())[number]

    @rule(target=sales, number=who, units=st.integers(1, 5))
    def buy(self, number: int, units: int) -> Sold:
        customer_id, person = self.customer(number)
        at = self.shop.at
        sold = self.shop.sell(customer_id, line("COFFEE", units, 100 * POINTS_PER_UNIT)).purchase
        spendable_at = at + timedelta(days=PENDING_DAYS)
        last_day = (spendable_at + RIYADH).replace(hour=0, minute=0, second=0) + timedelta(days=LIFE_DAYS)
        dies_at = last_day + timedelta(days=1) - RIYADH
        person.gain(Units(units * POINTS_PER_UNIT, sold.id, at, spendable_at, dies_at))
        return Sold(customer_id, sold.id, units)

    @rule(sold=sales, units=st.one_of(st.none(), st.integers(1, 5)))
    def bring_back(self, sold: Sold, units: int | None) -> None:
        self.shop.at += timedelta(seconds=1)
        coming = sold.left if units is None else units
        refusal = NothingToReturn if not coming else ReturnTooLarge if coming > sold.left else None
        with Expectation(refusal):
            self.shop.take_back(sold.purchase_id, None if units is None else {0: units})
            sold.left -= coming
            person = self.people[sold.customer_id]
            person.give_back(coming * POINTS_PER_UNIT, sold.purchase_id, self.shop.at)

    @rule(number=who, price=amounts)
    def redeem(self, number: int, price: int) -> None:
        customer_id, person = self.customer(number)
        with Expectation(InsufficientPoints if price > person.available(self.shop.at) else None):
            self.shop.redeem(customer_id, self.rewards[price])
            person.pay(price, self.shop.at)

    @rule(number=who, amount=amounts, hours=st.one_of(st.none(), st.integers(1, 100)))
    def give(self, number: int, amount: int, hours: int | None) -> None:
        customer_id, person = self.customer(number)
        dies_at = None if hours is None else self.shop.at + timedelta(hours=hours)
        self.shop.adjust(customer_id, amount, expires_at=dies_at)
        person.gain(Units(amount, "gift", self.shop.at, self.shop.at, dies_at))

    @rule(number=who, amount=amounts)
    def take_away(self, number: int, amount: int) -> None:
        customer_id, person = self.customer(number)
        with Expectation(InsufficientPoints if amount > person.available(self.shop.at) else None):
            self.shop.adjust(customer_id, -amount)
            person.pay(amount, self.shop.at)

    @rule(target=holds, number=who, amount=amounts, hours=st.integers(1, 48))
    def set_aside(self, number: int, amount: int, hours: int) -> object:
        customer_id, person = self.customer(number)
        at = self.shop.at
        if amount > person.available(at):
            with Expectation(InsufficientPoints):
                self.shop.hold(customer_id, amount, hours=hours)
            return multiple()
        hold = self.shop.hold(customer_id, amount, hours=hours)
        person.promises[hold.id] = Promise(amount, at, at + timedelta(hours=hours))
        return customer_id, hold.id

    @rule(hold=holds, part=st.sampled_from([0.1, 0.5, 1]))
    def capture(self, hold: tuple[CustomerId, str], part: float) -> None:
        self.shop.at += timedelta(seconds=1)
        customer_id, hold_id = hold
        person, at = self.people[customer_id], self.shop.at
        promise = person.promises.get(hold_id)
        if promise is None or promise.ends_at <= at:
            with Expectation(HoldClosed):
                self.shop.capture(hold_id)
            return
        amount = max(1, int(promise.amount * part))
        able = [lot for lot in person.lots if lot.can_pay(at) or lot.can_pay(promise.made_at)]
        others = person.held(at) - promise.amount
        enough = amount <= sum(lot.left for lot in able) - person.debt - others
        with Expectation(None if enough else InsufficientPoints):
            self.shop.capture(hold_id, amount)
            del person.promises[hold_id]
            person.pay(amount, at, promise.made_at)

    @rule(hold=consumes(holds))
    def let_go(self, hold: tuple[CustomerId, str]) -> None:
        self.shop.at += timedelta(seconds=1)
        customer_id, hold_id = hold
        promise = self.people[customer_id].promises.pop(hold_id, None)
        with Expectation(None if promise and self.shop.at < promise.ends_at else HoldClosed):
            self.shop.release(hold_id)

    @rule(hours=st.sampled_from([1, 13, 30, 75]))
    def time_passes(self, hours: int) -> None:
        self.shop.at += timedelta(hours=hours)

    @rule()
    def jobs_run(self) -> None:
        self.shop.time_out()
        self.shop.expire()

    @invariant()
    def both_say_the_same(self) -> None:
        at = self.shop.at
        for customer_id, person in self.people.items():
            alive = [lot for lot in person.lots if lot.is_alive(at) and lot.left]
            says = self.shop.balance(customer_id)
            assert says.balance == sum(lot.left for lot in alive) - person.debt
            assert says.pending == sum(lot.left for lot in alive if lot.spendable_at > at)
            assert (says.held, says.available) == (person.held(at), person.available(at))
            next_death = min((lot.dies_at for lot in alive if lot.dies_at), default=None)
            assert (says.next_expiry.at if says.next_expiry else None) == next_death
            if says.next_expiry:
                assert says.next_expiry.amount == sum(lot.left for lot in alive if lot.dies_at == next_death)

    @invariant()
    def the_ledger_is_sound(self) -> None:
        assert [breach for breach in self.shop.breaches() if breach.invariant != LATE_HOLD] == []

    def teardown(self) -> None:
        if self.people:
            self.jobs_run()
            assert self.shop.breaches() == []
            self.both_say_the_same()


class Expectation:
    """Expects that refusal of its block, or none."""

    def __init__(self, refusal: type[Refused] | None) -> None:
        self.refusal = refusal

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> bool:
        if self.refusal is None:
            return False
        assert kind is self.refusal, f"{self.refusal.code} was expected"
        return True


def test_the_ledger_is_what_the_model_says(database: Database) -> None:
    machine = type("BoundLedgerMachine", (LedgerMachine,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
