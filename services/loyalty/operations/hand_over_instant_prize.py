"""Handing over what a play won."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.instant_wins import NothingToHandOver
from services.loyalty.operations.play_instant_win import lock_player
from services.loyalty.queries.instant_wins import find_instant_win, find_play, terms_of
from services.loyalty.tables.instant_wins import PlayRow


def hand_over_instant_prize(
    db: Session, tenant_id: TenantId, instant_win_id: str, play_id: str, *, actor: str, at: datetime
) -> PlayRow:
    """Note that the customer has the thing in their hands: from then on it is theirs. Again changes nothing.

    Raises InstantWinUnknown, PlayUnknown, and NothingToHandOver where no thing was won, or it was taken back.
    """
    lock_player(db, find_play(db, tenant_id, instant_win_id, play_id))
    play = find_play(db, tenant_id, instant_win_id, play_id, lock=True)
    if play.handed_over_at is not None:
        return play
    terms = terms_of(find_instant_win(db, tenant_id, instant_win_id))
    if play.outcome != "won" or play.taken_back_at is not None or play.prize is None:
        raise NothingToHandOver
    if terms.prizes[play.prize].award is not None:
        raise NothingToHandOver
    play.handed_over_at, play.handed_over_by = at, actor
    db.flush()
    return play
