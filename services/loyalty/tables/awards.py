"""What customers were given for something other than a purchase."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.tables.base import Base


class AwardRow(Base):
    """What a rule gave a customer for a source: the key says it is given once, however often it is asked for.

    `units` is what came into the wallet, which may be nothing where there was no room.
    """

    __tablename__ = "awards"
    __table_args__ = (
        CheckConstraint("units >= 0", name="units_not_negative"),
        CheckConstraint("units = 0 OR unit IS NOT NULL", name="units_of_something"),
    )

    tenant_id: Mapped[TenantKey]
    source: Mapped[str] = mapped_column(primary_key=True)  # the id of what it is for
    rule: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    id: Mapped[str]  # its lot is named after it
    program_id: Mapped[str]
    program_version: Mapped[int]
    unit: Mapped[str | None]
    units: Mapped[Points]
    voucher_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
