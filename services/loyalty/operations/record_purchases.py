"""Recording sales: the hot path. Two round trips for a batch, however many sales it holds.

The first locks the customers concerned and reads where they stand; the rules then decide each sale in turn, in memory;
the second writes everything and commits. Source: docs/adr/0016-group-commit.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy.orm import Session

from chassis.data.database import narrow
from chassis.data.pipelines import pipeline
from chassis.web.idempotency import IdempotencyKeyReused
from contracts.events.loyalty import AnyFact, PaidWith, PurchaseRecorded
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from kernel.refusal import Refused
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Effect, Pay, effects_as_json
from services.loyalty.domain.evaluate import Evaluation, decide
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.refusals.purchases import PurchaseConflict
from services.loyalty.domain.reigns import Reign, reign_at
from services.loyalty.domain.tally import NOTHING_USED, Used, given_by
from services.loyalty.domain.tender import allowance_tender, as_kept, card_tenders, payments, pays_itself
from services.loyalty.domain.tier_progress import TierRules
from services.loyalty.domain.till_clock import latest
from services.loyalty.domain.voucher_code import is_voucher_code, normalised
from services.loyalty.operations.apply_effects import Cause, apply_effects
from services.loyalty.operations.note_tier import note_tier
from services.loyalty.operations.spend_allowance import PlannedSpending, Price, plan_allowance, spend_allowance
from services.loyalty.operations.take_payments import PlannedPayment, plan_payments, take_payments
from services.loyalty.operations.use_coupons import use_coupons
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.customer_facts import facts_of, with_days
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.program_shelf import LIVE, SHELF, ShelvedProgram, program_of, reigns_of
from services.loyalty.queries.tiers import tier_record, up_to_date
from services.loyalty.tables.books import Books
from services.loyalty.tables.coupons import Coupons, Shown, shown_in
from services.loyalty.tables.open_draws import Named
from services.loyalty.tables.receipts import (
    FACTS,
    MISSES,
    USED,
    PurchaseRecord,
    ReadPurchase,
    Receipt,
    ReceiptsRequest,
    purchase_row,
)
from services.loyalty.tables.standings import (
    Owner,
    Standing,
    StandingsRequest,
    load_draws,
    load_instant_wins,
    load_lots,
    load_shared,
)
from services.loyalty.tables.tallies import Keys, Tallies, counted, keys_of
from services.loyalty.tables.tiers import TierRecord, TierRecordsRequest

OPERATION = "POST /v1/purchases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One sale to record. `fingerprint` is of the basket's content; `quoted` is the program version of its quote.

    `document` is the basket as it is kept, where that is known already.

    `barred` is why it may not be recorded, unless it was recorded before; `skew` is how slow the till's clock is;
    `offline` when the till had no connection as it sold.
    """

    tenant_id: TenantId
    basket: Basket
    fingerprint: bytes
    document: str | None = None
    key: str | None = None
    quoted: tuple[str, int] | None = None
    barred: Refused | None = None
    skew: timedelta = timedelta(0)
    offline: bool = False
    trace: str | None = None

    @property
    def sold_at(self) -> datetime:
        """The moment of the sale, by a clock that is right."""
        try:
            return self.basket.occurred_at + self.skew
        except OverflowError:
            return self.basket.occurred_at

    @property
    def receipt(self) -> Receipt:
        """What names it."""
        return Receipt(self.tenant_id, self.basket.store_id, self.basket.external_id)

    @property
    def owner(self) -> tuple[TenantId, CustomerId] | None:
        """Whose it is; nobody's for a walk-in."""
        customer_id = self.basket.customer_id
        return (self.tenant_id, CustomerId(customer_id)) if customer_id else None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A sale in the books, under the program that decided it.

    `read` is what the record's documents say, for a sale that was decided just now; None for one that was there before.
    """

    purchase: PurchaseRecord
    program: CompiledProgram | None
    read: ReadPurchase | None = None

    @property
    def again(self) -> bool:
        """Whether it was there before."""
        return self.read is None


Outcome = Recorded | Refused


def record_purchases(db: Session, sales: Sequence[Sale], *, at: datetime) -> list[Outcome]:
    """Record the sales in turn, each as if the ones before it had been recorded already.

    The transaction need not see anything yet: it is narrowed to the tenants of the sales; it is committed with the last
    statements, so nothing else may be part of it.

    A refused sale leaves no trace and does not disturb the others. The same receipt again gives the first result;
    with other content it is refused. Raises SpoiltBatch, or the database's error when two processes record the same
    receipt at once: the caller then rolls back and runs the sales again one by one.
    """
    batch = Batch(db, sales, at)
    outcomes = [batch.outcome(sale) for sale in sales]
    batch.close()
    return outcomes


Climb = tuple[TierRules, TierRecord]


class SpoiltBatch(Exception):
    """A sale was refused when some of its effects were posted already: run the sales again, one by one."""


class Batch:
    """The state of everything the sales of one batch concern."""

    def __init__(self, db: Session, sales: Sequence[Sale], at: datetime) -> None:
        self.db = db
        self.at = at
        self.alone = len(sales) == 1
        self.posting = False
        self.spoilt = False
        self.books = Books(at)
        self.coupons = Coupons(at)
        self.tallies = Tallies()
        self.paying = {owner for sale in sales if pays_itself(sale.basket) for owner in owners_of(sale)}
        tenants = sorted({sale.tenant_id for sale in sales})
        with pipeline(db) as asking:
            narrow(asking, tenants)
            standings = StandingsRequest(
                asking,
                [owner for sale in sales for owner in owners_of(sale)],
                sharing=[sale.owner for sale in sales if sale.owner and self._expects_families(sale)],
                draws=[named for sale in sales for named in self._expected_draws(sale)],
                instant_wins=[named for sale in sales for named in self._expected_instant_wins(sale)],
            )
            receipts = ReceiptsRequest(
                asking,
                [sale.receipt for sale in sales],
                [code for sale in sales for code in voucher_codes(sale.tenant_id, sale.basket)],
                [(sale.tenant_id, OPERATION, sale.key) for sale in sales if sale.key],
            )
            self.coupons.ask(asking, [shown for sale in sales for shown in self._expected_coupons(sale)])
            self.tallies.ask(asking, map(self._expected_keys, sales))
            tiers = TierRecordsRequest(asking, filter(None, map(owner_on_ladder, sales)))
            live = asking.send(LIVE, [tenants, at])
        self.standings = standings.answer()
        self.known = receipts.known()
        self.vouchers = receipts.vouchers()
        self.keys = receipts.keys()
        self.coupons.keep()
        self.tiers = tiers.answer()
        self.sold: dict[Owner, list[tuple[datetime, int, Sequence[Effect]]]] = {}
        self.tallies.keep()
        self.live: dict[TenantId, Reign] = {row[0]: Reign(*row[1:]) for row in live.fetchall()}
        self.reigns: dict[TenantId, list[Reign]] = {}
        self._load_unsettled_lots()

    def _expected_keys(self, sale: Sale) -> Keys:
        """What the program that will most likely decide the sale has counted for it."""
        program = SHELF.expected(sale.tenant_id)
        return self._keys(sale, program, latest(sale.sold_at, self.at)) if program else {}

    def _expects_families(self, sale: Sale) -> bool:
        """Whether the program that will most likely decide the sale asks what its customer shares."""
        program = SHELF.expected(sale.tenant_id)
        return program is not None and program.compiled.asks_families

    def _expected_coupons(self, sale: Sale) -> list[Shown]:
        """The coupons it may show to the program that will most likely decide it."""
        if not sale.basket.codes:
            return []
        program = SHELF.expected(sale.tenant_id)
        return coupons_shown(program.compiled if program else None, sale.tenant_id, sale.basket)

    def _expected_draws(self, sale: Sale) -> list[Named]:
        """The draws that the program which will most likely decide the sale gives entries to."""
        program = SHELF.expected(sale.tenant_id) if sale.owner else None
        if program is None or not program.compiled.draws or sale.owner is None:
            return []
        return [(*sale.owner, draw) for draw in program.compiled.draws]

    def _expected_instant_wins(self, sale: Sale) -> list[Named]:
        """The instant wins that the program which will most likely decide the sale gives plays of."""
        program = SHELF.expected(sale.tenant_id) if sale.owner else None
        if program is None or not program.compiled.instant_wins or sale.owner is None:
            return []
        return [(*sale.owner, name) for name in program.compiled.instant_wins]

    def _keys(self, sale: Sale, program: ShelvedProgram, occurred_at: datetime) -> Keys:
        basket = sale.basket
        return keys_of(
            sale.tenant_id, program.program_id, program.compiled, basket.customer_id, basket.store_id, occurred_at
        )

    def outcome(self, sale: Sale) -> Outcome:
        """Record one sale, or say why not. Raises SpoiltBatch when a sale is refused with its effects half posted."""
        try:
            return self._known(sale) or self._record(sale)
        except Refused as refused:
            if self.posting and not self.alone:
                raise SpoiltBatch from refused
            self.spoilt = self.posting
            return refused

    def close(self) -> None:
        """Write everything; nothing when the only sale was refused with its effects half posted."""
        if self.spoilt:
            self.db.rollback()
        else:
            self.db.flush()
            self.books.close(self.db, commits=True)

    def _load_unsettled_lots(self) -> None:
        """Wallets that time has changed, or that owe, cannot be added to by their totals alone."""
        unsettled = [
            (standing, wallet)
            for standing in self.standings.values()
            for wallet in standing.wallets.values()
            if wallet.needs_lots(self.at) or standing.owner in self.paying
        ]
        load_lots(self.db, unsettled)

    def _known(self, sale: Sale) -> Recorded | None:
        """The first result of a sale that was recorded before."""
        if sale.key and self.keys.get((sale.tenant_id, sale.key), sale.fingerprint) != sale.fingerprint:
            raise IdempotencyKeyReused
        before = self.known.get(sale.receipt)
        if before is None:
            return None
        if before.fingerprint != sale.fingerprint:
            raise PurchaseConflict(store_id=before.store_id, external_id=before.external_id, purchase_id=before.id)
        return Recorded(before, program_of(self.db, before))

    def _record(self, sale: Sale) -> Recorded:
        if sale.barred:
            raise sale.barred
        standing = self._standing(sale)
        occurred_at = latest(sale.sold_at, self.at)
        program = self._program(sale, occurred_at)
        climb = self._climb(standing, occurred_at) if standing else None
        facts = self._facts(sale, standing, program, climb, occurred_at) if standing else None
        purchase_id = new_id("pur")
        keys, used = self._tallied(sale, program, occurred_at)
        used = with_coupons(
            self.db, self.coupons, program.compiled if program else None, sale.tenant_id, sale.basket, used
        )
        decided = decide(program.compiled if program else None, sale.basket, facts, occurred_at, used)
        planned = self._plan_payments(sale, program, decided)
        allowed = self._plan_allowance(sale, standing, decided, planned, occurred_at)
        effects, told = list(decided.effects), list[AnyFact]()
        self.posting = True
        paid, told_of = take_payments(self.books, purchase_id, occurred_at, planned)
        decided = self._spend(allowed, sale, purchase_id, occurred_at, decided, paid, told_of)
        if standing and program:
            cause = Cause(purchase_id, occurred_at, program)
            effects, told = apply_effects(self.db, self.books, standing, cause, effects, self.vouchers)
        self.posting = False
        customer_id = standing.customer_id if standing else None
        used_up = use_coupons(self.books, self.coupons, sale.tenant_id, customer_id, purchase_id, decided.effects)
        effects, told = [*effects, *paid], [*told, *used_up, *told_of]
        if standing and (climb or (program and program.document.tiers)):
            self.sold.setdefault(standing.owner, []).append((occurred_at, decided.totals.due, effects))
        if keys and program:
            self._count_given(keys, program.compiled, decided.effects, occurred_at)
        recorded = self._write(sale, standing, program, facts, used, purchase_id, occurred_at, decided, effects, told)
        if standing and climb:
            self._note_tier(standing, *climb, occurred_at)
        return recorded

    def _facts(
        self,
        sale: Sale,
        standing: Standing,
        program: ShelvedProgram | None,
        climb: Climb | None,
        occurred_at: datetime,
    ) -> CustomerFacts:
        """What the rules may ask about the customer; what they do not ask for costs nothing."""
        if program is None:
            return facts_of(sale.basket, standing, self.vouchers, self.at)
        if program.compiled.asks_families:
            load_shared(self.db, standing)
        load_draws(self.db, standing, program.compiled.draws)
        load_instant_wins(self.db, standing, program.compiled.instant_wins)
        facts = facts_of(sale.basket, standing, self.vouchers, self.at)
        if program.document.capped_units:
            facts = replace(facts, room=wallet_room(self.db, standing, program.document, occurred_at, self.at))
        if program.compiled.asks_days:
            facts = with_days(facts, standing)
        if rules := program.document.tier_rules:
            facts = replace(facts, tier=self._tier(standing, rules, climb, occurred_at))
        return facts

    def _tallied(self, sale: Sale, program: ShelvedProgram | None, occurred_at: datetime) -> tuple[Keys, Used]:
        """What the rules with limits gave so far, as far as it concerns the sale."""
        if program is None:
            return {}, NOTHING_USED
        SHELF.expect(sale.tenant_id, program)
        if not program.compiled.tallies:
            return {}, NOTHING_USED
        keys = self._keys(sale, program, occurred_at)
        self.tallies.load(self.db, keys)
        return keys, self.tallies.used(keys)

    def _count_given(
        self, keys: Keys, program: CompiledProgram, effects: Sequence[Effect], occurred_at: datetime
    ) -> None:
        for key, amount, last_at in counted(keys, given_by(effects), program.cooling, occurred_at):
            self.tallies.add(key, amount, last_at)
            self.books.count_given(key, amount, last_at)

    def _plan_payments(self, sale: Sale, program: ShelvedProgram | None, decided: Evaluation) -> list[PlannedPayment]:
        """What of the basket is paid with what we hold. A sale to which nothing of that belongs costs nothing here."""
        if not pays_itself(sale.basket):
            return []
        terms = program.document.pay_with_points if program else None
        unit = program.document.paying_unit if program else ""
        pays = payments(terms, unit, sale.basket, decided.totals.due, offline=sale.offline)
        return plan_payments(self.db, self.books, sale.tenant_id, pays, self.standings)

    def _climb(self, standing: Standing, occurred_at: datetime) -> Climb | None:
        """The live program's tiers, and what is kept of the customer's; nothing where it has none."""
        live = self.live.get(standing.tenant_id)
        program = SHELF.program(self.db, standing.tenant_id, *live[:2]) if live else None
        rules = program.document.tier_rules if program else None
        if rules is None:
            return None
        self.tiers[standing.owner] = record = self._counted(standing, rules, occurred_at)
        return rules, record

    def _counted(self, standing: Standing, rules: TierRules, occurred_at: datetime) -> TierRecord:
        """What the customer's purchases come to, those of this batch included."""
        owner = standing.owner
        if owner not in self.tiers:
            self.tiers[owner] = tier_record(self.db, owner)
        sold = [(rules.day(at), rules.amount(due, effects)) for at, due, effects in self.sold.get(owner, ())]
        day = rules.day(occurred_at)
        return up_to_date(self.db, owner, standing.purchases_version, rules, self.tiers[owner], day, sold)

    def _tier(self, standing: Standing, rules: TierRules, climb: Climb | None, occurred_at: datetime) -> str | None:
        """The customer's tier at the moment of a sale, by the program that decides it."""
        live, record = climb or (None, None)
        if record is None or live is None or live.key != rules.key:
            record = self._counted(standing, rules, occurred_at)
        admission = record.admission(standing.segments)
        tier = rules.tier_on(record.progress, record.floor, rules.day(occurred_at), admission)
        return tier.id if tier else None

    def _note_tier(self, standing: Standing, rules: TierRules, record: TierRecord, occurred_at: datetime) -> None:
        """Count the sale just written, and note where it brings the customer: the next one knows."""
        today = rules.day(self.at)
        if record.told.ends_on is not None and record.told.ends_on < today:
            record = note_tier(self.books, standing, rules, record, today)
        _at, due, effects = self.sold[standing.owner][-1]
        progress = rules.add(record.progress, rules.day(occurred_at), rules.amount(due, effects))
        record = replace(record, progress=progress, counted_at=standing.purchases_version)
        self.tiers[standing.owner] = note_tier(self.books, standing, rules, record, max(today, rules.day(occurred_at)))

    def _spend(
        self,
        allowed: PlannedSpending | None,
        sale: Sale,
        purchase_id: str,
        occurred_at: datetime,
        decided: Evaluation,
        paid: list[Pay],
        told_of: list[PaidWith],
    ) -> Evaluation:
        """Take what the allowance pays, beside what was `paid`; what was decided, with what is not covered."""
        if allowed is None:
            return decided
        pay, fact = spend_allowance(self.db, self.books, allowed, sale.basket, purchase_id, occurred_at)
        paid.append(pay)
        told_of.append(fact)
        return replace(decided, misses=(*decided.misses, allowed.miss)) if allowed.miss else decided

    def _plan_allowance(
        self,
        sale: Sale,
        standing: Standing | None,
        decided: Evaluation,
        planned: Sequence[PlannedPayment],
        occurred_at: datetime,
    ) -> PlannedSpending | None:
        """What a till took on an allowance, of what the other payments leave. Other sales ask nothing here."""
        tender = allowance_tender(sale.basket)
        if tender is None:
            return None
        price = Price(decided.totals.due, sum(payment.pay.amount for payment in planned))
        return plan_allowance(self.db, self.books, standing, tender, sale.basket, price, occurred_at)

    def _standing(self, sale: Sale) -> Standing | None:
        return welcome(self.standings.get(sale.owner), sale.owner[1]) if sale.owner else None

    def _program(self, sale: Sale, occurred_at: datetime) -> ShelvedProgram | None:
        named = sale.quoted or self._reigning(sale.tenant_id, occurred_at)
        return SHELF.program(self.db, sale.tenant_id, *named[:2]) if named else None

    def _reigning(self, tenant_id: TenantId, occurred_at: datetime) -> Reign | None:
        """The version of the sale's moment: the live one, unless the sale comes late."""
        live = self.live.get(tenant_id)
        if live is not None and live.began_at <= occurred_at:
            return live
        if tenant_id not in self.reigns:
            self.reigns[tenant_id] = reigns_of(self.db, tenant_id, self.at)
        return reign_at(self.reigns[tenant_id], occurred_at)

    def _write(
        self,
        sale: Sale,
        standing: Standing | None,
        program: ShelvedProgram | None,
        facts: CustomerFacts | None,
        used: Used,
        purchase_id: str,
        occurred_at: datetime,
        decided: Evaluation,
        effects: Sequence[Effect],
        told: Sequence[AnyFact],
    ) -> Recorded:
        """Post the purchase itself, count it, and tell others."""
        basket, totals = sale.basket, decided.totals
        read = ReadPurchase(basket.till_id, basket.channel, effects, effects_as_json(effects), decided.misses)
        balance = self._count(standing, program)
        record = PurchaseRecord(
            tenant_id=sale.tenant_id,
            id=purchase_id,
            customer_id=CustomerId(basket.customer_id) if basket.customer_id else None,
            store_id=basket.store_id,
            external_id=basket.external_id,
            fingerprint=sale.fingerprint,
            status="recorded",
            program_id=program.program_id if program else None,
            program_version=program.version if program else None,
            currency=basket.currency,
            subtotal=totals.subtotal,
            discount=totals.discount,
            due=totals.due,
            balance_after=balance,
            basket=sale.document or as_kept(basket),
            facts=FACTS.dump_json(facts, exclude_defaults=True).decode() if facts else "null",
            used=None if used is NOTHING_USED else USED.dump_json(used, exclude_defaults=True).decode(),
            effects=orjson.dumps(read.effects_as_json).decode(),
            misses=MISSES.dump_json(decided.misses).decode(),
            returned=None,
            occurred_at=occurred_at,
            recorded_at=self.at,
        )
        self.known[record.receipt] = record
        self.books.postings.purchases.append(purchase_row(record))
        if standing and basket.reservation_id:
            closed = (sale.tenant_id, basket.reservation_id, standing.customer_id, self.at)
            self.books.postings.reservations.append(closed)
            self.coupons.close(sale.tenant_id, standing.customer_id, basket.reservation_id)
        if sale.key:
            self.keys[sale.tenant_id, sale.key] = sale.fingerprint
            key = (sale.tenant_id, OPERATION, sale.key, sale.fingerprint, 201, purchase_id)
            self.books.postings.keys.append(key)
        self.books.postings.tell(recorded_event(record, basket.channel, told), sale.trace)
        return Recorded(record, program.compiled if program else None, read)

    def _count(self, standing: Standing | None, program: ShelvedProgram | None) -> int | None:
        """Count the customer's purchase; the balance of the program's wallet after it."""
        if standing is None:
            return None
        self.books.count_purchase(standing)
        return standing.wallet(program.document.unit).balance if program else None


def owners_of(sale: Sale) -> list[tuple[TenantId, CustomerId]]:
    """All whose wallets a sale may move: its customer, and the gift cards that pay for it."""
    cards = [(sale.tenant_id, CustomerId(card)) for _tender, card in card_tenders(sale.basket)]
    return [sale.owner, *cards] if sale.owner else cards


def owner_on_ladder(sale: Sale) -> Owner | None:
    """Whose tier the program that will most likely decide the sale asks for."""
    program = SHELF.expected(sale.tenant_id)
    return sale.owner if program is not None and program.document.tiers else None


def voucher_codes(tenant_id: TenantId, basket: Basket) -> list[tuple[TenantId, str]]:
    """The basket's codes that have the form of a voucher's, in their plain form."""
    return [(tenant_id, normalised(code)) for code in basket.codes if is_voucher_code(code)]


def coupons_shown(program: CompiledProgram | None, tenant_id: TenantId, basket: Basket) -> list[Shown]:
    """The coupons that a basket may show to a program; none where no rule asks for any."""
    return shown_in(tenant_id, basket) if program and program.campaigns else []


def with_coupons(
    db: Session,
    coupons: Coupons,
    program: CompiledProgram | None,
    tenant_id: TenantId,
    basket: Basket,
    used: Used,
) -> Used:
    """What was used before, with what is left of the coupons that the basket shows."""
    if not basket.codes or not (wanted := coupons_shown(program, tenant_id, basket)):
        return used
    coupons.load(db, wanted)
    facts = coupons.facts(wanted)
    return replace(used, coupons=facts) if facts else used


def recorded_event(record: PurchaseRecord, channel: str, told: Sequence[AnyFact]) -> PurchaseRecorded:
    """The one event of a sale, which carries all it caused."""
    return PurchaseRecorded(
        tenant_id=record.tenant_id,
        customer_id=record.customer_id,
        occurred_at=record.occurred_at,
        purchase_id=record.id,
        store_id=record.store_id,
        channel=channel,
        currency=record.currency,
        subtotal=record.subtotal,
        discount=record.discount,
        due=record.due,
        facts=list(told),
        balance=None if record.balance_after is None else Points(record.balance_after),
    )
