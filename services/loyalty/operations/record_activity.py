"""Recording what a customer did that is no purchase. Source: docs/rules/activity.md."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.loyalty import ActivityRecorded, AnyFact
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.activity import Activity
from services.loyalty.domain.effects import Effect, EnterDraw, GivePlays, effects_as_json
from services.loyalty.domain.evaluate_activity import Outcome, evaluate_activity
from services.loyalty.domain.refusals.activities import ActivityConflict
from services.loyalty.domain.reigns import reign_at
from services.loyalty.domain.tally import given_by
from services.loyalty.domain.till_clock import latest
from services.loyalty.operations.apply_effects import Cause, take_part
from services.loyalty.operations.be_active import be_active
from services.loyalty.operations.give_award import post_award
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.activities import find_activity
from services.loyalty.queries.customer_facts import facts_of_standing, with_days, with_draws
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram, reigns_of
from services.loyalty.queries.tiers import tier_at
from services.loyalty.tables.activities import ActivityRow
from services.loyalty.tables.books import Books
from services.loyalty.tables.receipts import MISSES
from services.loyalty.tables.standings import Standing, load_draws, load_instant_wins, load_shared, lock_standing
from services.loyalty.tables.tallies import Keys, Tallies, counted, keys_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """An activity in the books; `again` when it was there before."""

    row: ActivityRow
    again: bool


class Weighed(NamedTuple):
    """What a program makes of an activity, and the tallies that concern it."""

    outcome: Outcome
    keys: Keys


def record_activity(
    db: Session, tenant_id: TenantId, activity: Activity, *, at: datetime, trace: str | None = None
) -> Recorded:
    """Give what the program of its moment gives for the activity. The same again changes nothing.

    Of two who tell of the same at once, one waits for the other and gets its result. Raises CustomerUnknown,
    CustomerBlocked, and ActivityConflict when it is in the books with other content.
    """
    fingerprint = hashlib.sha256(activity.model_dump_json().encode()).digest()
    occurred_at = latest(activity.occurred_at, at)
    row = claim(db, tenant_id, activity, fingerprint, occurred_at, at)
    if row is None:
        return Recorded(known(db, tenant_id, activity, fingerprint), again=True)
    customer_id = CustomerId(activity.customer_id)
    standing = welcome(lock_standing(db, tenant_id, customer_id), customer_id)
    books = Books(at)
    program, told = program_at(db, tenant_id, occurred_at, at), list[AnyFact]()
    if program is not None:
        be_active(db, books, standing, program.document, occurred_at)
        weighed = weigh_activity(db, standing, program, activity, occurred_at, at)
        told = give(db, books, standing, program, row, weighed.outcome)
        for key, amount, last_at in counted(
            weighed.keys, given_by(weighed.outcome.effects), program.activities.cooling, occurred_at
        ):
            books.count_given(key, amount, last_at)
    books.postings.tell(
        ActivityRecorded(
            tenant_id=tenant_id,
            customer_id=customer_id,
            occurred_at=occurred_at,
            activity_id=row.id,
            activity=activity.kind,
            facts=told,
            balance=Points(standing.wallet(program.document.unit).balance) if program else None,
        ),
        trace,
    )
    db.flush()
    books.close(db)
    return Recorded(row, again=False)


def claim(
    db: Session, tenant_id: TenantId, activity: Activity, fingerprint: bytes, occurred_at: datetime, at: datetime
) -> ActivityRow | None:
    """Take the activity's identity; None when it is taken. Who comes at the same moment waits here."""
    claimed = db.scalar(
        insert(ActivityRow)
        .values(
            tenant_id=tenant_id,
            id=new_id("act"),
            kind=activity.kind,
            external_id=activity.external_id,
            customer_id=activity.customer_id,
            fingerprint=fingerprint,
            status="recorded",
            attributes=orjson.dumps(activity.attributes).decode(),
            effects="[]",
            misses="[]",
            occurred_at=occurred_at,
            recorded_at=at,
        )
        .on_conflict_do_nothing()
        .returning(ActivityRow.id)
    )
    return find_activity(db, tenant_id, claimed) if claimed else None


def known(db: Session, tenant_id: TenantId, activity: Activity, fingerprint: bytes) -> ActivityRow:
    """The activity that is in the books. Raises ActivityConflict when it is another one."""
    row = db.scalars(
        select(ActivityRow).where(
            ActivityRow.tenant_id == tenant_id,
            ActivityRow.kind == activity.kind,
            ActivityRow.external_id == activity.external_id,
        )
    ).one()
    if row.fingerprint != fingerprint:
        raise ActivityConflict(kind=row.kind, external_id=row.external_id, activity_id=row.id)
    return row


def program_at(db: Session, tenant_id: TenantId, occurred_at: datetime, at: datetime) -> ShelvedProgram | None:
    """The version that decides what happened at that moment."""
    reign = reign_at(reigns_of(db, tenant_id, at), occurred_at)
    return SHELF.program(db, tenant_id, *reign[:2]) if reign else None


def weigh_activity(
    db: Session,
    standing: Standing,
    program: ShelvedProgram,
    activity: Activity,
    occurred_at: datetime,
    at: datetime,
    *,
    lock: bool = True,
) -> Weighed:
    """What a version makes of the activity, with the limits and the room there are now."""
    compiled = program.activities
    keys = keys_of(standing.tenant_id, program.program_id, compiled, standing.customer_id, "", occurred_at)
    tallies = Tallies(lock=lock)
    tallies.load(db, keys)
    if compiled.asks_families:
        load_shared(db, standing)
    facts = with_days(facts_of_standing(standing), standing)
    facts = replace(facts, tier=tier_at(db, standing, program.document.tier_rules, occurred_at))
    load_draws(db, standing, compiled.draws)
    load_instant_wins(db, standing, compiled.instant_wins)
    facts = with_draws(facts, standing, at)
    if program.document.capped_units:
        facts = replace(facts, room=wallet_room(db, standing, program.document, occurred_at, at))
    return Weighed(evaluate_activity(compiled, activity, facts, occurred_at, tallies.used(keys)), keys)


def give(
    db: Session, books: Books, standing: Standing, program: ShelvedProgram, row: ActivityRow, outcome: Outcome
) -> list[AnyFact]:
    """Post what each rule gives, and keep with the activity what was given and what was missed; the facts to tell."""
    effects, told = list[Effect](), list[AnyFact]()
    cause = Cause(row.id, row.occurred_at, program)
    for rule, of_rule in groupby(outcome.effects, attrgetter("rule")):
        brought = list(of_rule)
        chances = [effect for effect in brought if isinstance(effect, EnterDraw | GivePlays)]
        if award := [effect for effect in brought if not isinstance(effect, EnterDraw | GivePlays)]:
            given = post_award(
                db, books, standing, program, award, rule=rule, source=row.id, occurred_at=row.occurred_at
            )
            effects += given.effects
            told += given.facts
        effects += chances
        told += [take_part(books, standing, cause, chance) for chance in chances]
    row.program_id, row.program_version = program.program_id, program.version
    row.effects = orjson.dumps(effects_as_json(effects)).decode()
    row.misses = MISSES.dump_json(outcome.misses).decode()
    return told
