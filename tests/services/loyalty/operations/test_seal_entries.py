"""Sealing: every entry once, in the order of positions, and none while something may still come before it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from services.loyalty.queries import sealed
from services.loyalty.queries.sealed import head_of
from tests.services.loyalty.shop import Shop


def chain(shop: Shop) -> list[int]:
    """The positions that are sealed, in order."""
    return [row["position"] for row in shop.rows("SELECT position FROM entry_seals ORDER BY position")]


def entries(shop: Shop) -> list[int]:
    return [row["position"] for row in shop.rows("SELECT position FROM entries ORDER BY position")]


def test_every_entry_is_sealed_once(shop: Shop) -> None:
    assert shop.seal() == 0
    ana = shop.customer()
    for _gift in range(3):
        shop.adjust(ana, 10)
    assert shop.seal() == 6
    assert chain(shop) == entries(shop)
    assert shop.seal() == 0
    shop.adjust(ana, 10)
    assert shop.seal() == 2
    assert chain(shop) == entries(shop)


def test_some_at_a_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "ROWS_MAX", 3)
    ana = shop.customer()
    for _gift in range(5):
        shop.adjust(ana, 10)
    assert shop.seal() == 10
    assert shop.breaches() == []


def test_nothing_is_sealed_past_a_transaction_that_still_runs(shop: Shop) -> None:
    """It may have taken an earlier position: its entries would come into a chain that is closed already."""
    ana, omar = shop.customer(), shop.customer()
    shop.adjust(ana, 10)
    writing, go_on = Barrier(2), Barrier(2)

    def slow_gift() -> None:
        with shop.database.transaction(shop.tenant_id) as db:
            db.connection().exec_driver_sql(
                "INSERT INTO customers (tenant_id, customer_id, version, language, status, heard_at)"
                f" VALUES ('{shop.tenant_id}', 'cus_slow', 1, 'ar', 'active', now())"
            )
            writing.wait(20)
            go_on.wait(20)

    with ThreadPoolExecutor(1) as other:
        running = other.submit(slow_gift)
        writing.wait(20)
        shop.adjust(omar, 5)
        assert shop.seal() == 0
        go_on.wait(20)
        running.result()
    assert shop.seal() == 4
    assert chain(shop) == entries(shop)


def test_two_workers_at_once_seal_each_entry_once(shop: Shop) -> None:
    ana = shop.customer()
    for _gift in range(20):
        shop.adjust(ana, 1)
    shop.seal()
    for _gift in range(20):
        shop.adjust(ana, 1)
    with ThreadPoolExecutor(4) as workers:
        done = sum(workers.map(lambda _worker: shop.seal(), range(4)))
    assert done + shop.seal() == 40
    assert chain(shop) == entries(shop)
    assert shop.breaches() == []


def test_the_head_can_be_read(shop: Shop, client: httpx.Client) -> None:
    assert client.get("/v1/ledger/head").json()["hash"] is None
    ana = shop.customer()
    shop.adjust(ana, 10)
    shop.seal()
    head = client.get("/v1/ledger/head").json()
    with shop.database.transaction(shop.tenant_id) as db:
        stored = head_of(db, shop.tenant_id)
    assert stored is not None
    assert (head["entries"], head["hash"], head["position"]) == (2, stored.hash.hex(), entries(shop)[-1])
