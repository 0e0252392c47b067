"""Giving up a prize that was not claimed."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.draws import DrawWinSettled
from services.loyalty.operations.fill_prizes import fill_prizes, pass_over
from services.loyalty.queries.draws import find_draw, find_win
from services.loyalty.tables.prize_draws import DrawPickRow

Why = Literal["declined", "ineligible"]


def give_prize_up(
    db: Session, tenant_id: TenantId, draw_id: str, pick: int, why: Why, *, note: str, actor: str, at: datetime
) -> DrawPickRow:
    """Pass a prize on because its winner does not want it, or by the rules may not have it: everybody reads which.

    Raises DrawUnknown, DrawWinUnknown, and DrawWinSettled once it was claimed or passed on.
    """
    draw = find_draw(db, tenant_id, draw_id, lock=True)
    win = find_win(db, draw, pick)
    if win.status != "won":
        raise DrawWinSettled(status=win.status)
    pass_over(win, why, at=at, note=note, actor=actor)
    db.flush()
    fill_prizes(db, draw, at=at)
    return win
