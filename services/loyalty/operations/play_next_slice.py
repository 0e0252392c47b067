"""Playing a backtest, part by part: what is played stays played, whoever dies. Source: docs/rules/backtest.md."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from kernel.refusal import Refused
from services.loyalty.domain.backtest import Counting, Tally
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import effects_from_json
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.program import CompiledProgram, ProgramDocument, compile_program
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.domain.replay import CardVoucher, PastPurchase, Replay
from services.loyalty.operations.plan_backtest import PLAYED, plan_backtest, span
from services.loyalty.operations.start_backtest import WORTHS
from services.loyalty.queries.backtests import find_backtest
from services.loyalty.queries.programs import find_version
from services.loyalty.tables.backtests import BacktestRow, BacktestSliceRow
from services.loyalty.tables.receipts import FACTS, USED

BASKET: TypeAdapter[Basket] = TypeAdapter(Basket)
TALLY: TypeAdapter[Tally] = TypeAdapter(Tally)
ROWS_AT_ONCE = 500
UNDONE = ("returned", "voided")
# In the order in which they were recorded, customer by customer.
PURCHASES = {
    "customers": text(f"""
        SELECT id, customer_id, store_id, status, basket, facts, used, effects, returned, occurred_at FROM purchases
        WHERE {PLAYED} AND customer_id BETWEEN :first AND :last ORDER BY customer_id, id
    """),  # noqa: S608 - no value is part of it
    "walk_ins": text(f"""
        SELECT id, customer_id, store_id, status, basket, facts, used, effects, returned, occurred_at FROM purchases
        WHERE {PLAYED} AND customer_id IS NULL AND id BETWEEN :first AND :last ORDER BY id
    """),  # noqa: S608 - no value is part of it
}
CARD_VOUCHERS = text("""
    SELECT code, card, source FROM vouchers
    WHERE tenant_id = :tenant_id AND customer_id BETWEEN :first AND :last AND card IS NOT NULL
""")


def play_next_slice(db: Session, tenant_id: TenantId, backtest_id: str, *, at: datetime) -> bool:
    """Play a part of a backtest that nobody else plays, planning it first and adding it up last.

    Whether there is more to do for whoever asks again: not when the backtest is over, or others play all that is left.
    """
    backtest = find_backtest(db, tenant_id, backtest_id)
    if backtest.status == "queued":
        backtest = find_backtest(db, tenant_id, backtest_id, lock=True)
        db.refresh(backtest)
        if backtest.status == "queued":
            plan_backtest(db, backtest)
            return True
    if backtest.status != "running":
        return False
    part = next_slice(db, backtest)
    if part is None:
        return add_up(db, backtest, at=at)
    part.result = TALLY.dump_json(played(db, backtest, part)).decode()
    db.flush()
    return True


def next_slice(db: Session, backtest: BacktestRow) -> BacktestSliceRow | None:
    """A part to be played, kept from others until the transaction ends."""
    return db.scalar(
        select(BacktestSliceRow)
        .where(
            BacktestSliceRow.tenant_id == backtest.tenant_id,
            BacktestSliceRow.backtest_id == backtest.id,
            BacktestSliceRow.result.is_(None),
        )
        .order_by(BacktestSliceRow.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def add_up(db: Session, backtest: BacktestRow, *, at: datetime) -> bool:
    """Make the parts one result, once all of them are played. False: there is nothing more to do here."""
    backtest = find_backtest(db, TenantId(backtest.tenant_id), backtest.id, lock=True)
    db.refresh(backtest)
    parts = db.scalars(
        select(BacktestSliceRow.result)
        .where(BacktestSliceRow.tenant_id == backtest.tenant_id, BacktestSliceRow.backtest_id == backtest.id)
        .order_by(BacktestSliceRow.number)
    ).all()
    if backtest.status == "running" and None not in parts:
        whole = Tally()
        for part in parts:
            whole.merge(TALLY.validate_json(part or ""))
        backtest.result = TALLY.dump_json(whole).decode()
        backtest.status, backtest.finished_at = "done", at
        db.flush()
    return False


def played(db: Session, backtest: BacktestRow, part: BacktestSliceRow) -> Tally:
    """What comes of the purchases of one part."""
    version = find_version(db, TenantId(backtest.tenant_id), backtest.program_id, backtest.version)
    program = compile_program(ProgramDocument.model_validate_json(version.document))
    counting = Counting(backtest.until, WORTHS.validate_json(backtest.worths))
    bounds = {**span(backtest), "first": part.first, "last": part.last}
    origins: dict[str, CardVoucher] = {}
    if part.kind == "customers":
        known = db.execute(CARD_VOUCHERS, bounds)
        origins = {row.code: CardVoucher(card=row.card, source=row.source) for row in known}
    with db.execute(PURCHASES[part.kind], bounds, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        for customer_id, purchases in groupby(rows, attrgetter("customer_id")):
            replay = Replay(program, origins)
            play_each(counting, replay, program, purchases, backtest.store_id)
            if customer_id is not None:
                counting.close_customer(customer_id, len(replay.vouchers_left))
    return counting.tally


def play_each(
    counting: Counting, replay: Replay, program: CompiledProgram, rows: Iterator[Any], store_id: str | None
) -> None:
    """Play purchases in turn, and count those of the store."""
    zone = program.terms.zone
    for row in rows:
        if row.status in UNDONE:
            replay.begin(facts_then(row))
            continue
        counted = store_id is None or row.store_id == store_id
        try:
            effects = replay.play(past(row)).effects
        except Refused:
            counting.tally.skipped += counted
            continue
        if counted:
            day = local_date(row.occurred_at, zone)
            counting.count(day, effects_from_json(row.effects), effects, walk_in=row.customer_id is None)


def past(row: Any) -> PastPurchase:
    """A stored sale without what came back of it."""
    basket = BASKET.validate_json(row.basket)
    if row.returned:
        gone: Mapping[str, int] = orjson.loads(row.returned)
        basket = remaining_basket(basket, {int(place): quantity for place, quantity in gone.items()})
    coupons = USED.validate_json(row.used).coupons if row.used else ()
    return PastPurchase(id=row.id, basket=basket, facts=facts_then(row), occurred_at=row.occurred_at, coupons=coupons)


def facts_then(row: Any) -> CustomerFacts | None:
    """What the rules knew of the customer just before the sale."""
    return None if row.facts == "null" else FACTS.validate_json(row.facts)
