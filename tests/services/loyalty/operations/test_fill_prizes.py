"""Who may not have a prize is passed over with the reason, and the next in line has it."""

import re

import pytest
from sqlalchemy import text

from contracts.events.loyalty import DrawWon
from kernel.ids import CustomerId
from services.loyalty.domain.draw_proof import faults_of
from services.loyalty.operations.learn_customer import learn_customer
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.domain.draws import BICYCLE
from tests.services.loyalty.domain.pages import RULES
from tests.services.loyalty.draws import ENTRY_PER_TEN, Draws
from tests.services.loyalty.shop import Shop, later


def block(shop: Shop, customer_id: str) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        learn_customer(
            db, shop.tenant_id, CustomerId(customer_id), version=9, language="ar", status="blocked", at=shop.at
        )


@pytest.fixture
def waiting(shop: Shop) -> tuple[Draws, str]:
    """A draw of one bicycle that must be claimed, with two alternates."""
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), shop.customer(), shop.customer(), alternates=2, claim_days=14)
    return draws, draw_id


def test_who_is_blocked_by_then(shop: Shop) -> None:
    draws = Draws(shop)
    ana, badr, dana = shop.customer(), shop.customer(), shop.customer()
    draw_id = draws.create(prizes=[{**BICYCLE, "count": 1}], alternates=2, beacon="a block")
    for one in (ana, badr, dana):
        draws.enter(draw_id, one)
    draws.close_by_clock()
    draws.follow()
    block(shop, badr)
    block(shop, dana)
    draws.beacon(draw_id)
    draws.follow()
    picks = draws.picks(draw_id)
    holder = next(pick for pick in picks if pick[2] == "claimed")
    assert holder[:2] == (ana, 0)
    before = picks[: picks.index(holder)]
    assert [pick[1:] for pick in before] == [(0, "passed_over", "blocked")] * len(before)
    assert [event.customer_id for event in shop.told() if isinstance(event, DrawWon)] == [ana]
    assert list(faults_of(draws.proof(draw_id))) == []


def test_who_does_not_claim_forfeits(shop: Shop, waiting: tuple[Draws, str]) -> None:
    draws, draw_id = waiting
    first, second, third = [pick[0] for pick in draws.picks(draw_id)]
    shop.at = later(days=20)
    draws.follow()
    assert draws.picks(draw_id)[0] == (first, 0, "won", None)
    shop.at = later(days=22)
    draws.follow()
    assert draws.picks(draw_id) == [
        (first, 0, "passed_over", "unclaimed"),
        (second, 0, "won", None),
        (third, None, "waiting", None),
    ]
    won = [event for event in shop.told() if isinstance(event, DrawWon)]
    assert [event.customer_id for event in won] == [first, second]
    assert won[1].claim_until is not None
    assert won[0].claim_until is not None
    assert won[1].claim_until > won[0].claim_until
    assert draws.follow() == 0
    assert list(faults_of(draws.proof(draw_id))) == []


def test_when_nobody_is_left_the_prize_stays(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.drawn(ana, claim_days=1)
    shop.at = later(days=30)
    draws.follow()
    assert draws.picks(draw_id) == [(ana, 0, "passed_over", "unclaimed")]
    assert list(faults_of(draws.proof(draw_id))) == []


def test_a_prize_won_with_what_came_back_is_passed_on(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.create(alternates=1, claim_days=14)
    shop.publish(ENTRY_PER_TEN)
    bought = {who: shop.sell(who, line("A", 2, 1000)).purchase.id for who in (shop.customer(), shop.customer())}
    draws.close_by_clock()
    draws.follow()
    (first, *_rest), (second, *_others) = draws.picks(draw_id)
    (won,) = shop.rows("SELECT nth_of_source FROM draw_picks WHERE pick = 1")
    # The last entries go back first.
    shop.take_back(
        bought[CustomerId(first)], {0: 2 - won["nth_of_source"] - 1} if won["nth_of_source"] == 0 else {0: 1}
    )
    draws.follow()
    expected = "won" if won["nth_of_source"] == 0 else "passed_over"
    assert draws.picks(draw_id)[0][2] == expected
    if expected == "won":
        shop.take_back(bought[CustomerId(first)])
        draws.follow()
    assert draws.picks(draw_id) == [(first, 0, "passed_over", "returned"), (second, 0, "won", None)]
    assert draws.lines(draw_id)[-1] == (first, -1, True)
    assert list(faults_of(draws.proof(draw_id))) == []


def test_who_is_merged_wins_for_the_other_and_once(shop: Shop) -> None:
    draws, ana, twin = Draws(shop), shop.customer(), shop.customer()
    draw_id = draws.create(prizes=[{**BICYCLE, "count": 2}], alternates=1)
    for one in (ana, twin):
        draws.enter(draw_id, one)
    shop.merge(twin, ana)
    draws.close_by_clock()
    draws.follow()
    first, second = draws.picks(draw_id)
    assert (first[2:], second[2:]) == (("claimed", None), ("passed_over", "won_before"))
    assert [event.customer_id for event in shop.told() if isinstance(event, DrawWon)] == [ana]


def test_a_prize_somebody_has_is_left_alone(shop: Shop, waiting: tuple[Draws, str]) -> None:
    draws, draw_id = waiting
    winner = draws.picks(draw_id)[0][0]
    draws.claim(draw_id, 1)
    block(shop, winner)
    shop.at = later(days=60)
    assert draws.follow() == 0
    assert draws.picks(draw_id)[0][2] == "claimed"


def test_a_changed_pick_is_found(shop: Shop, waiting: tuple[Draws, str]) -> None:
    change = text("UPDATE draw_picks SET slot = :slot, status = :status WHERE pick = 2")
    for slot, status, wrong in ((0, "won", True), (None, "waiting", False)):
        with shop.database.transaction(shop.tenant_id) as db:
            db.execute(change, {"slot": slot, "status": status})
        assert bool(shop.breaches()) is wrong


def test_the_page_says_whose_turn_it_is(shop: Shop) -> None:
    """The table of the page, row by row."""
    draws = Draws(shop)
    draw_id = draws.drawn(*[shop.customer() for _person in range(5)], alternates=2, claim_days=14)

    def row() -> list[str]:
        return [reason or status for _customer, _slot, status, reason in draws.picks(draw_id)]

    rows = [row()]
    shop.at = later(days=22)
    draws.follow()
    rows.append(row())
    draws.give_up(draw_id, 2)
    rows.append(row())
    draws.claim(draw_id, 3)
    rows.append(row())
    table = re.findall(
        r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", (RULES / "draws.md").read_text(), re.MULTILINE
    )
    begin = table.index(("pick 1", "pick 2", "pick 3"))
    said = [[cell.strip("` ") for cell in cells] for cells in table[begin + 2 : begin + 6]]
    assert rows == said
