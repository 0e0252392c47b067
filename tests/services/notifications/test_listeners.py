"""What notifications does about what it hears."""

from datetime import UTC, datetime

import pytest

from chassis.database import Database
from contracts.event import Event
from contracts.events.loyalty import AnyFact, DiscountGiven, PointsExpired, RewardRedeemed
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.notifications.domain import parts
from services.notifications.domain.parts import PARTS, Part
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


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        pytest.param(
            [membership(), voucher(), points(35), stamps(on_card=4)],
            [
                parts.MembershipExtended(plan_name=GOLD, paid_months=12, bonus_months=3, ends_on=membership().ends_on),
                parts.VoucherReceived(reward_name=FREE_COFFEE),
                parts.PointsReceived(unit="points", amount=35),
                parts.StampProgress(card_name=COFFEE, stamps_left=2),
                parts.Balance(unit="points", amount=320),
            ],
            id="everything a purchase can bring, in one message",
        ),
        pytest.param(
            [stamps(on_card=3), stamps(on_card=4), points(10), points(25)],
            [
                parts.PointsReceived(unit="points", amount=35),
                parts.StampProgress(card_name=COFFEE, stamps_left=2),
                parts.Balance(unit="points", amount=320),
            ],
            id="several rules, one sum",
        ),
        pytest.param(
            [points(10, spendable_at=MORNING), points(25, spendable_at=LATER)],
            [
                parts.PointsReceived(unit="points", amount=10),
                parts.PointsReceived(unit="points", amount=25, spendable_at=LATER),
                parts.Balance(unit="points", amount=320),
            ],
            id="pending points apart",
        ),
        pytest.param([stamps(on_card=4)], [parts.StampProgress(card_name=COFFEE, stamps_left=2)], id="no points moved"),
    ],
)
def test_a_purchase_is_one_message(
    database: Database, bakery: TenantId, facts: list[AnyFact], told: list[Part]
) -> None:
    tell(database, bought(bakery, SARA, *facts))
    [message] = messages(database, bakery)
    assert message.kind == "purchase"
    assert PARTS.validate_python(message.parts) == tuple(told)


@pytest.mark.parametrize(
    ("customer_id", "facts"),
    [
        pytest.param(SARA, [DiscountGiven(rule="b2g1", amount=500, free_units=1)], id="it is on the receipt already"),
        pytest.param(SARA, [points(0)], id="no points"),
        pytest.param(None, [points(35)], id="a walk-in"),
    ],
)
def test_a_purchase_with_nothing_to_tell_is_no_message(
    database: Database, bakery: TenantId, customer_id: CustomerId | None, facts: list[AnyFact]
) -> None:
    tell(database, bought(bakery, customer_id, *facts))
    assert messages(database, bakery) == []


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


def test_an_event_heard_three_times_is_one_message(database: Database, bakery: TenantId) -> None:
    event = bought(bakery, SARA, points(35))
    event_id = tell(database, event)
    tell(database, event, event_id)
    tell(database, event, event_id)
    assert len(messages(database, bakery)) == 1


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


def test_a_replay_leaves_messages_alone_that_are_there(database: Database, bakery: TenantId) -> None:
    event = created(bakery, SARA)
    event_id = tell(database, event)
    tell(database, event, event_id, replaying=True)
    assert [message.state for message in messages(database, bakery)] == ["queued"]


@pytest.mark.parametrize(
    ("heard", "language"),
    [
        pytest.param([(1, "ar"), (2, "en")], "en", id="in order"),
        pytest.param([(2, "en"), (1, "ar")], "en", id="the older one late"),
        pytest.param([(1, "ar"), (3, "ar"), (2, "en")], "ar", id="the middle one last"),
    ],
)
def test_the_newest_facts_of_a_customer_count(
    database: Database, bakery: TenantId, heard: list[tuple[int, str]], language: str
) -> None:
    for version, told in heard:
        tell(database, changed(bakery, SARA, version=version, language=told))
    with database.transaction(bakery) as db:
        assert db.get_one(CustomerRow, (bakery, SARA)).language == language
