"""Making a leaderboard. Source: docs/rules/leaderboards.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.leaderboard import LeaderboardTerms
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.refusals.leaderboards import LeaderboardOver, LeaderboardUnits
from services.loyalty.domain.refusals.programs import ProgramMissing
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.leaderboards import LeaderboardRow


def create_leaderboard(db: Session, tenant_id: TenantId, terms: LeaderboardTerms, *, at: datetime) -> LeaderboardRow:
    """A new leaderboard with nobody on it. It counts by the clock, the unit and the money of the live program.

    Raises ProgramMissing, LeaderboardUnits, and LeaderboardOver when it would have ended before today.
    """
    program = SHELF.live(db, tenant_id, at)
    if program is None:
        raise ProgramMissing
    document = program.document
    named = {terms.unit, *[prize.award.unit for prize in terms.prizes]} - {None}
    if not named <= set(document.units):
        raise LeaderboardUnits
    if terms.ends_on is not None and terms.ends_on < local_date(at, document.zone):
        raise LeaderboardOver
    first = terms.round_from(terms.starts_on)
    board = LeaderboardRow(
        tenant_id=tenant_id,
        id=new_id("ldb"),
        terms=terms.model_dump_json(),
        time_zone=document.zone.key,
        unit=terms.unit or document.unit,
        currency=document.currency,
        status="running",
        round_starts_on=first.starts_on,
        round_ends_on=first.ends_on,
        settles_at=first.span(document.zone)[1],
        created_at=at,
    )
    db.add(board)
    db.flush()
    return board
