"""Entries follow what becomes of their purchase, as long as the list is open."""

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest
from sqlalchemy.orm import Session

from chassis.data.pipelines import Pipeline, pipeline
from services.loyalty.tables import standings
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.draws import ENTRY_PER_TEN, ENTRY_PER_VISIT, Draws
from tests.services.loyalty.shop import Shop, later


def test_what_comes_back_takes_its_entries_along(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_TEN)
    bought = shop.sell(ana, line("A", 5, 1000)).purchase
    returned = shop.take_back(bought.id, {0: 2})
    assert [change._asdict() for change in returned.changes.draws] == [
        {"draw": "summer", "draw_id": draw_id, "entries": -2}
    ]
    assert draws.entries(draw_id) == {ana: 3}
    shop.take_back(bought.id)
    assert draws.entries(draw_id) == {ana: 0}
    assert draws.lines(draw_id) == [(ana, 5, False), (ana, -2, False), (ana, -3, False)]
    assert shop.breaches() == []


def test_edits_voids_and_reopening(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_TEN)
    bought = shop.sell(ana, line("A", 5, 1000)).purchase
    shop.edit(bought.id, line("A", 7, 1000))
    assert draws.entries(draw_id) == {ana: 7}
    shop.void(bought.id)
    assert draws.entries(draw_id) == {ana: 0}
    shop.reopen(bought.id)
    assert draws.entries(draw_id) == {ana: 7}
    assert shop.breaches() == []


def test_after_closing_the_list_stays_as_it_is(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_TEN)
    bought = shop.sell(ana, line("A", 5, 1000)).purchase
    shop.at = later(days=7)
    shop.take_back(bought.id, {0: 2})
    assert draws.entries(draw_id) == {ana: 5}
    assert draws.lines(draw_id) == [(ana, 5, False), (ana, -2, True)]
    assert shop.breaches() == []


def test_a_walk_in_is_entered_when_the_sale_is_claimed(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_VISIT)
    early, late = shop.sell(None).purchase, shop.sell(None).purchase
    shop.claim(early.id, ana)
    assert draws.entries(draw_id) == {ana: 1}
    shop.at = later(days=7)
    claimed = shop.claim(late.id, ana).purchase
    assert [miss["condition"] for miss in orjson.loads(claimed.misses)] == ["draw_closed"]
    assert shop.breaches() == []


def test_what_the_draw_allows_is_for_sales_one_by_one_and_together(shop: Shop) -> None:
    draws, ana, badr = Draws(shop), shop.customer(), shop.customer()
    draw_id = draws.create(entries_per_customer=8)
    shop.publish(ENTRY_PER_TEN)
    shop.record(*[shop.sale(who, line("A", 5, 1000)) for who in (ana, badr, ana, ana)])
    assert draws.entries(draw_id) == {ana: 8, badr: 5}
    assert draws.lines(draw_id) == [(ana, 5, False), (badr, 5, False), (ana, 3, False)]
    assert shop.breaches() == []


def test_a_sale_that_comes_late_brings_nothing_any_more(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_VISIT)
    shop.at = later(days=7)
    sold = shop.sell(ana, occurred_at=later(days=6).isoformat()).purchase
    assert [miss["condition"] for miss in orjson.loads(sold.misses)] == ["draw_closed"]
    assert draws.lines(draw_id) == []


def test_a_sale_asks_for_its_draws_together_with_the_rest(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the program is known, no sale needs a round trip of its own for them."""
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_VISIT)
    shop.sell(ana)
    asked: list[Session] = []

    @contextmanager
    def counted(db: Session) -> Iterator[Pipeline]:
        asked.append(db)
        with pipeline(db) as asking:
            yield asking

    monkeypatch.setattr(standings, "pipeline", counted)
    shop.sell(ana)
    assert draws.entries(draw_id) == {ana: 2}
    assert asked == []
    draws.create(draw="winter")
    shop.publish(rule("draw_entry", draw="winter"))
    shop.sell(ana)
    assert len(asked) == 1


def test_an_entry_nobody_bought_is_found(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draws.create()
    shop.publish(ENTRY_PER_VISIT)
    shop.sell(ana)
    for more in (1, -1):
        with shop.database.transaction(shop.tenant_id) as db:
            db.connection().exec_driver_sql(f"UPDATE draw_entrants SET entries = entries + {more}")
        assert bool(shop.breaches()) is (more == 1)
