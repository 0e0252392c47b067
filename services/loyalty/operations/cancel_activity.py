"""Taking back what an activity gave. Source: docs/rules/activity.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import ActivityCancelled, AnyFact, DrawEntered, PlaysGiven
from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.difference import difference
from services.loyalty.domain.effects import effects_from_json
from services.loyalty.domain.tally import NOTHING_GIVEN, given_by
from services.loyalty.operations.change_entries import change_entries
from services.loyalty.operations.change_plays import change_plays
from services.loyalty.operations.take_award_back import take_award_back
from services.loyalty.queries.activities import find_activity, program_of_activity
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.queries.wallet_merges import lock_with_survivor
from services.loyalty.tables.activities import ActivityRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing
from services.loyalty.tables.tallies import USES_EVER, counted, forget_use, keys_of


def cancel_activity(
    db: Session,
    tenant_id: TenantId,
    activity_id: str,
    *,
    by: ByHand,
    at: datetime,
) -> ActivityRow:
    """Let the activity never have counted: what it gave is taken back by the clawback policy, its limits are free.

    Cancelled before, it stays as it is. Raises ActivityUnknown.
    """
    standing = lock_with_survivor(db, tenant_id, find_activity(db, tenant_id, activity_id).customer_id)
    assert standing is not None, "they did it"
    row = find_activity(db, tenant_id, activity_id)
    if row.status == "cancelled":
        return row
    row.status, row.cancelled_at, row.cancelled_by, row.reason = "cancelled", at, by.actor, by.reason
    db.flush()
    books, told, holder = Books(at), list[AnyFact](), standing.merged_into or standing
    program = program_of_activity(db, row)
    if program is not None:
        for rule in given_by(effects_from_json(row.effects)):
            told += take_award_back(db, books, standing, rule=rule, source=row.id)
        told += take_chances_back(db, books, standing, program, row)
        give_uses_back(db, books, program, row)
    books.postings.tell(
        ActivityCancelled(
            tenant_id=tenant_id,
            customer_id=row.customer_id,
            occurred_at=at,
            activity_id=row.id,
            activity=row.kind,
            facts=told,
            balance=Points(holder.wallet(program.document.unit).balance) if program else None,
        ),
        by.trace,
    )
    books.close(db)
    return row


def take_chances_back(
    db: Session, books: Books, standing: Standing, program: ShelvedProgram, row: ActivityRow
) -> list[AnyFact]:
    """Take back its entries in draws, and its plays of instant wins with what they won; what that moved.

    The list of a draw that is closed stays as it is, and the prize may not.
    """
    changes, told = difference(effects_from_json(row.effects), ()), list[AnyFact]()
    for draw in changes.draws:
        change_entries(db, books, standing, draw.draw_id, draw.entries, source=row.id)
        told.append(DrawEntered(draw=draw.draw, draw_id=draw.draw_id, entries=draw.entries))
    for plays in changes.plays:
        told += change_plays(db, books, standing, plays, program, source=row.id, change_id=row.id)
        told.append(PlaysGiven(instant_win=plays.instant_win, instant_win_id=plays.instant_win_id, plays=plays.plays))
    return told


def give_uses_back(db: Session, books: Books, program: ShelvedProgram, row: ActivityRow) -> None:
    """Count less, in the periods of the activity, for the limits of the rules that gave something."""
    compiled = program.activities
    keys = keys_of(row.tenant_id, program.program_id, compiled, row.customer_id, "", row.occurred_at)
    given = {rule: NOTHING_GIVEN.less(gave) for rule, gave in given_by(effects_from_json(row.effects)).items()}
    for key, amount, last_at in counted(keys, given, compiled.cooling, row.occurred_at):
        books.count_given(key, amount, last_at)
        if key.rule in compiled.cooling and (key.measure, key.per, key.each) == USES_EVER:
            forget_use(db, key, "activities", row.id)
