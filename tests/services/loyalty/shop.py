"""A tenant's loyalty as tests use it: by its operations, each call in a transaction of its own."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text

from chassis.data.database import Database
from chassis.data.verification import Breach
from contracts.event import EVENT_CLASSES, Event
from contracts.events.loyalty import AnyFact, PointsExpiring
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.activity import Activity
from services.loyalty.domain.allowance import SigningKey
from services.loyalty.domain.award import Award
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.fulfilment import Fulfilment
from services.loyalty.domain.offer import Offer
from services.loyalty.operations.add_version import add_version
from services.loyalty.operations.adjust_points import adjust_points
from services.loyalty.operations.amend_purchase import Amended
from services.loyalty.operations.block_gift_card import Change, block_gift_card
from services.loyalty.operations.cancel_activity import cancel_activity
from services.loyalty.operations.capture_hold import capture_hold
from services.loyalty.operations.claim_purchase import Claimed, claim_purchase
from services.loyalty.operations.create_program import create_program
from services.loyalty.operations.create_reward import create_reward
from services.loyalty.operations.edit_purchase import edit_purchase
from services.loyalty.operations.gather_units import gather_units
from services.loyalty.operations.give_award import Given, give_award
from services.loyalty.operations.hold_points import hold_points
from services.loyalty.operations.issue_allowance import issue_allowance
from services.loyalty.operations.issue_gift_card import Issued, issue_gift_card
from services.loyalty.operations.learn_customer import learn_customer
from services.loyalty.operations.merge_wallets import merge_wallets
from services.loyalty.operations.move_redemption import move_redemption
from services.loyalty.operations.open_pool import open_pool
from services.loyalty.operations.publish_version import publish_version
from services.loyalty.operations.record_activity import Recorded as RecordedActivity
from services.loyalty.operations.record_activity import record_activity
from services.loyalty.operations.record_purchases import Outcome, Recorded, Sale, record_purchases
from services.loyalty.operations.redeem_reward import Redeemed, redeem_reward
from services.loyalty.operations.reinstate_units import reinstate_units
from services.loyalty.operations.release_hold import release_hold
from services.loyalty.operations.release_reservation import release_reservation
from services.loyalty.operations.release_units import Released, release_units
from services.loyalty.operations.reopen_purchase import reopen_purchase
from services.loyalty.operations.reserve_vouchers import reserve_vouchers
from services.loyalty.operations.return_purchase import return_purchase
from services.loyalty.operations.settle_conflict import Resolution, settle_conflict
from services.loyalty.operations.start_backtest import start_backtest
from services.loyalty.operations.take_award_back import take_award_back
from services.loyalty.operations.transfer_units import transfer_units
from services.loyalty.operations.undo_merge import undo_merge
from services.loyalty.operations.void_purchase import void_purchase
from services.loyalty.queries.balance import Balance, balance_of, held_now, wallet_of
from services.loyalty.queries.customers import locked
from services.loyalty.queries.liability import outstanding
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.verify import breaches_of
from services.loyalty.schedules import (
    celebrate_all_days,
    expire_all_lots,
    follow_all_merges,
    seal_all_entries,
    tell_all_expiring,
    tell_all_membership_ends,
    time_out_all_holds,
)
from services.loyalty.tables import Base
from services.loyalty.tables.activities import ActivityRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.gift_cards import GiftCardRow
from services.loyalty.tables.holds import HoldRow
from services.loyalty.tables.moves import ReinstatementRow, TransferRow
from services.loyalty.tables.offline import OfflineAllowanceRow, OfflineConflictRow
from services.loyalty.tables.reservations import ReservationRow
from services.loyalty.tables.rewards import RedemptionRow
from tests.services.loyalty.domain.build import NAME, document, line, rule

# Later than any clock that runs the tests, so that what the shop records comes after what the database stamps.
NOON = datetime(2036, 3, 2, 9, tzinfo=UTC)  # noon in Riyadh, a Sunday
POINT_PER_RIYAL = rule("earn", per=100)
A_YEAR = {"kind": "rolling", "months": 12}
FREE_COFFEE = {"kind": "free_item", "name": NAME, "selector": {"skus": ["COFFEE"]}}
DEATHS = """
    SELECT CASE WHEN l.sliding THEN w.lapses_at ELSE l.expires_at END AS dies_at, l.spendable_at, l.remaining
    FROM lots l JOIN wallets w USING (tenant_id, customer_id, unit)
    WHERE l.customer_id = :customer_id AND l.unit = :unit AND l.remaining > 0
"""

TILL_KEY = SigningKey(b"only in tests: thirty-two bytes.")
BY_HAND = ByHand(actor="key_test", reason="for the test")


def later(**time: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**time)


class Shop:
    """One tenant. `at` is the shop's clock: set it to let time pass."""

    def __init__(self, database: Database, tenant_id: TenantId, at: datetime = NOON) -> None:
        self.database = database
        self.tenant_id = tenant_id
        self.at = at
        self._receipts = count(1)
        self._program_id: str | None = None

    def publish(self, *rules: Mapping[str, Any], **terms: Any) -> tuple[str, int]:
        """Let these rules decide sales from now on; answers program and version."""
        version = self.draft(*rules, **terms)
        with self.database.transaction(self.tenant_id) as db:
            publish_version(db, self.tenant_id, *version, actor="key_test", at=self.at)
        return version

    def draft(self, *rules: Mapping[str, Any], **terms: Any) -> tuple[str, int]:
        """Write these rules down as the program's next version; answers program and version."""
        wanted = document(*map(dict, rules), **terms)
        with self.database.transaction(self.tenant_id) as db:
            if self._program_id is None:
                program, version = create_program(db, self.tenant_id, "Points", wanted, actor="key_test", at=self.at)
                self._program_id = program.id
            else:
                version = add_version(db, self.tenant_id, self._program_id, wanted, actor="key_test", at=self.at)
        return self._program_id, version.version

    def customer(
        self,
        *,
        version: int = 1,
        status: str = "active",
        birthday: str | None = None,
        joined_at: datetime | None = None,
        known: CustomerId | None = None,
    ) -> CustomerId:
        """Somebody new whom loyalty has heard of; or a later version of somebody `known`."""
        customer_id = known or CustomerId(new_id("cus"))
        with self.database.transaction(self.tenant_id) as db:
            learn_customer(
                db,
                self.tenant_id,
                customer_id,
                version=version,
                language="ar",
                status=status,
                birthday=birthday,
                joined_at=joined_at,
                at=self.at,
            )
        return customer_id

    def celebrate(self) -> int:
        """Run the job that gives for birthdays and anniversaries; answers to how many."""
        return celebrate_all_days(self.database, self.tenant_id, self.at)

    def sale(self, customer_id: str | None, *lines: dict[str, Any], **more: Any) -> Sale:
        """A sale at this moment under a receipt of its own, of a coffee for 10.00 unless lines are given.

        `key`, `quoted` and `trace` are the sale's; all else is the basket's.
        """
        of_sale = {name: more.pop(name) for name in ("key", "quoted", "trace") if name in more}
        basket = Basket.model_validate(
            {
                "customer_id": customer_id,
                "store_id": "riyadh-1",
                "external_id": f"R-{next(self._receipts)}",
                "occurred_at": self.at,
                "currency": "SAR",
                "lines": lines or (line(),),
                **more,
            }
        )
        fingerprint = hashlib.sha256(basket.model_dump_json().encode()).digest()
        return Sale(tenant_id=self.tenant_id, basket=basket, fingerprint=fingerprint, **of_sale)

    def record(self, *sales: Sale) -> list[Outcome]:
        """Record sales in one transaction, as the till does."""
        with self.database.blind_transaction() as db:
            return record_purchases(db, sales, at=self.at)

    def sell(self, customer_id: str | None, *lines: dict[str, Any], **more: Any) -> Recorded:
        """Record a sale that nothing is wrong with."""
        (outcome,) = self.record(self.sale(customer_id, *lines, **more))
        assert isinstance(outcome, Recorded), outcome
        return outcome

    def earn(self, customer_id: CustomerId, points: int, **more: Any) -> str:
        """Sell something for so many riyals; answers the purchase's id."""
        return self.sell(customer_id, line("THING", 1, points * 100), **more).purchase.id

    def take_back(self, purchase_id: str, lines: Mapping[int, int] | None = None) -> Amended:
        """Take units of lines back, or all that is left."""
        with self.database.transaction(self.tenant_id) as db:
            return return_purchase(db, self.tenant_id, purchase_id, lines, at=self.at)

    def edit(self, purchase_id: str, *lines: dict[str, Any], expected: int | None = None, **more: Any) -> Amended:
        """Let the sale have been of these lines; `more` are the basket's fields."""
        named = {"id": purchase_id}
        (sold,) = self.rows("SELECT basket FROM purchases WHERE id = :id", **named)
        basket = Basket.model_validate({**orjson.loads(sold["basket"]), "lines": lines, **more})
        why: dict[str, Any] = {"by": ByHand("key_test", "mistyped"), "at": self.at, "expected": expected}
        with self.database.transaction(self.tenant_id) as db:
            return edit_purchase(db, self.tenant_id, purchase_id, basket, **why)

    def void(self, purchase_id: str) -> Amended:
        """Let the sale never have been."""
        with self.database.transaction(self.tenant_id) as db:
            return void_purchase(db, self.tenant_id, purchase_id, by=ByHand("key_test", "test sale"), at=self.at)

    def reopen(self, purchase_id: str) -> Amended:
        """Take a void back."""
        with self.database.transaction(self.tenant_id) as db:
            return reopen_purchase(db, self.tenant_id, purchase_id, by=ByHand("key_test", "was real"), at=self.at)

    def claim(self, purchase_id: str, customer_id: CustomerId) -> Claimed:
        """Let a sale to nobody have been this customer's."""
        with self.database.transaction(self.tenant_id) as db:
            return claim_purchase(db, self.tenant_id, purchase_id, customer_id, actor="key_test", at=self.at)

    def adjust(self, customer_id: CustomerId, amount: int, *, expires_at: datetime | None = None) -> int:
        """Give or take points by hand; answers the balance."""
        with self.database.transaction(self.tenant_id) as db:
            _row, balance = adjust_points(
                db,
                self.tenant_id,
                customer_id,
                unit="points",
                amount=Points(amount),
                by=ByHand("key_test", "goodwill"),
                expires_at=expires_at,
                at=self.at,
            )
        return balance

    def award(
        self,
        customer_id: CustomerId,
        award: Mapping[str, Any],
        *,
        rule: str = "earn",
        source: str = "act_1",
        **more: Any,
    ) -> Given:
        """Give an award under the live program."""
        with self.database.transaction(self.tenant_id) as db:
            standing, books = locked(db, self.tenant_id, customer_id), Books(self.at)
            program = SHELF.live(db, self.tenant_id, self.at)
            assert program is not None
            wanted = Award.model_validate(award)
            more = {"occurred_at": self.at, **more}
            given = give_award(db, books, standing, program, wanted, rule=rule, source=source, **more)
            books.close(db)
            return given

    def take_award(self, customer_id: CustomerId, *, rule: str = "earn", source: str = "act_1") -> tuple[AnyFact, ...]:
        """Take an award back."""
        with self.database.transaction(self.tenant_id) as db:
            standing, books = locked(db, self.tenant_id, customer_id), Books(self.at)
            told = take_award_back(db, books, standing, rule=rule, source=source)
            books.close(db)
            return told

    def activity(self, customer_id: str, kind: str, **more: Any) -> RecordedActivity:
        """Tell of an activity at this moment under an id of its own; `more` are its attributes, unless it has such."""
        own = {name: more.pop(name) for name in ("external_id", "occurred_at") if name in more}
        activity = Activity.model_validate(
            {
                "customer_id": customer_id,
                "kind": kind,
                "external_id": f"A-{next(self._receipts)}",
                "occurred_at": self.at,
                "attributes": more,
                **own,
            }
        )
        with self.database.transaction(self.tenant_id) as db:
            return record_activity(db, self.tenant_id, activity, at=self.at)

    def cancel_activity(self, activity_id: str) -> ActivityRow:
        """Let an activity not count."""
        with self.database.transaction(self.tenant_id) as db:
            return cancel_activity(db, self.tenant_id, activity_id, by=ByHand("key_test", "a fake"), at=self.at)

    def offer(self, price: int, benefit: Mapping[str, Any] = FREE_COFFEE, **more: Any) -> str:
        """Put a reward into the catalogue; answers its id."""
        offer = Offer.model_validate({"price": price, "benefit": dict(benefit), **more})
        with self.database.transaction(self.tenant_id) as db:
            return create_reward(db, self.tenant_id, offer, at=self.at).id

    def redeem(self, customer_id: CustomerId, reward_id: str) -> Redeemed:
        """Exchange points for a reward."""
        with self.database.transaction(self.tenant_id) as db:
            return redeem_reward(db, self.tenant_id, customer_id, reward_id, at=self.at)

    def move(self, redemption_id: str, then: Fulfilment, note: str | None = None) -> RedemptionRow:
        """Take a redemption a step further."""
        with self.database.transaction(self.tenant_id) as db:
            return move_redemption(db, self.tenant_id, redemption_id, then, actor="key_test", note=note, at=self.at)

    def reserve(self, customer_id: CustomerId, *codes: str, **lasting: float) -> ReservationRow:
        """Set vouchers aside, for a quarter of an hour unless told otherwise."""
        with self.database.transaction(self.tenant_id) as db:
            return reserve_vouchers(
                db,
                self.tenant_id,
                customer_id,
                codes,
                lasting=timedelta(**lasting or {"minutes": 15}),
                reference=None,
                at=self.at,
            )

    def release_vouchers(self, reservation_id: str) -> ReservationRow:
        """Let go of vouchers that were set aside."""
        with self.database.transaction(self.tenant_id) as db:
            return release_reservation(db, self.tenant_id, reservation_id, at=self.at)

    def gift_card(self, amount: int, currency: str = "SAR", expires_at: datetime | None = None) -> Issued:
        """Issue a gift card."""
        with self.database.transaction(self.tenant_id) as db:
            return issue_gift_card(
                db,
                self.tenant_id,
                amount=amount,
                currency=currency,
                expires_at=expires_at,
                source="receipt 9",
                by=BY_HAND,
                at=self.at,
            )

    def on_card(self, card_id: str, unit: str = "SAR") -> int:
        """What a gift card can pay."""
        with self.database.transaction(self.tenant_id) as db:
            wallet = wallet_of(db, self.tenant_id, CustomerId(card_id), unit)
            return balance_of(db, wallet, unit, held=0, at=self.at).available

    def change_card(self, card_id: str, change: Change) -> GiftCardRow:
        """Block a card, let it pay again, or cancel it."""
        with self.database.transaction(self.tenant_id) as db:
            return block_gift_card(db, self.tenant_id, card_id, change, by=BY_HAND, at=self.at)

    def hold(self, customer_id: CustomerId, amount: int, **lasting: float) -> HoldRow:
        """Set points aside, for a quarter of an hour unless told otherwise."""
        with self.database.transaction(self.tenant_id) as db:
            return hold_points(
                db,
                self.tenant_id,
                customer_id,
                unit="points",
                amount=Points(amount),
                lasting=timedelta(**lasting or {"minutes": 15}),
                reference=None,
                at=self.at,
            )

    def allow(
        self, customer_id: CustomerId, amount: int, *, unit: str = "points", hours: float = 1, grace: float = 1
    ) -> tuple[str, OfflineAllowanceRow]:
        """Set points aside for tills without a connection; answers the token."""
        with self.database.transaction(self.tenant_id) as db:
            row, _hold, token = issue_allowance(
                db,
                self.tenant_id,
                customer_id,
                unit=unit,
                units=Points(amount),
                lasting=timedelta(hours=hours),
                grace=timedelta(hours=grace),
                key=TILL_KEY,
                at=self.at,
            )
        return token, row

    def settle(self, conflict_id: str, resolution: Resolution) -> OfflineConflictRow:
        """Settle what an allowance did not cover."""
        by = ByHand("key_test", "talked to her")
        with self.database.transaction(self.tenant_id) as db:
            return settle_conflict(db, self.tenant_id, conflict_id, resolution, by=by, at=self.at)

    def capture(self, hold_id: str, amount: int | None = None) -> HoldRow:
        """Spend what was set aside, or some of it."""
        with self.database.transaction(self.tenant_id) as db:
            return capture_hold(db, self.tenant_id, hold_id, None if amount is None else Points(amount), at=self.at)

    def release(self, hold_id: str) -> HoldRow:
        """Free what was set aside."""
        with self.database.transaction(self.tenant_id) as db:
            return release_hold(db, self.tenant_id, hold_id, at=self.at)

    def backtest(self, program_id: str, version: int, **more: Any) -> str:
        """Ask what a version would have given, over a whole year around this moment; answers the backtest's id."""
        wanted = {
            "since": self.at - timedelta(days=182),
            "until": self.at + timedelta(days=182),
            "store_id": None,
            "worths": (),
            **more,
        }
        with self.database.transaction(self.tenant_id) as db:
            return start_backtest(db, self.tenant_id, program_id, version, at=self.at, **wanted).id

    def release_waiting(self, customer_id: CustomerId, event: str) -> list[Released]:
        """Say that something happened that units waited for."""
        with self.database.transaction(self.tenant_id) as db:
            return release_units(db, self.tenant_id, customer_id, event, purchase_id=None, at=self.at)

    def liability(self, at: datetime) -> dict[str, tuple[int, ...]]:
        """What customers held at a moment by unit: spendable, held, pending, debt, and what the ledger had in all."""
        with self.database.transaction(self.tenant_id) as db:
            found = outstanding(db, self.tenant_id, at=at, since=at, zone=ZoneInfo("Asia/Riyadh"))
        return {
            unit: (of_it.spendable, of_it.held, of_it.pending, of_it.debt, of_it.booked, of_it.opening)
            for (unit, _card), of_it in found.items()
        }

    def transfer(self, giver: CustomerId, taker: CustomerId, amount: int) -> TransferRow:
        """Give points of one customer to another."""
        with self.database.transaction(self.tenant_id) as db:
            return transfer_units(
                db,
                self.tenant_id,
                giver=giver,
                taker=taker,
                unit="points",
                amount=Points(amount),
                by=ByHand("key_test", "a gift"),
                at=self.at,
            )

    def merge(self, source: CustomerId, into: CustomerId) -> str:
        """Merge one customer's wallets into another's; answers the merge's id."""
        with self.database.transaction(self.tenant_id) as db:
            merge = merge_wallets(
                db, self.tenant_id, source=source, into=into, by=ByHand("key_test", "one person"), at=self.at
            )
            return merge.id

    def unmerge(self, merge_id: str) -> None:
        """Undo a merge."""
        with self.database.transaction(self.tenant_id) as db:
            undo_merge(db, self.tenant_id, merge_id, at=self.at)

    def reinstate(self, customer_id: CustomerId, amount: int, expires_at: datetime) -> ReinstatementRow:
        """Give back points that expired."""
        with self.database.transaction(self.tenant_id) as db:
            row, _balance = reinstate_units(
                db,
                self.tenant_id,
                customer_id,
                unit="points",
                amount=Points(amount),
                expires_at=expires_at,
                by=ByHand("key_test", "the shop was closed"),
                at=self.at,
            )
            return row

    def pool(self, owner: CustomerId, *others: CustomerId) -> str:
        """Let customers spend each other's points; answers the pool's id."""
        with self.database.transaction(self.tenant_id) as db:
            return open_pool(db, self.tenant_id, owner, others, at=self.at).id

    def gather(self, pool_id: str, customer_id: CustomerId, amount: int) -> list[TransferRow]:
        """Bring points of a pool to one of its customers."""
        with self.database.transaction(self.tenant_id) as db:
            return gather_units(
                db,
                self.tenant_id,
                pool_id,
                customer_id,
                unit="points",
                amount=Points(amount),
                actor="key_test",
                at=self.at,
            )

    def follow(self) -> int:
        """Run the job that brings what came to merged customers since."""
        return follow_all_merges(self.database, self.tenant_id, self.at)

    def seal(self) -> int:
        """Run the job that seals entries, until all of them are; answers how many."""
        first = seal_all_entries(self.database, self.tenant_id, self.at)
        return first + seal_all_entries(self.database, self.tenant_id, self.at)

    def tell_expiring(self) -> list[tuple[CustomerId | None, int, str, int]]:
        """Run the job that tells of units about to die; answers whom it told, how many, the last day, which notice."""
        before = len(self.told())
        tell_all_expiring(self.database, self.tenant_id, self.at)
        return [
            (event.customer_id, event.amount, event.last_day.isoformat(), event.days)
            for event in self.told()[before:]
            if isinstance(event, PointsExpiring)
        ]

    def expire(self) -> int:
        """Run the job that books dead lots; answers how many."""
        return expire_all_lots(self.database, self.tenant_id, self.at)

    def time_out(self) -> int:
        """Run the job that frees holds; answers how many."""
        return time_out_all_holds(self.database, self.tenant_id, self.at)

    def balance(self, customer_id: CustomerId, unit: str = "points") -> Balance:
        """The wallet in that unit, as the API answers it."""
        with self.database.transaction(self.tenant_id) as db:
            wallet = wallet_of(db, self.tenant_id, customer_id, unit)
            held = held_now(db, wallet, self.at) if wallet else 0
            return balance_of(db, wallet, unit, held=held, at=self.at)

    def deaths(self, customer_id: CustomerId, unit: str) -> Counter[tuple[datetime | None, datetime]]:
        """What is left alive of a wallet's lots, by when it dies and since when it can be spent."""
        left: Counter[tuple[datetime | None, datetime]] = Counter()
        for row in self.rows(DEATHS, customer_id=customer_id, unit=unit):
            if row["dies_at"] is None or row["dies_at"] > self.at:
                left[row["dies_at"], row["spendable_at"]] += row["remaining"]
        return left

    def points(self, customer_id: CustomerId) -> tuple[int, int]:
        """The balance, and what of it can be spent."""
        found = self.balance(customer_id)
        return found.balance, found.available

    def tell_membership_ends(self) -> int:
        """Run the job that tells of ends; answers how many it looked at."""
        return tell_all_membership_ends(self.database, self.tenant_id, self.at)

    def told(self) -> list[Event]:
        """The events the shop has told, in order."""
        return [
            EVENT_CLASSES[row["type"]].model_validate_json(row["data"])
            for row in self.rows("SELECT type, data FROM outbox ORDER BY position")
        ]

    def rows(self, query: str, **named: object) -> list[Mapping[str, Any]]:
        """What the database says to the tenant."""
        with self.database.transaction(self.tenant_id) as db:
            return [dict(row) for row in db.execute(text(query), named).mappings()]

    def everything(self) -> list[Any]:
        """All rows of the tenant, with the transaction that wrote each."""
        tables = [table.name for table in Base.metadata.sorted_tables if "tenant_id" in table.columns]
        with self.database.transaction(self.tenant_id) as db:
            return [sorted(db.execute(text(f"SELECT *, xmin::text FROM {table}")).all(), key=str) for table in tables]

    def breaches(self) -> list[Breach]:
        """What is wrong with the ledger."""
        with self.database.transaction(self.tenant_id) as db:
            return list(breaches_of(db, self.tenant_id, self.at))
