"""What notifications does about what it hears."""

from datetime import UTC, date, datetime
from itertools import cycle
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.data.database import Database
from chassis.events.letters import Hearing, Told, hand_over
from contracts.event import Event
from contracts.events.loyalty import (
    ActivityRecorded,
    AwardGiven,
    DayCelebrated,
    DrawPrizeClaimed,
    DrawWon,
    FamilyChanged,
    InstantWinWon,
    LeaderboardWon,
    MembershipChanged,
    MembershipLapsed,
    MembershipRenewalDue,
    PassesIssued,
    PointsAccrued,
    PointsExpired,
    PointsExpiring,
    PurchaseClaimed,
    RedemptionMoved,
    ReferralMilestoneLost,
    ReferralMilestoneReached,
    ReferralRevoked,
    ReferralRewarded,
    RewardRedeemed,
    TierChanged,
    TierWarning,
    VoucherIssued,
)
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.notifications.domain import parts
from services.notifications.domain.parts import PARTS
from services.notifications.listeners import LISTENERS
from services.notifications.tables import CustomerRow, MessageRow
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
BADR = CustomerId(new_id("cus"))
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_new_customer_is_welcomed(database: Database, bakery: TenantId) -> None:
    event_id = tell(database, created(bakery, SARA))
    [message] = messages(database, bakery)
    assert (message.kind, message.state, message.customer_id) == ("welcome", "queued", SARA)
    assert (message.id, message.event_id) == (event_id.replace("evt_", "msg_"), event_id)
    assert (message.occurred_at, message.created_at, message.due_at) == (MORNING, MORNING, MORNING)
    assert PARTS.validate_python(message.parts) == (parts.Welcome(),)


@given(
    told=st.lists(
        st.tuples(st.integers(0, 15), st.sampled_from(range(6)), st.sampled_from([SARA, BADR]), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    sizes=st.lists(st.integers(1, 12), min_size=1),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_told_together_comes_to_what_it_would_have_one_by_one(
    database: Database, told: list[tuple[int, int, CustomerId, bool]], sizes: list[int]
) -> None:
    """Some of it again, under the same id, and some of it in a replay."""
    alone, together = TenantId(new_id("ten")), TenantId(new_id("ten"))
    for number, what, customer_id, replaying in told:
        tell(database, an_event(alone, what, customer_id, number), f"evt_{number}", replaying=replaying)
    heard = [
        Told(an_event(together, what, customer_id, number), Hearing(f"evt_{number}", MORNING, replaying))
        for number, what, customer_id, replaying in told
    ]
    turn = cycle(sizes)
    while heard:
        size = next(turn)
        with database.transaction(together) as db:
            hand_over(db, LISTENERS, heard[:size])
        heard = heard[size:]
    assert kept(database, together) == kept(database, alone)


def an_event(tenant_id: TenantId, what: int, customer_id: CustomerId, number: int) -> Event:
    """One of six, none of which looks like another's."""
    return (
        created(tenant_id, customer_id, version=1 + number % 2),
        changed(tenant_id, customer_id, version=number % 5, language="en" if number % 3 else "ar"),
        bought(tenant_id, customer_id, points(number)),
        bought(tenant_id, None, points(number)),
        bought(tenant_id, customer_id),
        gave_back(tenant_id, customer_id, points(-number), refund=number),
    )[what]


def kept(database: Database, tenant_id: TenantId) -> list[list[dict[str, Any]]]:
    """All that notifications keeps of a tenant."""
    with database.transaction(tenant_id) as db:
        return [
            [
                {
                    column.key: getattr(row, column.key)
                    for column in table.__table__.columns
                    if column.key != "tenant_id"
                }
                for row in db.scalars(select(table).order_by(*table.__table__.primary_key))
            ]
            for table in (MessageRow, CustomerRow)
        ]


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


def test_a_life_of_a_membership_is_told(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING}
    gold = {"membership_id": new_id("mbs"), "plan": "gold", "plan_name": GOLD}
    end = date(2026, 12, 31)
    tell(database, MembershipChanged(**about, **gold, change="frozen", ends_on=None))
    tell(database, MembershipRenewalDue(**about, **gold, ends_on=end, days_left=7))
    tell(database, MembershipLapsed(**about, **gold, ended_on=end))
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in messages(database, bakery)] == [
        ("membership", (parts.MembershipChanged(plan_name=GOLD, change="frozen"),)),
        ("membership", (parts.MembershipEnding(plan_name=GOLD, ends_on=end, days_left=7),)),
        ("membership", (parts.MembershipOver(plan_name=GOLD, ended_on=end),)),
    ]


def test_units_that_die_soon_are_told(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "unit": "points", "days": 7}
    tell(database, PointsExpiring(**about, amount=Points(15), expires_at=LATER, last_day=date(2026, 11, 30)))
    [message] = messages(database, bakery)
    assert message.kind == "expiring"
    assert PARTS.validate_python(message.parts) == (
        parts.UnitsExpiring(unit="points", amount=15, last_day=date(2026, 11, 30)),
    )


def test_a_prize_is_told_and_what_came_with_it(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING}
    won = {"draw_id": new_id("drw"), "draw_name": GOLD, "prize_name": FREE_COFFEE, "pick": 1}
    tell(database, DrawWon(**about, **won, claim_until=LATER))
    points = PointsAccrued(unit="points", amount=Points(500))
    for facts in ([], [points]):
        tell(database, DrawPrizeClaimed(**about, **won, facts=facts, balance=Points(500)))
    told = messages(database, bakery)
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in told] == [
        ("draw", (parts.PrizeWon(draw_name=GOLD, prize_name=FREE_COFFEE, claim_until=LATER),)),
        (
            "draw",
            (parts.PointsReceived(unit="points", amount=500), parts.Balance(unit="points", amount=500)),
        ),
    ]


def test_an_instant_win_is_told_with_what_it_brought(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING}
    won = {"instant_win_id": new_id("iwn"), "instant_win_name": GOLD, "prize_name": FREE_COFFEE, "play_id": "ply_1"}
    points = PointsAccrued(unit="points", amount=Points(50))
    for facts, balance in (([], None), ([points], Points(500))):
        tell(database, InstantWinWon(**about, **won, facts=facts, balance=balance))
    told = messages(database, bakery)
    prize = parts.InstantPrizeWon(instant_win_name=GOLD, prize_name=FREE_COFFEE)
    brought = (parts.PointsReceived(unit="points", amount=50), parts.Balance(unit="points", amount=500))
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in told] == [
        ("instant_win", (prize,)),
        ("instant_win", (prize, *brought)),
    ]


def test_a_place_on_a_leaderboard_is_told_with_what_it_won(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING}
    won = {"leaderboard_id": new_id("ldb"), "leaderboard_name": GOLD, "round_id": new_id("rnd"), "place": 2}
    tell(database, LeaderboardWon(**about, **won, facts=[points(20)], balance=Points(20)))
    [message] = messages(database, bakery)
    assert message.kind == "leaderboard"
    assert PARTS.validate_python(message.parts) == (
        parts.PlaceWon(leaderboard_name=GOLD, place=2),
        parts.PointsReceived(unit="points", amount=20),
        parts.Balance(unit="points", amount=20),
    )


def test_an_award_for_many_is_told_by_its_name(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING}
    voucher = VoucherIssued(voucher_id=new_id("vch"), reward_name=FREE_COFFEE, expires_at=LATER)
    tell(database, AwardGiven(**about, batch_id=new_id("awb"), award_name=GOLD, facts=[voucher], balance=Points(20)))
    [message] = messages(database, bakery)
    assert message.kind == "award"
    assert PARTS.validate_python(message.parts) == (
        parts.AwardReceived(award_name=GOLD),
        parts.VoucherReceived(reward_name=FREE_COFFEE, expires_at=LATER),
    )


def test_the_way_of_a_reward_is_told_until_it_is_handed_over(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "unit": "points", "balance": Points(20)}
    reward = {"redemption_id": new_id("red"), "reward_id": new_id("rwd"), "reward_name": FREE_COFFEE}
    for status, given_back in (("shipped", 0), ("handed_over", 0), ("cancelled", 300)):
        tell(database, RedemptionMoved(**about, **reward, status=status, given_back=Points(given_back)))
    assert [PARTS.validate_python(message.parts) for message in messages(database, bakery)] == [
        (parts.RewardMoved(reward_name=FREE_COFFEE, status="shipped"),),
        (parts.RewardMoved(reward_name=FREE_COFFEE, status="cancelled"), parts.Balance(unit="points", amount=20)),
    ]


def test_a_sale_that_is_claimed_later_is_told_as_a_purchase(database: Database, bakery: TenantId) -> None:
    sale = bought(bakery, SARA, points(35)).model_dump(exclude={"channel"})
    tell(database, PurchaseClaimed(**sale, sold_at=MORNING, refund=0))
    [message] = messages(database, bakery)
    assert message.kind == "purchase"
    assert PARTS.validate_python(message.parts)[0] == parts.PointsReceived(unit="points", amount=35)


def test_passes_are_told_and_their_return_is_not(database: Database, bakery: TenantId) -> None:
    passes = PassesIssued(plan="gold", plan_name=GOLD, passes=1, entries=10)
    tell(database, bought(bakery, SARA, passes))
    tell(database, gave_back(bakery, SARA, passes.model_copy(update={"passes": -1}), refund=0))
    [message] = messages(database, bakery)
    assert PARTS.validate_python(message.parts) == (parts.PassesReceived(plan_name=GOLD, passes=1, entries=10),)


def test_gifts_for_days_are_told(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "balance": Points(20)}
    tell(database, DayCelebrated(**about, celebration_id="cel_1", celebration="birthday", facts=[points(20)]))
    tell(
        database, DayCelebrated(**about, celebration_id="cel_2", celebration="anniversary", years=3, facts=[voucher()])
    )
    tell(database, DayCelebrated(**about, celebration_id="cel_3", celebration="birthday", facts=[]))
    assert [(message.kind, PARTS.validate_python(message.parts)[:2]) for message in messages(database, bakery)] == [
        ("birthday", (parts.HappyBirthday(), parts.PointsReceived(unit="points", amount=20))),
        ("anniversary", (parts.YearsTogether(years=3), parts.VoucherReceived(reward_name=FREE_COFFEE))),
    ]


def test_a_rewarded_activity_is_told_and_another_is_not(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "activity": "review"}
    tell(database, ActivityRecorded(**about, activity_id="act_1", facts=[points(20)], balance=Points(20)))
    tell(database, ActivityRecorded(**about, activity_id="act_2", facts=[], balance=Points(20)))
    [message] = messages(database, bakery)
    assert message.kind == "activity"
    assert PARTS.validate_python(message.parts) == (
        parts.Thanks(),
        parts.PointsReceived(unit="points", amount=20),
        parts.Balance(unit="points", amount=20),
    )


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


def test_a_way_up_and_down_the_ladder_is_told(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "happened_on": date(2026, 11, 22)}
    gold = {"tier": "gold", "tier_name": GOLD, "ends_on": date(2027, 12, 31)}
    tell(database, TierChanged(**about, change="upgraded", before=None, **gold))
    tell(database, TierChanged(**about, change="set", before="gold", **gold))
    tell(database, TierChanged(**about, change="set", before="silver", **gold))
    tell(database, TierChanged(**about, change="downgraded", before="gold", tier=None, tier_name=None, ends_on=None))
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in messages(database, bakery)] == [
        ("tier", (parts.TierReached(tier_name=GOLD, ends_on=date(2027, 12, 31)),)),
        ("tier", (parts.TierReached(tier_name=GOLD, ends_on=date(2027, 12, 31)),)),
        ("tier", (parts.TierLowered(),)),
    ]


def test_the_end_of_a_tier_is_told_with_what_is_needed(database: Database, bakery: TenantId) -> None:
    end = date(2026, 12, 31)
    tell(
        database,
        TierWarning(
            tenant_id=bakery,
            customer_id=SARA,
            occurred_at=MORNING,
            tier="gold",
            tier_name=GOLD,
            ends_on=end,
            days_left=30,
            unit="points",
            counted=600,
            needed=4400,
            falls_to="silver",
            falls_to_name={"en": "Silver", "ar": "الفضية"},
        ),
    )
    [message] = messages(database, bakery)
    told = parts.TierEnding(tier_name=GOLD, ends_on=end, unit="points", needed=4400)
    assert PARTS.validate_python(message.parts) == (told,)


def test_a_friend_who_was_brought_is_told_to_both(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "referral_id": new_id("rfl")}
    tell(database, ReferralRewarded(**about, side="advocate", facts=[points(500)], balance=Points(520)))
    tell(database, ReferralRevoked(**about, side="friend", reason="returned", facts=[], balance=Points(20)))
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in messages(database, bakery)] == [
        (
            "referral",
            (
                parts.ReferralMoved(side="advocate", step="rewarded"),
                parts.PointsReceived(unit="points", amount=500),
                parts.Balance(unit="points", amount=520),
            ),
        ),
        ("referral", (parts.ReferralMoved(side="friend", step="revoked"),)),
    ]


def test_of_every_purchase_both_are_told_in_words_of_their_own(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "referral_id": new_id("rfl")}
    bought = {"purchase_id": new_id("pur"), "facts": [], "balance": Points(20)}
    tell(database, ReferralRewarded(**about, **bought, side="advocate"))
    tell(database, ReferralRevoked(**about, **bought, side="friend", reason="returned"))
    assert [PARTS.validate_python(message.parts) for message in messages(database, bakery)] == [
        (parts.ReferralMoved(side="advocate", step="purchase_rewarded"),),
        (parts.ReferralMoved(side="friend", step="purchase_revoked"),),
    ]


def test_an_advocate_is_told_of_so_many_friends(database: Database, bakery: TenantId) -> None:
    about = {"tenant_id": bakery, "customer_id": SARA, "occurred_at": MORNING, "milestone_id": new_id("rfm")}
    reached = ReferralMilestoneReached(
        **about, referral_id=new_id("rfl"), friends=3, facts=[points(500)], balance=Points(520)
    )
    tell(database, reached)
    tell(database, ReferralMilestoneLost(**about, friends=3, facts=[], balance=Points(20)))
    assert [(message.kind, PARTS.validate_python(message.parts)) for message in messages(database, bakery)] == [
        (
            "referral",
            (
                parts.MilestoneMoved(friends=3, step="reached"),
                parts.PointsReceived(unit="points", amount=500),
                parts.Balance(unit="points", amount=520),
            ),
        ),
        ("referral", (parts.MilestoneMoved(friends=3, step="lost"),)),
    ]
