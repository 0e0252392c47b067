"""The steps of a redemption: prepared, shipped, handed over, or cancelled with its units given back."""

from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events.loyalty import RedemptionMoved
from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.domain.fulfilment import Fulfilment, check_step
from services.loyalty.domain.refusals.rewards import RedemptionClosed, RedemptionUnknown
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.give_back import give_back
from services.loyalty.queries.customers import locked
from services.loyalty.queries.rewards import BENEFIT, lock_reward
from services.loyalty.tables.books import Books
from services.loyalty.tables.rewards import RedemptionRow, RedemptionStepRow
from services.loyalty.tables.standings import Standing
from services.loyalty.tables.vouchers import VoucherRow


def move_redemption(
    db: Session,
    tenant_id: TenantId,
    redemption_id: str,
    then: Fulfilment,
    *,
    actor: str,
    note: str | None,
    at: datetime,
    trace: str | None = None,
) -> RedemptionRow:
    """Take a redemption one step further. A cancelled one gives its units back, and its place in the stock.

    Raises RedemptionUnknown, and RedemptionClosed when there is no such step or its voucher was used.
    """
    redemption, standing = lock_redemption(db, tenant_id, redemption_id)
    check_step(cast(Fulfilment, redemption.status), then, voucher=redemption.voucher_id is not None)
    reward = lock_reward(db, tenant_id, redemption.reward_id)
    books = Books(at)
    wallet = books.open_wallet(db, standing, redemption.unit)
    if then == "cancelled":
        revoke_voucher(db, redemption, at)
        reward.taken -= 1
        give_back(
            db,
            books,
            standing,
            wallet,
            burn=redemption.transaction_id,
            reference=redemption.id,
            amount=redemption.price,
        )
    redemption.status = then
    step = RedemptionStepRow(
        tenant_id=tenant_id, redemption_id=redemption.id, status=then, actor=actor, note=note, recorded_at=at
    )
    db.add(step)
    books.postings.tell(
        RedemptionMoved(
            tenant_id=tenant_id,
            customer_id=redemption.customer_id,
            occurred_at=at,
            redemption_id=redemption.id,
            reward_id=reward.id,
            reward_name=by_language(BENEFIT.validate_json(reward.benefit).name),
            status=then,
            unit=redemption.unit,
            given_back=Points(redemption.price if then == "cancelled" else 0),
            balance=Points(wallet.balance),
        ),
        trace,
    )
    books.close(db)
    db.flush()
    return redemption


def lock_redemption(db: Session, tenant_id: TenantId, redemption_id: str) -> tuple[RedemptionRow, Standing]:
    """A redemption, its customer locked. Raises RedemptionUnknown."""
    named = (RedemptionRow.tenant_id == tenant_id, RedemptionRow.id == redemption_id)
    customer_id = db.scalar(select(RedemptionRow.customer_id).where(*named))
    if customer_id is None:
        raise RedemptionUnknown
    standing = locked(db, tenant_id, customer_id)
    return db.scalars(select(RedemptionRow).where(*named)).one(), standing


def revoke_voucher(db: Session, redemption: RedemptionRow, at: datetime) -> None:
    """Take an unused voucher back. Raises RedemptionClosed when it was used."""
    if redemption.voucher_id is None:
        return
    voucher = db.get_one(VoucherRow, (redemption.tenant_id, redemption.voucher_id), with_for_update=True)
    if voucher.status != "issued":
        raise RedemptionClosed(status=voucher.status, asked="cancelled")
    voucher.status, voucher.used_at = "revoked", at
