"""Backtests: a version of a program, live or not, played over what the tenant sold."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.fields import UNITS_MAX
from services.loyalty.domain.backtest import Counting, Given, Tally, Worth
from services.loyalty.domain.basket import MONEY_MAX, Label
from services.loyalty.domain.offer import WalletUnit
from services.loyalty.domain.refusals.programs import (
    BacktestFinished,
    BacktestUnknown,
    TooManyBacktests,
    VersionUnknown,
)
from services.loyalty.domain.written import Moment
from services.loyalty.operations.cancel_backtest import cancel_backtest
from services.loyalty.operations.play_next_slice import TALLY
from services.loyalty.operations.start_backtest import WORTHS, start_backtest
from services.loyalty.queries.backtests import backtests_of, find_backtest, purchases_played
from services.loyalty.tables.backtests import BacktestRow

DAYS_DEFAULT = 365
UNITS_WORTH_MAX = 10

router = APIRouter(prefix="/v1", tags=["programs"], route_class=TransactionRoute)


class BacktestWorth(BaseModel):
    """What a kind of unit is worth: so many `units` are so much `money`, in minor units of the program's currency."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    unit: WalletUnit
    units: Annotated[int, Field(strict=True, ge=1, le=UNITS_MAX)] = 1
    money: Annotated[int, Field(strict=True, ge=0, le=MONEY_MAX)]


class BacktestRequest(BaseModel):
    """Which purchases to play: those from `since` until just before `until`, by the moment of the sale.

    Without a period it is the last 365 days. With a store only its purchases are counted.
    """

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = None
    until: Moment | None = None
    store_id: Label | None = None
    worths: Annotated[list[BacktestWorth], Field(max_length=UNITS_WORTH_MAX)] = []

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.since and self.until and self.until <= self.since:
            raise ValueError("until is not after since")
        return self


class ProgressDocument(BaseModel):
    """How many purchases have been played, of how many; the latter is not known at first."""

    played: int
    purchases: int | None


class GivenDocument(BaseModel):
    """What was given: money off, units by kind, and things by number. `worth` is money and units together."""

    money: int
    units: dict[str, int]
    stamps: int
    vouchers: int
    bonus_months: int
    gifts: int
    worth: int


class AliveDocument(BaseModel):
    """Units that had not died at the end of the period, whatever was spent of them, and what they are worth."""

    units: dict[str, int]
    money: int


class BacktestLiability(BaseModel):
    """What the period's purchases leave owing: as it was, and under the version."""

    then: AliveDocument
    now: AliveDocument
    vouchers_unused: int


class RuleDocument(BaseModel):
    """What one rule gives, and to how many purchases. What vouchers take off stands under `voucher`."""

    rule: str
    purchases: int
    given: GivenDocument


class WeekDocument(BaseModel):
    """The week that begins on this Monday in the shop."""

    week: date
    purchases: int
    then: GivenDocument
    now: GivenDocument


class CustomerDocument(BaseModel):
    """What one customer was given and would be given, worth in minor units."""

    model_config = ConfigDict(from_attributes=True)

    customer_id: str
    then: int
    now: int
    difference: int


class BacktestResult(BaseModel):
    """What the version gives (`now`) beside what was given (`then`). Amounts in minor units.

    `touched` purchases have an effect of the version, `changed` ones another outcome than they had.
    """

    purchases: int
    walk_ins: int
    skipped: int
    touched: int
    changed: int
    then: GivenDocument
    now: GivenDocument
    liability: BacktestLiability
    rules: list[RuleDocument]
    weeks: list[WeekDocument]
    gaining: int
    losing: int
    same: int
    gainers: list[CustomerDocument]
    losers: list[CustomerDocument]


class BacktestDocument(BaseModel):
    """A backtest: `status` is queued, running, done, cancelled or failed. The result comes when it is done."""

    object: str = "backtest"
    id: str
    program_id: str
    version: int
    status: str
    since: datetime
    until: datetime
    store_id: str | None
    worths: list[BacktestWorth]
    progress: ProgressDocument
    result: BacktestResult | None
    created_at: datetime
    finished_at: datetime | None


@router.post(
    "/programs/{program_id}/versions/{version}/backtest",
    status_code=202,
    dependencies=[needs("programs:write")],
    responses=problems(VersionUnknown, TooManyBacktests),
)
def start(
    program_id: str,
    version: int,
    wish: BacktestRequest,
    response: Response,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> BacktestDocument:
    """Have a version played over the tenant's own purchases. Nothing changes; ask `Location` how far it is."""
    until = wish.until or now
    backtest = start_backtest(
        db,
        caller.tenant_id,
        program_id,
        version,
        since=wish.since or until - timedelta(days=DAYS_DEFAULT),
        until=until,
        store_id=wish.store_id,
        worths=[Worth(worth.unit, worth.units, worth.money) for worth in wish.worths],
        at=now,
    )
    response.headers["location"] = f"/v1/backtests/{backtest.id}"
    return document(backtest, 0)


@router.get("/backtests", dependencies=[needs("programs:read")], responses=problems())
def read_all(page: PageAsked, db: Transaction, caller: CurrentCaller) -> Page[BacktestDocument]:
    """The tenant's backtests, the newest first."""
    backtests = backtests_of(db, caller.tenant_id, after=page.after, limit=page.rows_max)
    played = purchases_played(db, caller.tenant_id, [backtest.id for backtest in backtests])
    return page.of(backtests, lambda row: document(row, played.get(row.id, 0)))


@router.get("/backtests/{backtest_id}", dependencies=[needs("programs:read")], responses=problems(BacktestUnknown))
def read(backtest_id: str, db: Transaction, caller: CurrentCaller) -> BacktestDocument:
    """One backtest: how far it is, and what came of it."""
    backtest = find_backtest(db, caller.tenant_id, backtest_id)
    return document(backtest, purchases_played(db, caller.tenant_id, [backtest_id]).get(backtest_id, 0))


@router.post(
    "/backtests/{backtest_id}/cancel",
    dependencies=[needs("programs:write")],
    responses=problems(BacktestUnknown, BacktestFinished),
)
def cancel(backtest_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> BacktestDocument:
    """Have it played no further. Cancelling again changes nothing."""
    backtest = cancel_backtest(db, caller.tenant_id, backtest_id, at=now)
    return document(backtest, purchases_played(db, caller.tenant_id, [backtest_id]).get(backtest_id, 0))


def document(backtest: BacktestRow, played: int) -> BacktestDocument:
    """A backtest as it is answered."""
    worths = WORTHS.validate_json(backtest.worths)
    tally = TALLY.validate_json(backtest.result) if backtest.result else None
    return BacktestDocument(
        id=backtest.id,
        program_id=backtest.program_id,
        version=backtest.version,
        status=backtest.status,
        since=backtest.since,
        until=backtest.until,
        store_id=backtest.store_id,
        worths=[BacktestWorth(unit=worth.unit, units=worth.units, money=worth.money) for worth in worths],
        progress=ProgressDocument(played=played, purchases=backtest.purchases),
        result=result(tally, Counting(backtest.until, worths)) if tally else None,
        created_at=backtest.created_at,
        finished_at=backtest.finished_at,
    )


def result(tally: Tally, counting: Counting) -> BacktestResult:
    """What a backtest found."""

    def given(part: Given) -> GivenDocument:
        return GivenDocument(
            money=part.money,
            units=dict(part.units),
            stamps=part.stamps,
            vouchers=part.vouchers,
            bonus_months=part.months,
            gifts=part.gifts,
            worth=counting.worth(part),
        )

    def alive(units: dict[str, int]) -> AliveDocument:
        return AliveDocument(units=dict(units), money=counting.worth_of_units(units))

    return BacktestResult(
        purchases=tally.purchases,
        walk_ins=tally.walk_ins,
        skipped=tally.skipped,
        touched=tally.touched,
        changed=tally.changed,
        then=given(tally.then),
        now=given(tally.now),
        liability=BacktestLiability(
            then=alive(tally.alive_then), now=alive(tally.alive_now), vouchers_unused=tally.vouchers_unused
        ),
        rules=[
            RuleDocument(rule=rule, purchases=each.purchases, given=given(each.given))
            for rule, each in sorted(tally.rules.items())
        ],
        weeks=[
            WeekDocument(week=day, purchases=week.purchases, then=given(week.then), now=given(week.now))
            for day, week in sorted(tally.weeks.items())
        ],
        gaining=tally.gaining,
        losing=tally.losing,
        same=tally.same,
        gainers=[CustomerDocument.model_validate(customer) for customer in tally.gainers],
        losers=[CustomerDocument.model_validate(customer) for customer in tally.losers],
    )
