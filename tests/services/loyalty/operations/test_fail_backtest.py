"""A backtest that is given up."""

from services.loyalty.operations.fail_backtest import fail_backtest
from tests.services.loyalty.operations.test_play_next_slice import LIVE, busy_month, play, step
from tests.services.loyalty.shop import Shop


def fail(shop: Shop, backtest_id: str) -> list[dict[str, object]]:
    with shop.database.transaction(shop.tenant_id) as db:
        fail_backtest(db, shop.tenant_id, backtest_id, at=shop.at)
    return shop.rows("SELECT status, finished_at FROM backtests WHERE id = :id", id=backtest_id)


def test_it_is_played_no_further(shop: Shop) -> None:
    program_id, live = shop.publish(*LIVE)
    busy_month(shop, 4)
    backtest_id = shop.backtest(program_id, live)
    assert step(shop, backtest_id)
    assert fail(shop, backtest_id) == [{"status": "failed", "finished_at": shop.at}]
    assert not step(shop, backtest_id)


def test_what_is_done_did_not_fail(shop: Shop) -> None:
    program_id, live = shop.publish(*LIVE)
    busy_month(shop, 4)
    backtest_id = shop.backtest(program_id, live)
    play(shop, backtest_id)
    ((row,), (before,)) = (fail(shop, backtest_id), shop.rows("SELECT status FROM backtests"))
    assert row["status"] == before["status"] == "done"
