from datetime import timedelta

from contracts.event import Event
from contracts.events.loyalty import MembershipLapsed, MembershipRenewalDue
from tests.services.loyalty.memberships import GYM, YEAR, sold
from tests.services.loyalty.shop import Shop


def ends_told(shop: Shop) -> list[Event]:
    return [event for event in shop.told() if isinstance(event, MembershipLapsed | MembershipRenewalDue)]


def test_a_renewal_is_due_once(shop: Shop) -> None:
    sold(shop, {**GYM, "reminder_days": 14})
    shop.at += timedelta(days=456 - 15)
    assert (shop.tell_membership_ends(), ends_told(shop)) == (0, [])
    for _ in range(3):
        shop.at += timedelta(days=1)
        shop.tell_membership_ends()
    (due,) = ends_told(shop)
    assert isinstance(due, MembershipRenewalDue)
    assert (str(due.ends_on), due.days_left, due.plan) == ("2037-06-01", 14, "gym")


def test_a_renewed_membership_is_reminded_of_its_new_end(shop: Shop) -> None:
    gym = sold(shop, {**GYM, "reminder_days": 14})
    shop.at += timedelta(days=450)
    shop.tell_membership_ends()
    (row,) = shop.rows("SELECT customer_id FROM memberships WHERE id = :id", id=gym.id)
    shop.sell(row["customer_id"], YEAR)
    shop.at += timedelta(days=450)
    shop.tell_membership_ends()
    assert [str(event.ends_on) for event in ends_told(shop) if isinstance(event, MembershipRenewalDue)] == [
        "2037-06-01",
        "2038-09-01",
    ]


def test_nobody_is_reminded_while_frozen(shop: Shop) -> None:
    gym = sold(shop, {**GYM, "reminder_days": 14})
    gym.freeze()
    shop.at += timedelta(days=450)
    shop.tell_membership_ends()
    assert ends_told(shop) == []


def test_it_lapses_once_when_grace_is_over(shop: Shop) -> None:
    sold(shop, {**GYM, "grace_days": 10})
    shop.at += timedelta(days=456 + 10)
    shop.tell_membership_ends()
    assert ends_told(shop) == []
    for _ in range(2):
        shop.at += timedelta(days=1)
        shop.tell_membership_ends()
    (lapsed,) = ends_told(shop)
    assert isinstance(lapsed, MembershipLapsed)
    assert str(lapsed.ended_on) == "2037-06-01"


def test_what_was_cancelled_does_not_lapse(shop: Shop) -> None:
    sold(shop).cancel("2036-03-10")
    shop.at += timedelta(days=15)
    shop.tell_membership_ends()
    assert ends_told(shop) == []


def test_the_job_is_each_tenants_own(shop: Shop, other_shop: Shop) -> None:
    gym = sold(shop, {**GYM, "reminder_days": 30})
    shop.at = other_shop.at = shop.at + timedelta(days=440)
    assert other_shop.tell_membership_ends() == 0
    assert shop.tell_membership_ends() == 1
    (row,) = shop.rows("SELECT customer_id FROM memberships WHERE id = :id", id=gym.id)
    assert [event.customer_id for event in ends_told(shop)] == [row["customer_id"]]
