"""Giving and taking back what challenges give when a purchase is changed. Source: docs/rules/challenge.md."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.caps import within_caps
from services.loyalty.domain.effects import Achieve, Advance, Effect, effects_from_json
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.domain.rules.challenge import Challenge
from services.loyalty.domain.tally import NOTHING_GIVEN, Tally, given_by
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.program_shelf import shelved_program_of
from services.loyalty.queries.purchases import select
from services.loyalty.queries.wallet_merges import same_person
from services.loyalty.tables.receipts import COLUMNS, PurchaseRecord
from services.loyalty.tables.standings import Standing

COUNTED = text("""
    SELECT rule, per, starts_on, sum(amount)::bigint AS amount FROM tallies
    WHERE tenant_id = :tenant_id AND program_id = :program_id AND each = 'customer' AND holder = ANY (:customers)
      AND measure = 'units' AND split_part(rule, ':', 1) = ANY (:challenges) AND rule LIKE '%:%'
    GROUP BY rule, per, starts_on
""")
# The purchases that steps towards a challenge, or its prize, are kept with.
OTHERS = f"""
    SELECT {", ".join(COLUMNS)} FROM purchases
    WHERE tenant_id = %s AND customer_id = ANY (%s) AND program_id = %s AND id <> %s
      AND jsonb_path_exists(effects::jsonb, '$[*] ? (@.kind == "advance" || @.kind == "achieve")')
    ORDER BY occurred_at, id
"""  # noqa: S608 - the columns are ours

Counters = Mapping[tuple[str, str, date], int]


@dataclass(slots=True)
class Sold:
    """A purchase with its effects, and the program that decided it."""

    purchase: PurchaseRecord
    effects: list[Effect]
    program: ProgramDocument

    def challenge(self, rule: str) -> Challenge | None:
        """The challenge of that name, as it was then."""
        return next((each for each in challenges_of(self.program) if each.id == rule), None)

    def achieved(self, rule: str) -> date | None:
        """The period for which it has the challenge's prize."""
        return next((e.starts_on for e in self.effects if isinstance(e, Achieve) and e.rule == rule), None)

    def advances(self, challenge: Challenge) -> date | None:
        """The period of the challenge in which it counts."""
        if not any(isinstance(effect, Advance) and effect.rule == challenge.id for effect in self.effects):
            return None
        return challenge.period_of(self.purchase.occurred_at, self.program)


@dataclass(frozen=True, slots=True)
class Settled:
    """What the changed purchase is to do, and what becomes of others that have a prize, or get one."""

    effects: Sequence[Effect]
    others: Sequence[tuple[PurchaseRecord, Sequence[Effect]]] = ()


def settle_challenges(
    db: Session,
    purchase: PurchaseRecord,
    standing: Standing | None,
    before: Sequence[Effect],
    decided: Sequence[Effect],
    *,
    at: datetime,
) -> Settled:
    """Whatever order sales and returns come in, the customer has the prizes of what they kept.

    A prize belongs to one purchase. The changed one keeps its own as long as the goal is reached without it, whichever
    purchases reach it; a prize that is no longer earned is taken from the purchase that has it, and one that is newly
    earned goes to the changed purchase, or the latest of the period. Nothing is written here.
    """
    program = shelved_program_of(db, purchase)
    challenges = challenges_of(program.document) if program else []
    if standing is None or program is None or not challenges:
        return Settled(decided)
    kept = [effect for effect in before if any(each.gives(effect) for each in challenges)]
    fresh = [effect for effect in decided if not any(each.gives(effect) for each in challenges)]
    changed = Sold(purchase, [*fresh, *kept], program.document)
    same = same_person(db, standing.tenant_id, standing.customer_id)
    others = others_of(db, purchase, same)
    counters = counters_after(db, purchase, same, challenges, before, fresh, program.document)
    touched: list[Sold] = []
    for challenge in challenges:
        touched += settle(db, standing, challenge, changed, others, counters, at)
    return Settled(changed.effects, [(sold.purchase, sold.effects) for sold in others if sold in touched])


def settle(
    db: Session,
    standing: Standing,
    challenge: Challenge,
    changed: Sold,
    others: Sequence[Sold],
    counters: Counters,
    at: datetime,
) -> list[Sold]:
    """Take back and give what one challenge gives; the purchases concerned."""
    everywhere = [changed, *others]
    today = local_date(changed.purchase.occurred_at, changed.program.zone)
    periods = affected(challenge, today, counters)
    touched: list[Sold] = []
    # What a merged customer brought along stays where it is: only their own sales may change it.
    own = [sold for sold in everywhere if sold.purchase.customer_id == changed.purchase.customer_id]
    for sold in own:
        starts_on, then = sold.achieved(challenge.id), sold.challenge(challenge.id)
        if starts_on in periods and then is not None and not reaches(then, starts_on, counters):
            sold.effects = [effect for effect in sold.effects if not then.gives(effect)]
            touched.append(sold)
    for starts_on in periods:
        have = [day for sold in everywhere if (day := sold.achieved(challenge.id)) is not None]
        if (have if challenge.once else starts_on in have) or not reaches(challenge, starts_on, counters):
            continue
        counting = [sold for sold in [*own[1:], changed] if sold.advances(challenge) == starts_on]
        if counting:
            give(db, standing, challenge, counting[-1], starts_on, at)
            touched.append(counting[-1])
    return touched


def affected(challenge: Challenge, day: date, counters: Counters) -> list[date]:
    """The periods whose prize a change on that day may decide, in their order."""
    rows = {starts_on for counter, per, starts_on in counters if per == challenge.per and named(challenge, counter)}
    rows.add(challenge.start(day))
    if challenge.once:
        return sorted(rows)
    near = [each for each in rows if each >= challenge.start(day)]
    return sorted(each for each in near if each == challenge.start(day) or is_near(challenge, day, each))


def is_near(challenge: Challenge, day: date, later: date) -> bool:
    """Whether the day's period is in a row that ends with the later one."""
    return any(challenge.start(later, ago) == challenge.start(day) for ago in range(1, challenge.in_a_row))


def named(challenge: Challenge, counter: str) -> bool:
    """Whether it is one of the challenge's counters."""
    return counter.partition(":")[0] == challenge.id


def reaches(challenge: Challenge, day: date, counters: Counters) -> bool:
    """Whether the challenge gives for the period that begins that day."""
    row = challenge.row(day, lambda counter, start: counters.get((counter, challenge.per, start), 0))
    return row == challenge.in_a_row


def give(db: Session, standing: Standing, challenge: Challenge, sold: Sold, starts_on: date, at: datetime) -> None:
    """Let a purchase have the prize, as far as the caps leave room."""
    occurred_at = sold.purchase.occurred_at
    prize = challenge.prize(starts_on, sold.program, occurred_at)
    room = wallet_room(db, standing, sold.program, occurred_at, at)
    sold.effects = [*sold.effects, *within_caps(prize, sold.program, room).effects]


def counters_after(
    db: Session,
    purchase: PurchaseRecord,
    same: Sequence[CustomerId],
    challenges: Iterable[Challenge],
    before: Sequence[Effect],
    after: Sequence[Effect],
    program: ProgramDocument,
) -> Counters:
    """What the customer's counters show once the change is written."""
    sought = {
        "tenant_id": purchase.tenant_id,
        "program_id": purchase.program_id,
        "customers": same,
        "challenges": [challenge.id for challenge in challenges],
    }
    shown = Counter({(row.rule, row.per, row.starts_on): row.amount for row in db.execute(COUNTED, sought)})
    day = local_date(purchase.occurred_at, program.zone)
    had, has = given_by(before), given_by(after)
    for challenge in challenges:
        for name in challenge.goal.counters:
            tally = Tally(challenge.counter(name), "units", challenge.per, "customer")
            change = has.get(tally.rule, NOTHING_GIVEN).units - had.get(tally.rule, NOTHING_GIVEN).units
            shown[tally.rule, tally.per, tally.period_at(day)] += change
    return shown


def others_of(db: Session, purchase: PurchaseRecord, same: Sequence[CustomerId]) -> list[Sold]:
    """The customer's other purchases that concern challenges of the program, the oldest first."""
    assert purchase.program_id is not None
    named = (TenantId(purchase.tenant_id), same, purchase.program_id, purchase.id)
    found: list[Sold] = []
    for other in select(db, OTHERS, named):
        program = shelved_program_of(db, other)
        assert program is not None
        found.append(Sold(other, list(effects_from_json(other.effects)), program.document))
    return found


def challenges_of(program: ProgramDocument) -> list[Challenge]:
    """Its challenges."""
    return [rule for rule in program.rules if isinstance(rule, Challenge)]
