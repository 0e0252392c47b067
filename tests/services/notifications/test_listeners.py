"""What notifications does about what it hears."""

from datetime import UTC, datetime

from chassis.data.database import Database
from contracts.event import Event
from contracts.events.loyalty import FamilyChanged, PointsExpired, RewardRedeemed
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.notifications.domain import parts
from services.notifications.domain.parts import PARTS
from services.notifications.tables import CustomerRow
from tests.services.notifications.telling import (
    COFFEE,
    FREE_COFFEE,
    GOLD,
    MORNING,
    bought,
    changed,
    created,
    gave_back,
    membership,
    messages,
    points,
    stamps,
    tell,
    voucher,
)

SARA = CustomerId(new_id("cus"))
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_new_customer_is_welcomed(database: Database, bakery: TenantId) -> None:
    event_id = tell(database, created(bakery, SARA))
    [message] = messages(database, bakery)
    assert (message.kind, message.state, message.customer_id) == ("welcome", "queued", SARA)
    assert (message.id, message.event_id) == (event_id.replace("evt_", "msg_"), event_id)
    assert (message.occurred_at, message.created_at, message.due_at) == (MORNING, MORNING, MORNING)
    assert PARTS.validate_python(message.parts) == (parts.Welcome(),)


def test_a_purchase_is_one_message(database: Database, bakery: TenantId) -> None:
    tell(database, bought(bakery, SARA, membership(), voucher(), points(35), stamps(on_card=4)))
    [message] = messages(database, bakery)
    assert message.kind == "purchase"
    assert PARTS.validate_python(message.parts) == (
        parts.MembershipExtended(plan_name=GOLD, paid_months=12, bonus_months=3, ends_on=membership().ends_on),
        parts.VoucherReceived(reward_name=FREE_COFFEE),
        parts.PointsReceived(unit="points", amount=35),
        parts.StampProgress(card_name=COFFEE, stamps_left=2),
        parts.Balance(unit="points", amount=320),
    )


def test_a_return_tells_what_was_given_back_and_taken(database: Database, bakery: TenantId) -> None:
    tell(database, gave_back(bakery, SARA, points(-12), stamps(on_card=3, stamps=-1), membership(paid=-12, bonus=-3)))
    [message] = messages(database, bakery)
    assert message.kind == "return"
    assert PARTS.validate_python(message.parts) == (
        parts.Refunded(currency="SAR", amount=1250),
        parts.MembershipShortened(plan_name=GOLD, ends_on=membership().ends_on),
        parts.PointsTaken(unit="points", amount=12),
        parts.StampProgress(card_name=COFFEE, stamps_left=3),
        parts.Balance(unit="points", amount=300),
    )


def test_a_redemption_and_an_expiry_are_told(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "unit": "points", "balance": Points(20)}
    reward = {"redemption_id": new_id("red"), "reward_id": new_id("rwd"), "voucher_id": new_id("vch")}
    tell(database, RewardRedeemed(**about, **reward, reward_name=FREE_COFFEE, price=Points(300)))
    tell(database, PointsExpired(**about, amount=Points(15)))
    balance = parts.Balance(unit="points", amount=20)
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in messages(database, bakery)] == [
        ("redemption", (parts.RewardTaken(reward_name=FREE_COFFEE, unit="points", price=300), balance)),
        ("expiry", (parts.UnitsExpired(unit="points", amount=15), balance)),
    ]


def test_a_replay_rebuilds_messages_without_sending_them(
    database: Database, bakery: TenantId, other_tenant_id: TenantId
) -> None:
    heard: list[tuple[Event, str]] = []
    told: list[Event] = [created(bakery, SARA), bought(bakery, SARA, points(35))]
    for event in told:
        heard.append((event, tell(database, event)))
    original = messages(database, bakery)
    # The other tenant stands for a database that has lost everything.
    for event, event_id in heard:
        tell(database, event.model_copy(update={"tenant_id": other_tenant_id}), event_id, replaying=True)
    rebuilt = messages(database, other_tenant_id)
    assert [(m.id, m.kind, m.parts, m.customer_id) for m in rebuilt] == [
        (m.id, m.kind, m.parts, m.customer_id) for m in original
    ]
    assert {(m.state, m.due_at) for m in rebuilt} == {("suppressed", None)}


def test_a_customer_may_read_another_language_from_now_on(database: Database, bakery: TenantId) -> None:
    for event in (created(bakery, SARA, language="ar"), changed(bakery, SARA, version=2, language="en")):
        tell(database, event)
    with database.transaction(bakery) as db:
        assert db.get_one(CustomerRow, (bakery, SARA)).language == "en"
    assert [message.kind for message in messages(database, bakery)] == ["welcome"]


def test_a_family_is_told_who_came_and_who_left(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING}
    of = {"membership_id": new_id("mbs"), "holder_id": new_id("cus"), "plan": "gold", "plan_name": GOLD}
    tell(database, FamilyChanged(**about, **of, step="joined"))
    tell(database, FamilyChanged(**about, **of, step="left"))
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in messages(database, bakery)] == [
        ("family", (parts.FamilyJoined(plan_name=GOLD),)),
        ("family", (parts.FamilyLeft(plan_name=GOLD),)),
    ]
