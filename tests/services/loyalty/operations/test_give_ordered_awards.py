"""Giving awards to many: each customer once, whoever dies, and whatever happens to them meanwhile."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts.events.loyalty import AwardBatchFinished, AwardGiven, PointsAccrued, VoucherIssued
from kernel.ids import new_id
from services.loyalty.operations import give_ordered_awards as giving
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later

PAGE = Path(__file__).parents[4] / "docs/rules/award-batches.md"


def test_the_example_of_the_page(shop: Shop) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shop.publish(POINT_PER_RIYAL, balance_max=100)
    batches = AwardBatches(shop)
    ana, badr, dina = (shop.customer() for _each in range(3))
    caro = shop.customer(status="blocked")
    shop.adjust(badr, 70)
    shop.adjust(dina, 100)
    batch_id = batches.order([ana, badr, caro, "cus_eve", ana, dina], **json.loads(block)["award"])
    assert batches.give() == 6
    table = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in PAGE.read_text().splitlines()
        if re.match(r"\| [1-6] \|", row)
    ]
    given = {row["customer_id"]: row["units"] for row in shop.rows("SELECT customer_id, units FROM awards")}
    shown = [
        [str(line), status, problem or "", str(given.get(customer_id, "")) if status == "given" else ""]
        for line, (customer_id, status, problem) in enumerate(batches.lines(batch_id), 1)
    ]
    assert shown == [[row[0], row[3], row[4].strip("`"), row[5]] for row in table]
    assert [shop.balance(who).available for who in (ana, badr, dina)] == [int(table[at][6]) for at in (0, 1, 5)]
    batch = batches.read(batch_id)
    assert (batch.status, batch.customers, batch.given, batch.skipped) == ("done", 6, 2, 4)
    assert shop.breaches() == []


def test_each_is_told_and_others_that_it_is_done(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(2)]
    batch_id = batches.order(people, points=5, reward=FREE_COFFEE)
    batches.give()
    told = [event for event in shop.told() if isinstance(event, AwardGiven)]
    assert [event.customer_id for event in told] == people
    assert {(event.batch_id, event.balance, event.award_name["ar"]) for event in told} == {(batch_id, 5, NAME["ar"])}
    assert [[type(fact) for fact in event.facts] for event in told] == [[PointsAccrued, VoucherIssued]] * 2
    (done,) = [event for event in shop.told() if isinstance(event, AwardBatchFinished)]
    assert (done.batch_id, done.status, done.customers, done.given, done.skipped) == (batch_id, "done", 2, 2, 0)
    vouchers = shop.rows("SELECT customer_id, source, status FROM vouchers ORDER BY customer_id")
    assert vouchers == [{"customer_id": who, "source": batch_id, "status": "issued"} for who in sorted(people)]
    assert shop.breaches() == []


def test_it_lives_by_the_program_it_was_ordered_under(shop: Shop) -> None:
    shop.publish(further_units=[{"unit": "miles"}])
    batches, ana = AwardBatches(shop), shop.customer()
    batches.order([ana], points=5, unit="miles")
    shop.publish()
    shop.at = later(days=1)
    assert batches.give() == 1
    assert shop.rows("SELECT unit, units FROM awards") == [{"unit": "miles", "units": 5}]


def test_two_workers_at_once_give_each_customer_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "LINES_MAX", 7)
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(30)]
    for _batch in range(3):
        batches.order(people)
    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(lambda _worker: batches.give(), range(4)))
    # Who finds each batch in another's hands goes away: the next round ends what is left.
    assert done + batches.give() == 90
    assert {shop.balance(who).available for who in people} == {15}
    assert shop.breaches() == []


def test_a_customer_who_buys_meanwhile_gets_both(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "LINES_MAX", 3)
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(12)]
    batches.order(people[::-1])
    with ThreadPoolExecutor(3) as pool:
        giver = pool.submit(batches.give)
        list(pool.map(shop.sell, people))
        giver.result()
    assert {shop.balance(who).available for who in people} == {15}
    assert shop.breaches() == []


def test_who_dies_in_the_middle_has_given_none_of_the_part(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "LINES_MAX", 2)
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(5)]
    batch_id = batches.order(people)
    assert batches.give_some() == 2
    with shop.database.transaction(shop.tenant_id) as db:
        assert giving.give_ordered_awards(db, shop.tenant_id, at=shop.at) == 2
        db.rollback()
    assert (batches.read(batch_id).given, batches.read(batch_id).reached) == (2, 2)
    assert batches.give() == 3
    assert {shop.balance(who).available for who in people} == {5}


def test_who_is_heard_of_or_blocked_meanwhile_is_as_they_are_then(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    batches, ana, card = AwardBatches(shop), shop.customer(), shop.gift_card(100).card.id
    late = new_id("cus")
    batch_id = batches.order([ana, late, card])
    shop.customer(known=ana, version=2, status="blocked")
    shop.customer(known=late)  # type: ignore[arg-type]
    batches.give()
    assert batches.lines(batch_id) == [
        (ana, "skipped", "customer_blocked"),
        (late, "given", None),
        (card, "skipped", "customer_unknown"),
    ]
    assert batches.lines(batch_id, "given") == [(late, "given", None)]


def test_who_was_merged_is_one_person(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "LINES_MAX", 2)
    shop.publish(POINT_PER_RIYAL)
    batches, ana, old, new = AwardBatches(shop), *(shop.customer() for _each in range(3))
    batch_id = batches.order([old, ana, new])
    shop.merge(old, new)
    batches.give()
    assert batches.lines(batch_id) == [
        (old, "given", None),
        (ana, "given", None),
        (new, "skipped", "customer_repeated"),
    ]
    assert [shop.balance(who).available for who in (old, ana, new)] == [0, 5, 5]
    again = batches.order([old, ana, new])
    batches.give_some()
    shop.merge(ana, new)
    batches.give()
    assert [problem for _who, _status, problem in batches.lines(again)] == [None, None, "customer_repeated"]
    assert shop.rows("SELECT given_to FROM award_lines WHERE line = 1") == [{"given_to": new}] * 2
    assert shop.breaches() == []


def test_one_tenants_batches_are_its_own(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    other_shop.publish(POINT_PER_RIYAL)
    theirs = other_shop.customer()
    batch_id = AwardBatches(shop).order([theirs])
    assert AwardBatches(other_shop).give() == 0
    AwardBatches(shop).give()
    assert AwardBatches(shop).lines(batch_id) == [(theirs, "skipped", "customer_unknown")]
    assert other_shop.rows("SELECT * FROM awards") == []
