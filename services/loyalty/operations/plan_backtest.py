"""Cutting a backtest into parts that can be played side by side, and again after a crash."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.loyalty.tables.backtests import BacktestRow, BacktestSliceRow

# Some seconds of work: what a crash costs, and how long a cancelled backtest goes on.
SLICE_PURCHASES = 2_000

PLAYED = """
    tenant_id = :tenant_id AND occurred_at >= :since AND occurred_at < :until AND recorded_at <= :created_at
"""
BY_CUSTOMER = text(f"""
    SELECT customer_id, count(*) FROM purchases WHERE {PLAYED} AND customer_id IS NOT NULL
    GROUP BY customer_id ORDER BY customer_id
""")  # noqa: S608 - no value is part of it
WALK_INS = text(f"""
    SELECT min(id), max(id), count(*) FROM (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) / {SLICE_PURCHASES} AS part
        FROM purchases WHERE {PLAYED} AND customer_id IS NULL
    ) AS parts GROUP BY part ORDER BY part
""")  # noqa: S608 - no value is part of it


class Slice(NamedTuple):
    """Customers, or sales to nobody, from one id to another, and how many purchases that is."""

    kind: str
    first: str
    last: str
    purchases: int


def plan_backtest(db: Session, backtest: BacktestRow) -> None:
    """Write down the parts of a backtest, which is locked, and let it run."""
    # It reads the keys of all purchases: it may take its time.
    db.execute(text("SET LOCAL statement_timeout = 0"))
    slices = [
        *customer_slices(db, backtest),
        *(Slice("walk_ins", *row) for row in db.execute(WALK_INS, span(backtest))),
    ]
    db.add_all(
        BacktestSliceRow(
            tenant_id=backtest.tenant_id,
            backtest_id=backtest.id,
            number=number,
            kind=each.kind,
            first=each.first,
            last=each.last,
            purchases=each.purchases,
            result=None,
        )
        for number, each in enumerate(slices)
    )
    backtest.status, backtest.purchases = "running", sum(each.purchases for each in slices)
    db.flush()


def customer_slices(db: Session, backtest: BacktestRow) -> Iterator[Slice]:
    """Neighbouring customers together, until they have enough purchases; a customer is in one slice only."""
    first, count = "", 0
    last = ""
    for customer_id, purchases in db.execute(BY_CUSTOMER, span(backtest)):
        first, last, count = first or customer_id, customer_id, count + purchases
        if count >= SLICE_PURCHASES:
            yield Slice("customers", first, last, count)
            first, count = "", 0
    if count:
        yield Slice("customers", first, last, count)


def span(backtest: BacktestRow) -> dict[str, object]:
    """The purchases that a backtest is about."""
    return {
        "tenant_id": backtest.tenant_id,
        "since": backtest.since,
        "until": backtest.until,
        "created_at": backtest.created_at,
    }
