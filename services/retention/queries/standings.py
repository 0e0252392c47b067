"""Where customers stand at a moment."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.retention.domain.local_day import local_date
from services.retention.domain.rhythm import Rhythm, usual_gap
from services.retention.domain.stage import Stage, Standing, standing_of
from services.retention.queries.rhythms import rhythm_at, rhythms_at


@dataclass(frozen=True, slots=True)
class Standings:
    """How many customers stand where, and the gap that is usual among them."""

    customers: Mapping[Stage, int]
    usual_gap: Decimal | None


def standings(db: Session, tenant_id: TenantId, zone: ZoneInfo, *, at: datetime) -> Standings:
    """The stages of all customers known at that moment."""
    rhythms = rhythms_at(db, tenant_id, zone, at=at)
    tenant_gap = usual_gap(gaps_of(rhythms))
    customers = Counter(dict.fromkeys(Stage, 0))
    for rhythm, number in rhythms.items():
        customers[standing_of(rhythm, tenant_gap, on=local_date(at, zone)).stage] += number
    return Standings(customers, tenant_gap)


def standing(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, zone: ZoneInfo, *, at: datetime
) -> tuple[Standing, Rhythm | None]:
    """Where one customer stands, and the rhythm behind it. Raises CustomerNotFound."""
    rhythm = rhythm_at(db, tenant_id, customer_id, zone, at=at)
    needs_others = rhythm is not None and rhythm.gap_before is None
    tenant_gap = usual_gap(gaps_of(rhythms_at(db, tenant_id, zone, at=at))) if needs_others else None
    return standing_of(rhythm, tenant_gap, on=local_date(at, zone)), rhythm


def gaps_of(rhythms: Mapping[Rhythm | None, int]) -> Counter[Decimal]:
    """How many customers have which gap of their own."""
    gaps: Counter[Decimal] = Counter()
    for rhythm, number in rhythms.items():
        if rhythm is not None and rhythm.gap is not None:
            gaps[rhythm.gap] += number
    return gaps
