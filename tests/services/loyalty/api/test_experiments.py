"""Experiments over HTTP: what each arm did."""

import httpx

from services.loyalty.domain.share import place_in
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import Shop

HALF = rule(
    "discount",
    id="half-off",
    percent_off=50,
    conditions=[{"kind": "in_share", "experiment": "half", "from_percent": 50, "until_percent": 100}],
)


def read(client: httpx.Client, program: tuple[str, int], experiment: str = "half") -> httpx.Response:
    program_id, version = program
    path = f"/v1/programs/{program_id}/versions/{version}/experiments/{experiment}"
    return client.get(path, params={"since": "2036-03-01T00:00:00Z", "until": "2036-03-03T00:00:00Z"})


def test_every_customer_is_in_one_arm_and_buyers_are_counted_there(client: httpx.Client, shop: Shop) -> None:
    program = shop.publish(HALF)
    people = [shop.customer() for _person in range(12)]
    shop.gift_card(5000)
    spent: dict[bool, int] = {False: 0, True: 0}
    for number, person in enumerate(people):
        if number % 2:
            spent[place_in("half", person) >= 50] += shop.sell(person, line("THING", 1, 1000)).purchase.due
    gone = shop.sell(people[0], line("THING", 1, 7000)).purchase
    shop.void(gone.id)
    shop.sell(None, line("THING", 1, 9000))
    answer = read(client, program).json()
    first, second = answer["arms"]
    inside = sum(place_in("half", person) >= 50 for person in people)
    assert (first["rules"], second["rules"]) == ([], ["half-off"])
    assert (first["customers"], second["customers"]) == (12 - inside, inside)
    assert (first["spent"], second["spent"]) == (spent[False], spent[True])
    assert first["buyers"] + second["buyers"] == first["purchases"] + second["purchases"] == 6
    assert (first["discount"], second["discount"]) == (0, spent[True])
    assert (first["against_first"], second["against_first"]) == (None, None)


def test_an_arm_can_be_told_from_another_once_there_are_enough(client: httpx.Client, shop: Shop) -> None:
    program = shop.publish(HALF)
    people = [shop.customer() for _person in range(240)]
    for person in people:
        if place_in("half", person) >= 50:
            shop.sell(person, line("THING", 1, 1000))
    _first, second = read(client, program).json()["arms"]
    assert second["customers"] == second["buyers"] >= 100
    assert second["against_first"] == {"per_customer": 500, "low": 500, "high": 500, "distinguishable": True}


def test_what_no_rule_takes_part_in_is_unknown(client: httpx.Client, shop: Shop, other_shop: Shop) -> None:
    program_id, version = shop.publish(HALF)
    assert read(client, (program_id, version), "other").json()["code"] == "experiment_unknown"
    assert read(client, (program_id, version + 1)).json()["code"] == "version_unknown"
    assert read(client, other_shop.publish(HALF)).json()["code"] == "version_unknown"
