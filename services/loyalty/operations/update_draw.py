"""Changing a draw before it opens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.web.etags import check_version
from kernel.ids import TenantId
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.domain.refusals.draws import DrawClosesTooSoon, DrawOpened
from services.loyalty.operations.create_draw import announce, columns_of
from services.loyalty.queries.draws import find_draw, has_entries, terms_of
from services.loyalty.tables.prize_draws import PrizeDrawRow


def update_draw(
    db: Session,
    tenant_id: TenantId,
    draw_id: str,
    given: Mapping[str, Any],
    *,
    expected_version: int | None,
    at: datetime,
    trace: str | None = None,
) -> PrizeDrawRow:
    """Set the terms that are given, and announce the draw anew; the seed stays.

    When nothing is different afterwards, the version stays. Raises DrawUnknown, VersionStale, DrawOpened once it has
    opened, DrawClosesTooSoon; and pydantic's ValidationError when the terms do not go together.
    """
    draw = find_draw(db, tenant_id, draw_id, lock=True)
    check_version(draw.version, expected_version)
    if draw.status != "open" or at >= draw.opens_at or has_entries(db, draw):
        raise DrawOpened
    before = terms_of(draw)
    after = DrawTerms.model_validate({**before.model_dump(), **given})
    if after == before:
        return draw
    if after.closes_at <= at:
        raise DrawClosesTooSoon
    for column, value in columns_of(after).items():
        setattr(draw, column, value)
    draw.version += 1
    db.flush()
    announce(db, draw, after, at=at, trace=trace)
    return draw
