"""Finding purchases."""

from collections.abc import Sequence

from sqlalchemy import select as rows_where
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.purchases import PurchaseUnknown
from services.loyalty.tables.purchases import ReturnRow
from services.loyalty.tables.receipts import BY_ID, BY_RECEIPT, COLUMNS, PurchaseRecord

OF_CUSTOMER = f"""
    SELECT {", ".join(COLUMNS)} FROM purchases
    WHERE tenant_id = %s AND customer_id = %s AND id < %s ORDER BY id DESC LIMIT %s
"""  # noqa: S608 - the columns are ours
AFTER_ALL_IDS = "pur_~"


def find_purchase(db: Session, tenant_id: TenantId, purchase_id: str, *, lock: bool = False) -> PurchaseRecord:
    """A purchase by its id; `lock` keeps others from changing it. Raises PurchaseUnknown."""
    return one(select(db, BY_ID + (" FOR NO KEY UPDATE" if lock else ""), (tenant_id, purchase_id)))


def find_purchase_by_receipt(db: Session, tenant_id: TenantId, store_id: str, external_id: str) -> PurchaseRecord:
    """A purchase by its receipt. Raises PurchaseUnknown."""
    return one(select(db, BY_RECEIPT, ([tenant_id], [store_id], [external_id])))


def purchases_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> list[PurchaseRecord]:
    """A customer's purchases, the newest first."""
    return select(db, OF_CUSTOMER, (tenant_id, customer_id, after or AFTER_ALL_IDS, limit))


def amendments_of(db: Session, tenant_id: TenantId, purchase_id: str) -> Sequence[ReturnRow]:
    """Everything that was changed of a purchase, the oldest first."""
    return db.scalars(
        rows_where(ReturnRow)
        .where(ReturnRow.tenant_id == tenant_id, ReturnRow.purchase_id == purchase_id)
        .order_by(ReturnRow.id)
    ).all()


def select(db: Session, statement: str, parameters: tuple[object, ...]) -> list[PurchaseRecord]:
    """Purchases by a statement that names their columns."""
    rows = db.connection().exec_driver_sql(statement, parameters)
    return [PurchaseRecord(**dict(zip(COLUMNS, row, strict=True))) for row in rows]


def one(found: Sequence[PurchaseRecord]) -> PurchaseRecord:
    """The only one. Raises PurchaseUnknown when there is none."""
    if not found:
        raise PurchaseUnknown
    return found[0]
