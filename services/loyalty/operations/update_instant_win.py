"""Changing an instant win before it opens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.web.etags import check_version
from kernel.ids import TenantId
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.refusals.instant_wins import InstantWinClosesTooSoon, InstantWinOpened
from services.loyalty.operations.create_instant_win import announce, check_units, columns_of
from services.loyalty.queries.instant_wins import find_instant_win, has_plays, terms_of
from services.loyalty.tables.instant_wins import InstantWinRow


def update_instant_win(
    db: Session,
    tenant_id: TenantId,
    instant_win_id: str,
    given: Mapping[str, Any],
    *,
    expected_version: int | None,
    at: datetime,
    trace: str | None = None,
) -> InstantWinRow:
    """Set the terms that are given, and announce the instant win anew; the secret stays.

    When nothing is different afterwards, the version stays. Raises InstantWinUnknown, VersionStale, InstantWinOpened
    once it has opened, InstantWinClosesTooSoon, AwardUnitUnknown; and pydantic's ValidationError when the terms do not
    go together.
    """
    instant_win = find_instant_win(db, tenant_id, instant_win_id, lock="end")
    check_version(instant_win.version, expected_version)
    if instant_win.status != "open" or at >= instant_win.opens_at or has_plays(db, instant_win):
        raise InstantWinOpened
    before = terms_of(instant_win)
    after = InstantWinTerms.model_validate({**before.model_dump(), **given})
    if after == before:
        return instant_win
    if after.closes_at <= at:
        raise InstantWinClosesTooSoon
    check_units(db, tenant_id, after, at)
    for column, value in columns_of(after).items():
        setattr(instant_win, column, value)
    instant_win.version += 1
    db.flush()
    announce(db, instant_win, after, at=at, trace=trace)
    return instant_win
