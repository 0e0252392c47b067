"""Shops made up by hypothesis, told to the service and to the oracle alike."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from contracts.event import Event
from kernel.ids import TenantId
from tests.services.retention.oracle import Sale, Shop
from tests.services.retention.telling import bought, created, gave_back, tenant_created

ZONES = ("Asia/Riyadh", "UTC", "America/New_York", "Africa/Cairo", "Pacific/Kiritimati", "Asia/Kathmandu")
# Around the weeks in which Cairo and New York change their clocks.
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = 24 * 70

moments = st.integers(0, HOURS * 2).map(lambda halves: BEGIN + timedelta(minutes=30 * halves))


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    """A purchase by one of a few customers; now and then all of it comes back."""
    at = draw(moments)
    came_back = draw(st.none() | st.none() | st.integers(0, 24 * 30))
    returned_at = None if came_back is None else at + timedelta(hours=came_back)
    return Sale(draw(st.sampled_from("abcdef")), at, returned_at)


shops = st.builds(
    Shop,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    sales=st.lists(sales(), max_size=60),
    signed_up=st.dictionaries(st.sampled_from("abcxyz"), moments, max_size=5),
)


def events_of(shop: Shop, tenant_id: TenantId) -> list[Event]:
    """What loyalty, customers and the gateway would tell of that shop."""
    events: list[Event] = [tenant_created(tenant_id, shop.zone.key)]
    for customer, at in shop.signed_up.items():
        events.append(created(tenant_id, f"cus_{customer}", "2026-01-01").model_copy(update={"occurred_at": at}))
    for sale in shop.sales:
        purchase = bought(tenant_id, f"cus_{sale.customer}", sale.at)
        events.append(purchase)
        if sale.returned_at is not None:
            events.append(gave_back(purchase, sale.returned_at))
    return events
