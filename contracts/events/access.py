"""What the gateway tells: tenants."""

from typing import ClassVar

from contracts.event import Event


class TenantCreated(Event):
    """A business joined. `currency` is ISO 4217, `time_zone` an IANA name."""

    event_type: ClassVar[str] = "access.tenant_created.v1"

    name: str
    livemode: bool
    currency: str
    time_zone: str
