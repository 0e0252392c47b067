"""What is revealed is what the seed, the entries and the beacon say, for everybody to check."""

import json

import pytest

from contracts.events.loyalty import DrawRevealed
from services.loyalty.domain.draw_proof import faults_of
from services.loyalty.domain.draw_seal import entrant_of
from services.loyalty.operations import reveal_draw
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.domain.draws import BICYCLE, holds
from tests.services.loyalty.draws import ENTRY_PER_TEN, Draws
from tests.services.loyalty.shop import Shop


@pytest.mark.parametrize("one", [True, False])
def test_anyone_can_check_it(shop: Shop, one: bool) -> None:
    draws = Draws(shop)
    people = [shop.customer() for _person in range(4)]
    draw_id = draws.drawn(
        *people, entries=2, prizes=[{**BICYCLE, "count": 3}], alternates=2, one_win_per_customer=one, beacon="a block"
    )
    draws.beacon(draw_id)
    draws.follow()
    proof = draws.proof(draw_id)
    assert list(faults_of(proof)) == []
    assert holds(json.loads(proof.model_dump_json()))
    (told,) = [event for event in shop.told() if isinstance(event, DrawRevealed)]
    assert (told.seed, told.beacon, told.picks) == (proof.seed, "00ff", len(proof.picks))
    named = {
        row["customer_id"]: entrant_of(draw_id, row["customer_id"], bytes(row["salt"]))
        for row in shop.rows("SELECT * FROM draw_entrants")
    }
    assert [named[customer_id] for customer_id, *_rest in draws.picks(draw_id)] == [p.entrant for p in proof.picks]
    assert not any(customer_id in proof.model_dump_json() for customer_id in people)


def test_each_pick_knows_what_brought_it(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create(one_win_per_customer=False, prizes=[{**BICYCLE, "count": 9}])
    shop.publish(ENTRY_PER_TEN)
    bought = [shop.sell(ana, line("A", count, 1000)).purchase.id for count in (2, 4)]
    shop.take_back(bought[1], {0: 1})
    draws.enter(draw_id, ana)
    draws.close_by_clock()
    draws.follow()
    rows = shop.rows("SELECT source, nth_of_source FROM draw_picks")
    (by_hand,) = shop.rows("SELECT id FROM draw_entries WHERE actor IS NOT NULL")
    sources = [*((bought[0], nth) for nth in range(2)), *((bought[1], nth) for nth in range(3)), (by_hand["id"], 0)]
    assert sorted((row["source"], row["nth_of_source"]) for row in rows) == sorted(sources)


def test_a_crash_between_closing_and_revealing_changes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = Draws(shop)
    draw_id = draws.create()
    draws.enter(draw_id, shop.customer())
    draws.close_by_clock()

    def dies(*_args: object, **_more: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(reveal_draw, "fill_prizes", dies)
        with pytest.raises(RuntimeError, match="killed"):
            draws.follow()
    closed = draws.read(draw_id)
    assert (closed.status, draws.picks(draw_id)) == ("closed", [])
    draws.follow()
    assert draws.read(draw_id).status == "drawn"
    assert draws.proof(draw_id).entries_hash == (closed.hash or b"").hex()
