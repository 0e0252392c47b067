"""Giving a customer something that no purchase earned. Source: docs/rules/awards.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import AnyFact
from kernel.ids import new_id
from kernel.points import Points
from services.loyalty.domain.award import Award
from services.loyalty.domain.caps import within_caps
from services.loyalty.domain.effects import Accrue, Effect, IssueVoucher
from services.loyalty.operations.apply_effects import Cause, accrue, issue_voucher, lots_of
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.tables.awards import AwardRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing


@dataclass(frozen=True, slots=True)
class Given:
    """What an award came to: its effects, a voucher with its code, and the facts to tell others, without it."""

    effects: tuple[Effect, ...] = ()
    facts: tuple[AnyFact, ...] = ()


NOTHING = Given()


def give_award(
    db: Session,
    books: Books,
    standing: Standing,
    program: ShelvedProgram,
    award: Award,
    *,
    rule: str,
    source: str,
    occurred_at: datetime,
    spendable_at: datetime | None = None,
) -> Given:
    """Give a locked customer the award of a rule for a source, once: a second time gives nothing.

    `source` is the id of what it is for; with the rule and the customer it names the award, and that never expires.
    Units that the program's caps leave no room for are not given. The books stay open, and the telling is the caller's.
    """
    if db.get(AwardRow, (standing.tenant_id, source, rule, standing.customer_id)) is not None:
        return NOTHING
    terms = program.document
    effects = award.effects(rule, terms, occurred_at, spendable_at=spendable_at)
    room = wallet_room(db, standing, terms, occurred_at, books.at)
    capped = within_caps(effects, terms, room)
    return post_award(db, books, standing, program, capped.effects, rule=rule, source=source, occurred_at=occurred_at)


def post_award(
    db: Session,
    books: Books,
    standing: Standing,
    program: ShelvedProgram,
    effects: Iterable[Effect],
    *,
    rule: str,
    source: str,
    occurred_at: datetime,
) -> Given:
    """Post what a rule's award comes to, and keep that it was given. The database refuses a second time."""
    cause, award_id = Cause(source, occurred_at, program), new_id("awd")
    lots = lots_of(award_id)
    row = AwardRow(
        tenant_id=standing.tenant_id,
        source=source,
        rule=rule,
        customer_id=standing.customer_id,
        id=award_id,
        program_id=program.program_id,
        program_version=program.version,
        units=Points(0),
        occurred_at=occurred_at,
        recorded_at=books.at,
    )
    given: list[Effect] = []
    facts: list[AnyFact] = []
    for effect in effects:
        match effect:
            case Accrue():
                books.open_wallet(db, standing, effect.unit)
                facts.append(accrue(books, standing, cause, effect, next(lots)))
                row.unit, row.units = effect.unit, Points(effect.amount)
                given.append(effect)
            case IssueVoucher():
                issued, told = issue_voucher(books, standing, cause, effect)
                row.voucher_id = told.voucher_id
                facts.append(told)
                given.append(issued)
    db.add(row)
    db.flush()
    return Given(tuple(given), tuple(facts))
