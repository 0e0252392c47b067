"""Giving what there is for birthdays and anniversaries. Source: docs/rules/celebration.md."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from contracts.events.loyalty import DayCelebrated
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.caps import within_caps
from services.loyalty.domain.effects import Effect
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.rules.celebration import Anniversary, Celebration
from services.loyalty.operations.give_award import post_award
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.customer_facts import facts_of_standing, with_days
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.queries.tiers import tier_at
from services.loyalty.tables.books import Books
from services.loyalty.tables.celebrations import CelebrationRow
from services.loyalty.tables.moves import person
from services.loyalty.tables.standings import Standing, StandingsRequest, load_shared

PAGE_MAX = 200
# Who was given it for a day less than a year ago has another birthday now, and not a year later. Who turned out to be
# somebody else celebrates as that one, once.
YEAR_DAYS = 365
CELEBRATING = f"""
    SELECT c.customer_id, celebrated.day
    FROM unnest(CAST(:remembered AS text[]), CAST(:days AS date[])) AS celebrated (remembered, day)
    JOIN customers c ON c.tenant_id = :tenant_id AND {{has}}
    WHERE c.status = 'active' AND c.customer_id > :after
      AND NOT EXISTS (SELECT FROM wallet_merges m
                      WHERE m.tenant_id = c.tenant_id AND m.from_customer_id = c.customer_id AND m.undone_at IS NULL)
      AND (CAST(:only AS text[]) IS NULL OR c.customer_id = ANY (CAST(:only AS text[])))
      AND NOT EXISTS (SELECT FROM celebrations x
                      WHERE x.tenant_id = c.tenant_id AND x.rule = :rule
                        AND x.customer_id = ANY ({person("c.tenant_id", "c.customer_id")})
                        AND x.day > celebrated.day - CAST(:year_days AS integer))
    ORDER BY c.customer_id LIMIT :limit
"""  # noqa: S608 - the text is ours
WITH_BIRTHDAY = text(CELEBRATING.format(has="c.birthday = celebrated.remembered"))
WITH_ANNIVERSARY = text(CELEBRATING.format(has="c.joined_on = CAST(celebrated.remembered AS date)"))


@dataclass(frozen=True, slots=True)
class Celebrated:
    """How many were given something, and the last customer that was looked at; None when all were."""

    given: int
    last: str | None


def celebrate_days(db: Session, tenant_id: TenantId, rule: str, *, after: str, at: datetime) -> Celebrated:
    """Give a rule's award to some of the customers who celebrate now, in the order of their ids, `after` one.

    Once for each day: twice, or two at once, give nothing more. A rule that is not live any more gives nothing.
    """
    program = SHELF.live(db, tenant_id, at)
    found = celebration_of(program, rule) if program else None
    if program is None or found is None:
        return Celebrated(0, None)
    today = local_date(at, program.document.zone)
    people = sorted(celebrating(db, tenant_id, found, today, after=after))
    if not people:
        return Celebrated(0, None)
    with pipeline(db) as asking:
        request = StandingsRequest(asking, [(tenant_id, customer_id) for customer_id in people])
    standings = request.answer()
    books, given = Books(at), 0
    # Asked again under their locks: somebody else may have been here.
    for customer_id, day in celebrating(db, tenant_id, found, today, only=people).items():
        given += celebrate(db, books, standings[tenant_id, customer_id], program, found, day)
    books.close(db)
    return Celebrated(given, people[-1])


def celebration_of(program: ShelvedProgram, rule: str) -> Celebration | None:
    """A rule of the program for a day of every year."""
    rules = program.celebrations.reward_rules
    return next((each for each in rules if each.id == rule and isinstance(each, Celebration)), None)


def celebrating(
    db: Session,
    tenant_id: TenantId,
    rule: Celebration,
    today: date,
    *,
    after: str = "",
    only: Sequence[str] | None = None,
) -> dict[CustomerId, date]:
    """Who celebrates now and was given nothing for it yet, and the day on which they do."""
    remembered = list(rule.remembered(today))
    asked = {
        "tenant_id": tenant_id,
        "rule": rule.id,
        "remembered": [has for has, _day in remembered],
        "days": [day for _has, day in remembered],
        "after": after,
        "only": only,
        "year_days": YEAR_DAYS,
        "limit": PAGE_MAX,
    }
    rows = db.execute(WITH_ANNIVERSARY if isinstance(rule, Anniversary) else WITH_BIRTHDAY, asked)
    return {CustomerId(row.customer_id): row.day for row in rows}


def celebrate(
    db: Session, books: Books, standing: Standing, program: ShelvedProgram, rule: Celebration, day: date
) -> bool:
    """Give a locked customer the award for that day, if the rule's conditions hold; whether it was given."""
    effects = weigh(db, books, standing, program, rule)
    if not effects:
        return False
    celebration_id = new_id("cel")
    db.add(
        CelebrationRow(
            tenant_id=standing.tenant_id,
            rule=rule.id,
            customer_id=standing.customer_id,
            year=day.year,
            id=celebration_id,
            day=day,
            recorded_at=books.at,
        )
    )
    given = post_award(db, books, standing, program, effects, rule=rule.id, source=celebration_id, occurred_at=books.at)
    joined_on = standing.joined_on if isinstance(rule, Anniversary) else None
    books.postings.tell(
        DayCelebrated(
            tenant_id=standing.tenant_id,
            customer_id=standing.customer_id,
            occurred_at=books.at,
            celebration_id=celebration_id,
            celebration="anniversary" if joined_on else "birthday",
            years=day.year - joined_on.year if joined_on else None,
            facts=list(given.facts),
            balance=Points(standing.wallet(program.document.unit).balance),
        ),
        None,
    )
    return True


def weigh(
    db: Session, books: Books, standing: Standing, program: ShelvedProgram, rule: Celebration
) -> tuple[Effect, ...]:
    """What the rule gives the customer now, as far as there is room."""
    terms = program.document
    if program.celebrations.asks_families:
        load_shared(db, standing)
    facts = with_days(facts_of_standing(standing), standing)
    facts = replace(facts, tier=tier_at(db, standing, terms.tier_rules, books.at))
    occasion = Occasion(terms, facts, books.at)
    rule.consider(occasion)
    return within_caps(occasion.effects, terms, wallet_room(db, standing, terms, books.at, books.at)).effects
