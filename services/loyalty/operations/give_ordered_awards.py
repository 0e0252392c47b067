"""Giving the awards that were ordered for many. Source: docs/rules/award-batches.md."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from chassis.events.outbox import publish
from contracts.events.loyalty import AwardBatchFinished, AwardGiven
from kernel.ids import CustomerId, TenantId
from kernel.points import Points
from kernel.refusal import Refused
from services.loyalty.domain.award_batch import BatchTerms
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.give_award import give_award
from services.loyalty.queries.award_batches import terms_of_batch, was_given
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.queries.wallet_merges import same_person, survivor
from services.loyalty.tables.award_batches import AwardBatchRow, AwardLineRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing, StandingsRequest

# Some tenths of a second of work: what a crash costs, and how long a customer of the part waits at a till.
LINES_MAX = 100


def give_ordered_awards(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Let some customers of a batch that nobody else works on have their turn; returns how many, 0 when all had it.

    Awards and lines are written together: who dies has given none. Who was merged is given it as whom they were merged
    into, and one person once. Who is unknown by now, blocked, or has no room is skipped. Tells each who was given it,
    and others when the batch is done.
    """
    batch = next_batch(db, tenant_id)
    if batch is None:
        return 0
    program = SHELF.program(db, tenant_id, batch.program_id, batch.program_version)
    assert program is not None, "a published version stays"
    lines = next_lines(db, batch)
    turns = [turn(db, tenant_id, line) for line in lines if line.status == "waiting"]
    with pipeline(db) as asking:
        request = StandingsRequest(asking, [(tenant_id, each.recipient) for each in turns])
    standings, terms, books = request.answer(), terms_of_batch(batch), Books(at)
    for each in turns:
        give(db, books, standings.get((tenant_id, each.recipient)), program, terms, each)
        batch.given += each.line.status == "given"
        batch.skipped += each.line.status == "skipped"
    batch.reached = lines[-1].line
    if batch.reached == batch.customers:
        finish(db, batch, "done", at)
    books.close(db)
    db.flush()
    return len(lines)


class Turn(NamedTuple):
    """A line, who gets it, and all who are the same person."""

    line: AwardLineRow
    recipient: CustomerId
    person: Sequence[CustomerId]


def turn(db: Session, tenant_id: TenantId, line: AwardLineRow) -> Turn:
    """Whose turn it is."""
    person = same_person(db, tenant_id, line.customer_id)
    recipient = survivor(db, tenant_id, line.customer_id) if len(person) > 1 else line.customer_id
    return Turn(line, recipient, person)


def next_batch(db: Session, tenant_id: TenantId) -> AwardBatchRow | None:
    """The oldest batch that is not over, kept from others until the transaction ends."""
    return db.scalar(
        select(AwardBatchRow)
        .where(AwardBatchRow.tenant_id == tenant_id, AwardBatchRow.status == "running")
        .order_by(AwardBatchRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def next_lines(db: Session, batch: AwardBatchRow) -> Sequence[AwardLineRow]:
    """The next ones in order. There are some: a batch of which all had their turn is not running."""
    return db.scalars(
        select(AwardLineRow)
        .where(
            AwardLineRow.tenant_id == batch.tenant_id,
            AwardLineRow.batch_id == batch.id,
            AwardLineRow.line > batch.reached,
        )
        .order_by(AwardLineRow.line)
        .limit(LINES_MAX)
    ).all()


def give(
    db: Session, books: Books, standing: Standing | None, program: ShelvedProgram, terms: BatchTerms, turn: Turn
) -> None:
    """Give one customer the award and tell them, or note why not."""
    line, named = turn.line, turn.line.batch_id
    line.status = "skipped"
    try:
        standing = welcome(standing, turn.recipient)
    except Refused as refused:
        line.problem = refused.code
        return
    if len(turn.person) > 1 and was_given(db, line, turn.person):
        line.problem = "customer_repeated"
        return
    given = give_award(db, books, standing, program, terms.award, rule=named, source=named, occurred_at=books.at)
    if not given.effects:
        line.problem = "no_room"
        return
    line.status, line.given_to = "given", standing.customer_id
    books.postings.tell(
        AwardGiven(
            tenant_id=line.tenant_id,
            customer_id=standing.customer_id,
            occurred_at=books.at,
            batch_id=line.batch_id,
            award_name=by_language(terms.name),
            facts=list(given.facts),
            balance=Points(standing.wallet(program.document.unit).balance),
        ),
        None,
    )


def finish(db: Session, batch: AwardBatchRow, status: str, at: datetime) -> None:
    """Let the batch be over, and tell how it ended."""
    batch.status, batch.finished_at = status, at
    publish(
        db,
        AwardBatchFinished(
            tenant_id=batch.tenant_id,
            occurred_at=at,
            batch_id=batch.id,
            status=status,
            customers=batch.customers,
            given=batch.given,
            skipped=batch.skipped,
        ),
    )
