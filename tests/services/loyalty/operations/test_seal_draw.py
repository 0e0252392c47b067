"""Entries become lines once, in order, and none while something may still come before it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from services.loyalty.domain.draw_proof import faults_of, hash_after
from services.loyalty.operations import seal_draw
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import Shop


def lines(shop: Shop) -> list[int]:
    return [row["position"] for row in shop.rows("SELECT position FROM draw_lines ORDER BY line")]


def entries(shop: Shop) -> list[int]:
    return [row["position"] for row in shop.rows("SELECT position FROM draw_entries ORDER BY position")]


def test_every_entry_is_a_line_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal_draw, "ROWS_MAX", 2)
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    assert draws.follow() == 0
    for _turn in range(5):
        draws.enter(draw_id, ana, 2)
    draws.follow()
    assert lines(shop) == entries(shop)
    draw = draws.read(draw_id)
    assert (draw.lines, draw.entries) == (5, 10)
    assert draws.follow() == 0
    draws.enter(draw_id, ana)
    draws.follow()
    assert lines(shop) == entries(shop)


def test_a_head_is_the_beginning_of_the_published_list(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    draws.enter(draw_id, ana)
    draws.follow()
    noted = draws.read(draw_id)
    draws.enter(draw_id, shop.customer())
    draws.close_by_clock()
    draws.follow()
    proof = draws.proof(draw_id)
    assert hash_after(proof, noted.lines) == noted.hash
    assert list(faults_of(proof)) == []


def test_a_sale_that_saw_it_open_is_waited_for(shop: Shop) -> None:
    """It may still write an entry: closing without it would leave a customer out."""
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    writing, go_on = Barrier(2), Barrier(2)

    def slow() -> None:
        with shop.database.transaction(shop.tenant_id) as db:
            db.connection().exec_driver_sql(
                "INSERT INTO customers (tenant_id, customer_id, version, language, status, heard_at)"
                f" VALUES ('{shop.tenant_id}', 'cus_slow', 1, 'ar', 'active', now())"
            )
            writing.wait(20)
            go_on.wait(20)

    with ThreadPoolExecutor(1) as other:
        running = other.submit(slow)
        writing.wait(20)
        draws.enter(draw_id, ana)
        draws.close_by_clock()
        draws.follow()
        assert draws.read(draw_id).status == "closing"
        go_on.wait(20)
        running.result()
    draws.follow()
    assert draws.read(draw_id).status == "drawn"
    assert [each[0] for each in draws.picks(draw_id)] == [ana]


def test_two_workers_at_once(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.create(prizes=[{"name": {"en": "A bag", "ar": "حقيبة"}, "count": 3}], alternates=2)
    for _turn in range(6):
        draws.enter(draw_id, shop.customer())
    draws.close_by_clock()
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _worker: draws.follow(), range(4)))
    draws.follow()
    assert lines(shop) == entries(shop)
    assert [each[2] for each in draws.picks(draw_id)] == ["claimed"] * 3 + ["waiting"] * 2
    told = [event.event_type.split(".")[1] for event in shop.told()]
    assert [told.count(f"draw_{what}") for what in ("closed", "revealed", "won", "prize_claimed")] == [1, 1, 3, 3]
