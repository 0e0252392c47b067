"""Setting units aside for tills without a connection. Source: docs/rules/offline.md."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.allowance import Allowance, SigningKey, signed, token_hash, worth_under
from services.loyalty.operations.hold_points import hold_points
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.holds import HoldRow
from services.loyalty.tables.offline import OfflineAllowanceRow


def issue_allowance(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    unit: str,
    units: Points,
    lasting: timedelta,
    grace: timedelta,
    key: SigningKey,
    at: datetime,
) -> tuple[OfflineAllowanceRow, HoldRow, str]:
    """Set units aside, and sign that a till may take them; the allowance, its hold, and the token, told this once.

    Tills take it for as long as it lasts; the units stay set aside for the `grace` after that, for what comes late.
    Raises NoSuchCustomer, CustomerBlocked, InsufficientPoints and AllowanceNotOffered.
    """
    allowance_id = new_id("oal")
    hold = hold_points(
        db, tenant_id, customer_id, unit=unit, amount=units, lasting=lasting + grace, reference=allowance_id, at=at
    )
    program = SHELF.live(db, tenant_id, at)
    currency, worth = worth_under(program.document if program else None, unit, hold.amount)
    valid_from = at.replace(microsecond=0)
    promise = Allowance(
        tenant_id=tenant_id,
        customer_id=customer_id,
        id=allowance_id,
        unit=unit,
        units=hold.amount,
        currency=currency,
        worth=worth,
        valid_from=valid_from,
        valid_until=valid_from + lasting,
    )
    token = signed(promise, key)
    row = OfflineAllowanceRow(
        tenant_id=tenant_id,
        id=allowance_id,
        hold_id=hold.id,
        customer_id=customer_id,
        unit=unit,
        units=hold.amount,
        taken=Points(0),
        currency=currency,
        worth=worth,
        spent=0,
        token_hash=token_hash(token),
        valid_from=promise.valid_from,
        valid_until=promise.valid_until,
    )
    db.add(row)
    db.flush()
    return row, hold, token
