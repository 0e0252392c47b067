"""Door 2, events: what notifications hears, and tells customers about it.

Consents are not heard: they are asked for at the moment of sending, when only the latest word counts.
"""

from sqlalchemy.orm import Session

from chassis.data.known_tenants import learn_tenant
from chassis.events.letters import Hearing, Listeners
from contracts.events.access import TenantCreated
from contracts.events.customers import CustomerChanged, CustomerCreated
from contracts.events.loyalty import FamilyChanged, PointsExpired, PurchaseRecorded, PurchaseReturned, RewardRedeemed
from services.notifications.domain import parts
from services.notifications.domain.message import Kind
from services.notifications.operations.keep_business import keep_business
from services.notifications.operations.keep_customer import keep_customer
from services.notifications.operations.queue_message import queue_message
from services.notifications.operations.translate_facts import translate_facts


def on_tenant_created(db: Session, event: TenantCreated, _hearing: Hearing) -> None:
    """Every service keeps the list of tenants; this one also their names, to sign with."""
    learn_tenant(db, event.tenant_id, livemode=event.livemode, currency=event.currency, time_zone=event.time_zone)
    keep_business(db, event.tenant_id, event.name)


def on_customer_created(db: Session, event: CustomerCreated, hearing: Hearing) -> None:
    """A customer is new: welcome."""
    keep_customer(db, event)
    queue_message(db, event, Kind.WELCOME, [parts.Welcome()], hearing)


def on_customer_changed(db: Session, event: CustomerChanged, _hearing: Hearing) -> None:
    """A customer may read another language now."""
    keep_customer(db, event)


def on_purchase_recorded(db: Session, event: PurchaseRecorded, hearing: Hearing) -> None:
    """One message for all that a purchase brought."""
    queue_message(db, event, Kind.PURCHASE, translate_facts(event), hearing)


def on_purchase_returned(db: Session, event: PurchaseReturned, hearing: Hearing) -> None:
    """What was given back, and what was taken back with it. Staff who correct a sale speak for themselves."""
    if event.change != "return":
        return
    refund = [parts.Refunded(currency=event.currency, amount=event.refund)] if event.refund else []
    queue_message(db, event, Kind.RETURN, [*refund, *translate_facts(event)], hearing)


def on_reward_redeemed(db: Session, event: RewardRedeemed, hearing: Hearing) -> None:
    """Points became a reward."""
    taken = parts.RewardTaken(reward_name=event.reward_name, unit=event.unit, price=event.price)
    queue_message(db, event, Kind.REDEMPTION, [taken, parts.Balance(unit=event.unit, amount=event.balance)], hearing)


def on_points_expired(db: Session, event: PointsExpired, hearing: Hearing) -> None:
    """Points died unused."""
    expired = parts.UnitsExpired(unit=event.unit, amount=event.amount)
    queue_message(db, event, Kind.EXPIRY, [expired, parts.Balance(unit=event.unit, amount=event.balance)], hearing)


def on_family_changed(db: Session, event: FamilyChanged, hearing: Hearing) -> None:
    """Somebody may share a membership, or no longer may."""
    part = parts.FamilyJoined if event.step == "joined" else parts.FamilyLeft
    queue_message(db, event, Kind.FAMILY, [part(plan_name=event.plan_name)], hearing)


LISTENERS: Listeners = {
    TenantCreated: on_tenant_created,
    CustomerCreated: on_customer_created,
    CustomerChanged: on_customer_changed,
    PurchaseRecorded: on_purchase_recorded,
    PurchaseReturned: on_purchase_returned,
    RewardRedeemed: on_reward_redeemed,
    PointsExpired: on_points_expired,
    FamilyChanged: on_family_changed,
}
