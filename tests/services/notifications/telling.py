"""Telling notifications what happened: events with only what the test is about, heard as its worker would."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, text

from chassis.data.database import Database
from chassis.events.letters import Hearing, Told, hand_over
from contracts.event import Event
from contracts.events.access import TenantCreated
from contracts.events.customers import CustomerChanged, CustomerCreated
from contracts.events.loyalty import (
    AnyFact,
    MembershipExtended,
    PointsAccrued,
    PurchaseRecorded,
    PurchaseReturned,
    StampsGiven,
    VoucherIssued,
)
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.notifications.listeners import LISTENERS
from services.notifications.tables import MessageRow

MORNING = datetime(2026, 11, 22, 9, tzinfo=UTC)
COFFEE = {"en": "Coffee card", "ar": "بطاقة القهوة"}
FREE_COFFEE = {"en": "Free coffee", "ar": "قهوة مجانية"}
GOLD = {"en": "Gold", "ar": "الذهبية"}


def tell(database: Database, event: Event, event_id: str | None = None, *, replaying: bool = False) -> str:
    """Let notifications hear an event in a transaction of its own; returns the event's id."""
    event_id = event_id or new_id("evt")
    with database.transaction(event.tenant_id) as db:
        hand_over(db, LISTENERS, [Told(event, Hearing(event_id, MORNING, replaying))])
    return event_id


def messages(database: Database, tenant_id: TenantId) -> Sequence[MessageRow]:
    """All of a tenant's messages, oldest first."""
    with database.transaction(tenant_id) as db:
        return db.scalars(select(MessageRow).order_by(MessageRow.id)).all()


def published(database: Database, tenant_id: TenantId) -> Sequence[tuple[str, str]]:
    """Type and data of what notifications told the others, in order."""
    with database.transaction(tenant_id) as db:
        return [(row.type, row.data) for row in db.execute(text("SELECT type, data FROM outbox ORDER BY position"))]


def tenant_created(tenant_id: TenantId, name: str = "Bakery") -> TenantCreated:
    """A business in Riyadh."""
    return TenantCreated(
        tenant_id=tenant_id, occurred_at=MORNING, name=name, livemode=False, currency="SAR", time_zone="Asia/Riyadh"
    )


def created(tenant_id: TenantId, customer_id: CustomerId, **facts: Any) -> CustomerCreated:
    """A customer who signed up, who reads Arabic."""
    known = {"version": 1, "language": "ar", **facts}
    return CustomerCreated(tenant_id=tenant_id, customer_id=customer_id, occurred_at=MORNING, **known)


def changed(tenant_id: TenantId, customer_id: CustomerId, **facts: Any) -> CustomerChanged:
    """A customer about whom something changed."""
    return CustomerChanged(tenant_id=tenant_id, customer_id=customer_id, occurred_at=MORNING, **facts)


def bought(
    tenant_id: TenantId, customer_id: CustomerId | None, *facts: AnyFact, balance: int = 320
) -> PurchaseRecorded:
    """A purchase that brought these facts."""
    return PurchaseRecorded(
        tenant_id=tenant_id,
        customer_id=customer_id,
        occurred_at=MORNING,
        purchase_id=new_id("pur"),
        store_id="riyadh-1",
        channel="store",
        currency="SAR",
        subtotal=3500,
        discount=0,
        due=3500,
        facts=list(facts),
        balance=Points(balance),
    )


def gave_back(tenant_id: TenantId, customer_id: CustomerId, *facts: AnyFact, refund: int = 1250) -> PurchaseReturned:
    """A return that posted these differences."""
    return PurchaseReturned(
        tenant_id=tenant_id,
        customer_id=customer_id,
        occurred_at=MORNING,
        purchase_id=new_id("pur"),
        return_id=new_id("ret"),
        currency="SAR",
        refund=refund,
        whole=False,
        facts=list(facts),
        balance=Points(300),
    )


def points(amount: int, **fact: Any) -> PointsAccrued:
    """Points into the wallet, or out of it."""
    return PointsAccrued(unit="points", amount=Points(amount), **fact)


def stamps(on_card: int, needed: int = 6, stamps: int = 1) -> StampsGiven:
    """A stamp on the coffee card."""
    return StampsGiven(card="coffee", card_name=COFFEE, stamps=stamps, stamps_on_card=on_card, stamps_needed=needed)


def voucher() -> VoucherIssued:
    """A voucher for a coffee."""
    return VoucherIssued(voucher_id=new_id("vch"), reward_name=FREE_COFFEE)


def membership(paid: int = 12, bonus: int = 3) -> MembershipExtended:
    """Gold for fifteen months."""
    return MembershipExtended(
        plan="gold", plan_name=GOLD, paid_months=paid, bonus_months=bonus, ends_on=date(2028, 2, 22)
    )
