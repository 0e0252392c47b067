"""What a pool has together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.data.row_sets import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.wallet import WalletView, wallet_view
from services.loyalty.tables.standings import StandingsRequest, load_lots


@dataclass(frozen=True, slots=True)
class Share:
    """What one of a pool has."""

    customer_id: CustomerId
    blocked: bool
    view: WalletView


def shares_of(
    db: Session, tenant_id: TenantId, members: Sequence[CustomerId], unit: str, *, at: datetime
) -> list[Share]:
    """What each of them has in that unit, in the order of their ids."""
    with pipeline(db) as asking:
        request = StandingsRequest(asking, [(tenant_id, member) for member in members], lock=False)
    standings = sorted(request.answer().values(), key=lambda standing: standing.customer_id)
    opened = [(standing, standing.wallet(unit)) for standing in standings]
    load_lots(db, opened)
    return [
        Share(
            standing.customer_id, standing.status == "blocked", wallet_view(wallet.open_lots, held=wallet.held, at=at)
        )
        for standing, wallet in opened
    ]
