"""What units were worth at a moment: as the program said that decided sales then. Source: docs/reports.md."""

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.reigns import Reign, reign_at
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.worth import is_money
from services.loyalty.queries.program_shelf import SHELF, reigns_of


def terms_then(db: Session, tenant_id: TenantId, now: datetime) -> Callable[[datetime], Terms | None]:
    """The program's terms at a moment. Between two programs those of the first hold on: units keep their worth."""
    reigns = reigns_of(db, tenant_id, now)

    def then(at: datetime) -> Terms | None:
        reign = reign_at(reigns, at) or latest(reigns, at)
        program = SHELF.program(db, tenant_id, reign.program_id, reign.version) if reign else None
        return program.document if program else None

    return then


def latest(reigns: list[Reign], at: datetime) -> Reign | None:
    """The version that was the last to begin, if only of those that have ended."""
    begun = [reign for reign in reigns if reign.began_at <= at] or reigns
    return max(begun, key=lambda reign: (reign.began_at, reign.version), default=None)


def worth_of(terms: Terms | None, unit: str) -> Fraction | None:
    """Minor units of money that one unit is worth; none where nothing says so."""
    if terms is not None:
        return terms.worth_of(unit)
    return Fraction(1) if is_money(unit) else None
