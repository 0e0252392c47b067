"""Mixing in what nobody could know before closing."""

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.draws import BeaconNotExpected, DrawNotClosed
from services.loyalty.queries.draws import find_draw, terms_of
from services.loyalty.tables.prize_draws import PrizeDrawRow


def give_beacon(db: Session, tenant_id: TenantId, draw_id: str, value: str, *, actor: str) -> PrizeDrawRow:
    """Keep the announced value of a draw whose list is frozen: once, and never another. The same again changes nothing.

    Raises DrawUnknown, DrawNotClosed, and BeaconNotExpected.
    """
    draw = find_draw(db, tenant_id, draw_id, lock=True)
    if draw.beacon == value:
        return draw
    if draw.beacon is not None or terms_of(draw).beacon is None:
        raise BeaconNotExpected
    if draw.status != "closed":
        raise DrawNotClosed(status=draw.status)
    draw.beacon, draw.actor = value, actor
    draw.version += 1
    db.flush()
    return draw
