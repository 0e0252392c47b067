"""Who thinks better of a backtest."""

import pytest

from services.loyalty.domain.refusals.programs import BacktestFinished
from services.loyalty.operations.cancel_backtest import cancel_backtest
from tests.services.loyalty.operations.test_play_next_slice import LIVE, busy_month, play, step
from tests.services.loyalty.shop import Shop


def test_it_can_be_cancelled_and_not_after_its_end(shop: Shop) -> None:
    program_id, live = shop.publish(*LIVE)
    busy_month(shop, 4)

    def cancel(backtest_id: str) -> str:
        with shop.database.transaction(shop.tenant_id) as db:
            return cancel_backtest(db, shop.tenant_id, backtest_id, at=shop.at).status

    backtest_id = shop.backtest(program_id, live)
    assert step(shop, backtest_id)
    assert [cancel(backtest_id), cancel(backtest_id)] == ["cancelled", "cancelled"]
    assert not step(shop, backtest_id)
    done = shop.backtest(program_id, live)
    play(shop, done)
    with pytest.raises(BacktestFinished):
        cancel(done)
