"""How far a customer is with the challenges of the live program. Source: docs/rules/challenge.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.local_day import day_start, local_date
from services.loyalty.domain.period import next_start
from services.loyalty.domain.rules.challenge import Challenge
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.tallies import Tallies, keys_of


@dataclass(frozen=True, slots=True)
class ChallengeStanding:
    """What was done of a challenge's goal in the period of now, and what it gave.

    `wallet` is the unit of the wallet that is counted, where one is.
    `row` is in how many periods in a row the goal was reached: this one counts as soon as it is; until then it is the
    row that it would go on. `gave` says whether the challenge gives nothing more before its next period, if ever.
    """

    challenge: Challenge
    currency: str
    wallet: str | None
    done: int
    row: int
    gave: bool
    starts_on: date | None
    ends_at: datetime | None


def challenges_now(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, at: datetime
) -> Sequence[ChallengeStanding]:
    """The customer's standing in each challenge that runs today. Locks nothing."""
    program = SHELF.live(db, tenant_id, at)
    if program is None:
        return ()
    zone, currency = program.document.zone, program.document.currency
    today, tallies = local_date(at, zone), Tallies(lock=False)
    keys = keys_of(tenant_id, program.program_id, program.compiled, customer_id, "", at)
    tallies.load(db, keys)
    amounts = tallies.used(keys).amounts
    found: list[ChallengeStanding] = []
    for rule in program.document.rules:
        if isinstance(rule, Challenge) and rule.runs_on(today):
            shown = rule.shown(today, amounts)
            done, row = rule.done(today, shown), rule.row(today, shown)
            if not row:
                row = rule.row_before(today, shown)
            bounded = None if rule.per == "ever" else rule.start(today)
            ends_at = None if rule.per == "ever" else day_start(next_start(rule.per, today), zone)
            wallet = rule.goal.wallet_of(program.document)
            found.append(ChallengeStanding(rule, currency, wallet, done, row, rule.gave(amounts), bounded, ends_at))
    return found
