"""Reports for the books: what outstanding units are worth, and what moved, as journal lines."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.money import Money
from services.loyalty.domain.journal import AGAINST, Holding, Posting
from services.loyalty.domain.liability import (
    AGES,
    LOTS_MIN,
    MONTHS_MIN,
    RATE_DIGITS,
    expected_breakage,
    in_money,
    shared_in_money,
)
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.refusals.reports import InvalidPeriod, MomentInFuture
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.worth import is_money
from services.loyalty.queries.journal import journal_of
from services.loyalty.queries.liability import Outstanding, outstanding
from services.loyalty.queries.worths import terms_then, worth_of
from services.loyalty.queries.zone import zone_of

router = APIRouter(prefix="/v1", tags=["reports"], route_class=TransactionRoute)

DAYS_MAX = 366
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
BOM = "\ufeff"
COLUMNS = ("date", "account", "debit", "credit", "currency", "unit", "units", "cause")

# An account's name must not be a formula to the program that opens the file.
Account = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^=+\-@\s\x00-\x1f][^\x00-\x1f]*$")]


class WorthDocument(BaseModel):
    """So many `units` are worth so much `money`, in minor units of `currency`."""

    units: int
    money: int
    currency: str


class AmountDocument(BaseModel):
    """Units, and what they are worth in minor units; null where nothing says what a unit is worth."""

    units: int
    money: int | None


class AgeDocument(AmountDocument):
    """Units by days: at least `from_days`, fewer than `until_days`; the last is open. Null twice: they never die."""

    from_days: int | None
    until_days: int | None


class MovementsDocument(BaseModel):
    """What moved after `since`, in units: `opening` and all of these together are `closing`."""

    since: datetime | None
    opening: int
    issued: int = Field(description="Accruals, less what was taken back.")
    redeemed: int = Field(description="Burns, less what was given back; below zero.")
    expired: int = Field(description="Booked expiries, less what was reinstated; below zero.")
    adjusted: int
    transferred: int = Field(description="From one customer to another: zero in all.")
    sold: int = Field(description="Put on gift cards, less what was taken off.")
    closing: int = Field(description="The sum of the wallets' balances.")


class BreakageDocument(BaseModel):
    """What will never be used. `rate` and `expected` are null while too little is known."""

    formula: Literal["expired / (expired + burnt)"] = "expired / (expired + burnt)"
    months: int = Field(description=f"Months of earning that are over; at least {MONTHS_MIN} are needed.")
    lots: int = Field(description=f"The lots of those months; at least {LOTS_MIN} are needed.")
    expired: int
    burnt: int
    rate: float | None
    expected: AmountDocument | None = Field(description="Of the outstanding units that have an end.")


class LiabilityDocument(BaseModel):
    """What is held of one unit. `outstanding` is `spendable`, `pending` and `held` together, and so are the ages."""

    unit: str
    holders: Literal["customers", "gift_cards"]
    worth: WorthDocument | None
    outstanding: AmountDocument
    spendable: AmountDocument
    pending: AmountDocument
    held: AmountDocument
    debt: AmountDocument = Field(description="What customers owe; not part of `outstanding`.")
    expired_unbooked: AmountDocument = Field(description="Dead by the clock, and still in the books.")
    ages: list[AgeDocument] = Field(description="By days since they were earned.")
    left_to_live: list[AgeDocument] = Field(description="By days until they die.")
    breakage: BreakageDocument
    movements: MovementsDocument


class LiabilityReport(BaseModel):
    """The liability at a moment, by unit, gift cards apart."""

    object: Literal["liability_report"] = "liability_report"
    as_of: datetime
    data: list[LiabilityDocument]


def moment_asked(
    now: Now,
    as_of: Annotated[AwareDatetime | None, Query(description="As it was in the books then; now when left out.")] = None,
) -> datetime:
    """`as_of`, else now. Raises MomentInFuture."""
    if as_of is not None and as_of > now:
        raise MomentInFuture
    return as_of or now


AsOf = Annotated[datetime, Depends(moment_asked)]
Since = Annotated[
    AwareDatetime | None, Query(description="Where `movements` begin; at the beginning of the books when left out.")
]


@router.get(
    "/reports/liability",
    dependencies=[needs("points:read")],
    responses=problems(MomentInFuture, InvalidPeriod),
)
def read_liability(
    as_of: AsOf, db: Transaction, caller: CurrentCaller, now: Now, since: Since = None
) -> LiabilityReport:
    """What outstanding units are worth, by age and by time left, and how much of it will never be used."""
    if since is not None and since > as_of:
        raise InvalidPeriod(days_max=DAYS_MAX)
    zone = zone_of(db, caller.tenant_id)
    found = outstanding(db, caller.tenant_id, at=as_of, since=since or LONG_AGO, zone=zone)
    terms = terms_then(db, caller.tenant_id, now)(as_of)
    return LiabilityReport(
        as_of=as_of.astimezone(UTC),
        data=[liability_of(holding, of_it, terms, since) for holding, of_it in found.items()],
    )


def liability_of(
    holding: Holding, found: Outstanding, terms: Terms | None, since: datetime | None
) -> LiabilityDocument:
    """One unit's part of the report."""
    worth = worth_of(terms, holding.unit)
    spendable, pending, held = shared_in_money((found.spendable, found.pending, found.held), worth)
    return LiabilityDocument(
        unit=holding.unit,
        holders="gift_cards" if holding.card else "customers",
        worth=worth_document(holding.unit, worth, terms),
        outstanding=amount(found.outstanding, worth),
        spendable=AmountDocument(units=found.spendable, money=spendable),
        pending=AmountDocument(units=found.pending, money=pending),
        held=AmountDocument(units=found.held, money=held),
        debt=amount(found.debt, worth),
        expired_unbooked=amount(found.dead, worth),
        ages=ages_of(found.ages, None, worth),
        left_to_live=ages_of(found.left_to_live, found.endless, worth),
        breakage=breakage_of(found, worth),
        movements=MovementsDocument(
            since=since.astimezone(UTC) if since else None,
            opening=found.opening,
            closing=found.booked,
            **{name: found.moved.get(name, 0) for name in AGAINST if name in MovementsDocument.model_fields},
        ),
    )


def worth_document(unit: str, worth: Fraction | None, terms: Terms | None) -> WorthDocument | None:
    """The worth of a unit in the currency it is worth something in."""
    if worth is None:
        return None
    return WorthDocument(units=worth.denominator, money=worth.numerator, currency=currency_of(unit, terms))


def currency_of(unit: str, terms: Terms | None) -> str:
    """The currency of what a unit is worth: money's own, else the program's."""
    return terms.currency if terms is not None and not is_money(unit) else unit


def amount(units: int, worth: Fraction | None) -> AmountDocument:
    """Units and their worth."""
    return AmountDocument(units=units, money=in_money(units, worth))


def ages_of(parts: list[int], endless: int | None, worth: Fraction | None) -> list[AgeDocument]:
    """Units by days; those without an end come last, where there can be any."""
    bounds: list[tuple[int | None, int | None]] = list(zip((0, *AGES), (*AGES, None), strict=True))
    if endless is not None:
        parts, bounds = [*parts, endless], [*bounds, (None, None)]
    return [
        AgeDocument(from_days=first, until_days=end, units=units, money=money)
        for (first, end), units, money in zip(bounds, parts, shared_in_money(parts, worth), strict=True)
    ]


def breakage_of(found: Outstanding, worth: Fraction | None) -> BreakageDocument:
    """What will never be used, by what was seen so far."""
    known = found.experience
    expected = expected_breakage(known, sum(found.left_to_live))
    return BreakageDocument(
        months=known.months,
        lots=known.lots,
        expired=known.expired,
        burnt=known.burnt,
        rate=None if known.rate is None else round(float(known.rate), RATE_DIGITS),
        expected=None if expected is None else amount(expected, worth),
    )


class JournalWish(BaseModel):
    """Which days of the shop, under which names of accounts, and whether a byte order mark tells Excel it is UTF-8."""

    model_config = ConfigDict(extra="forbid")

    first_on: date = Field(alias="from")
    last_on: date = Field(alias="to")
    liability: Account = "Loyalty liability"
    gift_card_liability: Account = "Gift card liability"
    marketing_expense: Account = "Marketing expense"
    redemption: Account = "Redemption"
    breakage_income: Account = "Breakage income"
    transfers: Account = "Loyalty transfers"
    gift_card_sales: Account = "Gift card sales"
    bom: bool = False


@router.get(
    "/reports/journal",
    dependencies=[needs("points:read")],
    response_class=StreamingResponse,
    responses={
        **problems(InvalidPeriod),
        200: {"description": "Journal lines.", "content": {"text/csv": {"schema": {"type": "string"}}}},
    },
)
def export_journal(
    wish: Annotated[JournalWish, Query()], db: Transaction, caller: CurrentCaller, now: Now
) -> StreamingResponse:
    """What moved on each day, as pairs of journal lines in CSV: debits and credits balance to the minor unit."""
    zone = zone_of(db, caller.tenant_id)
    too_long = wish.last_on - wish.first_on >= timedelta(days=DAYS_MAX)
    if too_long or not wish.first_on <= wish.last_on <= local_date(now, zone):
        raise InvalidPeriod(days_max=DAYS_MAX)
    posted = list(journal_of(db, caller.tenant_id, wish.first_on, wish.last_on, zone=zone, now=now))
    lines = csv_lines(posted, wish, terms_then(db, caller.tenant_id, now)(now))
    named = {"content-disposition": f'attachment; filename="journal-{wish.first_on}-{wish.last_on}.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=named)


def csv_lines(posted: Iterable[Posting], wish: JournalWish, terms: Terms | None) -> Iterator[str]:
    """The file, line by line. Source: RFC 4180."""
    yield (BOM if wish.bom else "") + csv_line(COLUMNS)
    for posting in posted:
        currency = currency_of(posting.holding.unit, terms)
        own = wish.gift_card_liability if posting.holding.card else wish.liability
        other = getattr(wish, AGAINST[posting.cause])
        worth = str(Money(abs(posting.money), currency).major)
        debited, credited = (other, own) if posting.money > 0 else (own, other)
        what = (currency, posting.holding.unit, posting.units, posting.cause)
        if posting.money:
            yield csv_line((posting.day, debited, worth, "", *what)) + csv_line(
                (posting.day, credited, "", worth, *what)
            )


def csv_line(values: Iterable[object]) -> str:
    """One line, quoted where it must be."""
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
