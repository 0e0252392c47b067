"""What a wallet holds, whether or not the nightly work has been done. Source: docs/rules/balance.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.lot import Lot, LotId
from services.loyalty.domain.wallet import NextExpiry, wallet_view
from services.loyalty.tables.holds import HoldRow
from services.loyalty.tables.ledger import LotRow, WalletRow

HOLDS_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A wallet by the clock, in whole units. `version` grows with every change of the ledger."""

    unit: str
    balance: int
    pending: int
    held: int
    available: int
    next_expiry: NextExpiry | None
    version: int


def wallet_of(db: Session, tenant_id: TenantId, customer_id: CustomerId, unit: str) -> WalletRow | None:
    """The wallet's row; None when nothing ever moved in it."""
    return db.get(WalletRow, (tenant_id, customer_id, unit))


def held_now(db: Session, wallet: WalletRow, at: datetime) -> int:
    """The units that are set aside at that moment: holds whose time is over set nothing aside."""
    if not wallet.held:
        return 0
    open_holds = select(func.coalesce(func.sum(HoldRow.amount - HoldRow.captured), 0)).where(
        HoldRow.tenant_id == wallet.tenant_id,
        HoldRow.customer_id == wallet.customer_id,
        HoldRow.unit == wallet.unit,
        HoldRow.status == "held",
        HoldRow.expires_at > at,
    )
    return int(db.execute(open_holds).scalar_one())


def holds_of(db: Session, wallet: WalletRow, at: datetime) -> Sequence[HoldRow]:
    """What is set aside at that moment, the first to end first."""
    return db.scalars(
        select(HoldRow)
        .where(
            HoldRow.tenant_id == wallet.tenant_id,
            HoldRow.customer_id == wallet.customer_id,
            HoldRow.unit == wallet.unit,
            HoldRow.status == "held",
            HoldRow.expires_at > at,
        )
        .order_by(HoldRow.expires_at, HoldRow.id)
        .limit(HOLDS_SHOWN_MAX)
    ).all()


def balance_of(db: Session, wallet: WalletRow | None, unit: str, *, held: int, at: datetime) -> Balance:
    """The wallet by the clock, from its open lots."""
    if wallet is None:
        return Balance(unit=unit, balance=0, pending=0, held=0, available=0, next_expiry=None, version=0)
    view = wallet_view(open_lots(db, wallet), held=held, at=at)
    return Balance(
        unit=unit,
        balance=view.balance,
        pending=view.pending,
        held=held,
        available=view.available,
        next_expiry=view.next_expiry,
        version=wallet.version,
    )


def open_lots(db: Session, wallet: WalletRow) -> list[Lot]:
    """The lots of a wallet that something is left of."""
    rows = db.execute(
        select(
            LotRow.id, LotRow.remaining, LotRow.spendable_at, LotRow.expires_at, LotRow.earned_at, LotRow.sliding
        ).where(
            LotRow.tenant_id == wallet.tenant_id,
            LotRow.customer_id == wallet.customer_id,
            LotRow.unit == wallet.unit,
            LotRow.remaining != 0,
        )
    )
    return [
        Lot(
            id=LotId(row.id),
            remaining=row.remaining,
            spendable_at=row.spendable_at,
            expires_at=wallet.lapses_at if row.sliding else row.expires_at,
            earned_at=row.earned_at,
        )
        for row in rows
    ]
