from contracts.events.loyalty import FamilyChanged
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.memberships import GYM_YEAR, YEAR, Memberships
from tests.services.loyalty.operations.test_share_membership import FOR_TWO
from tests.services.loyalty.shop import Shop

GOLD = {"id": "gold", "name": NAME}
GOLD_YEAR = {**GYM_YEAR, "id": "gold-year", "plan": "gold", "selector": {"skus": ["GOLD12"]}}


def moved(shop: Shop, room: int) -> tuple[list[str], Memberships, Memberships]:
    """Two share a gym; its holder changes to a gold that has room for so many."""
    shop.publish(GYM_YEAR, GOLD_YEAR, plans=[FOR_TWO, {**GOLD, "family_max": room}])
    holder = shop.customer()
    shop.sell(holder, YEAR)
    gym = Memberships(shop, holder)
    people: list[str] = []
    for _ in range(2):
        person = shop.customer()
        gym.share(person)
        people.append(person)
    gym.change("gold")
    return people, gym, Memberships(shop, holder, "gold")


def test_the_family_comes_along(shop: Shop) -> None:
    people, gym, gold = moved(shop, 2)
    assert (gym.family(), gold.family()) == ([], people)
    steps = [(event.customer_id, event.plan, event.step) for event in shop.told() if isinstance(event, FamilyChanged)]
    assert steps[2:] == [
        (people[0], "gym", "left"),
        (people[0], "gold", "joined"),
        (people[1], "gym", "left"),
        (people[1], "gold", "joined"),
    ]


def test_as_far_as_there_is_room(shop: Shop) -> None:
    people, gym, gold = moved(shop, 1)
    assert (gym.family(), gold.family()) == ([], people[:1])


def test_not_into_a_second_family_of_a_plan(shop: Shop) -> None:
    shop.publish(GYM_YEAR, GOLD_YEAR, plans=[FOR_TWO, {**GOLD, "family_max": 2}])
    holder, other, omar = shop.customer(), shop.customer(), shop.customer()
    shop.sell(holder, YEAR)
    shop.sell(other, {**YEAR, "sku": "GOLD12"})
    theirs = Memberships(shop, other, "gold")
    gym = Memberships(shop, holder)
    gym.share(omar)
    theirs.share(omar)
    gym.change("gold")
    assert (gym.family(), Memberships(shop, holder, "gold").family(), theirs.family()) == ([], [], [omar])
