"""A backtest is cut into parts that together are all of it."""

import pytest

from services.loyalty.operations import plan_backtest as planning
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.operations.test_play_next_slice import step
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_every_purchase_is_in_one_part_and_every_customer_in_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE_PURCHASES", 4)
    program_id, live = shop.publish(POINT_PER_RIYAL)
    for purchases in (1, 5, 2, 3):
        customer = shop.customer()
        for _number in range(purchases):
            shop.sell(customer, line("TEA"))
    backtest_id = shop.backtest(program_id, live)

    assert step(shop, backtest_id)

    parts = shop.rows(
        "SELECT kind, first, last, purchases FROM backtest_slices WHERE backtest_id = :id ORDER BY number",
        id=backtest_id,
    )
    customers = [row["customer_id"] for row in shop.rows("SELECT customer_id FROM customers ORDER BY customer_id")]
    covered = [one for part in parts for one in customers if part["first"] <= one <= part["last"]]
    assert {part["kind"] for part in parts} == {"customers"}
    assert covered == customers
    assert len(parts) > 1
    assert sum(part["purchases"] for part in parts) == 11
    assert shop.rows("SELECT status, purchases FROM backtests") == [{"status": "running", "purchases": 11}]


def test_sales_to_nobody_are_cut_by_their_number(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    program_id, live = shop.publish(POINT_PER_RIYAL)
    for _number in range(3):
        shop.sell(None, line("TEA"))
    backtest_id = shop.backtest(program_id, live)

    assert step(shop, backtest_id)

    parts = shop.rows(
        "SELECT kind, first, last, purchases FROM backtest_slices WHERE backtest_id = :id", id=backtest_id
    )
    sold = [row["id"] for row in shop.rows("SELECT id FROM purchases ORDER BY id")]
    assert parts == [{"kind": "walk_ins", "first": sold[0], "last": sold[-1], "purchases": 3}]
