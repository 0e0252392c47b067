"""A business joins."""

from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from chassis.data.database import see_only
from chassis.events.outbox import publish
from contracts.events.access import TenantCreated
from gateway.tables.tenants import TenantRow
from kernel.ids import TenantId, new_id
from kernel.language import Text
from kernel.refusal import Unprocessable


class UnknownTimeZone(Unprocessable):
    """No such zone in the IANA database."""

    code = "unknown_time_zone"
    title = Text(en="Unknown time zone", ar="منطقة زمنية غير معروفة")
    detail = Text(en="{time_zone} is not an IANA time zone.", ar="{time_zone} ليست منطقة زمنية في قائمة IANA.")


class UnknownCurrency(Unprocessable):
    """Not a currency code."""

    code = "unknown_currency"
    title = Text(en="Unknown currency", ar="عملة غير معروفة")
    detail = Text(en="{currency} is not an ISO 4217 code.", ar="{currency} ليس رمزًا في ISO 4217.")


def create_tenant(db: Session, *, name: str, livemode: bool, currency: str, time_zone: str, at: datetime) -> TenantRow:
    """Create a tenant and tell the services. From here on the transaction sees the new tenant's rows only.

    Raises UnknownTimeZone, UnknownCurrency.
    """
    if time_zone not in available_timezones():
        raise UnknownTimeZone(time_zone=time_zone)
    if not (currency.isascii() and currency.isalpha() and currency.isupper() and len(currency) == 3):
        raise UnknownCurrency(currency=currency)
    tenant_id = TenantId(new_id("ten"))
    see_only(db, tenant_id)
    tenant = TenantRow(
        tenant_id=tenant_id, name=name, livemode=livemode, currency=currency, time_zone=time_zone, created_at=at
    )
    db.add(tenant)
    db.flush()
    publish(
        db,
        TenantCreated(
            tenant_id=tenant_id,
            occurred_at=at,
            name=name,
            livemode=livemode,
            currency=currency,
            time_zone=time_zone,
        ),
    )
    return tenant
